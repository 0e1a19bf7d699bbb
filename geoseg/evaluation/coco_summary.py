"""Average precision and recall of matches, added up by pycocotools."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.coco_matching import (
    AREA_NAMES,
    AREA_RANGES,
    IGNORED,
    MAX_DETECTIONS,
    NUM_RANGES,
    RIGHT,
    CellMatches,
    Cells,
    find_ignored_truth,
)


@dataclass(frozen=True)
class CocoSummary:
    """The twelve figures that pycocotools prints, and recall at IoU 0.5.

    Sizes are those of COCO: an object is small up to 32 x 32 pixels and large from 96 x 96.
    A figure is None where there is nothing to find.

    Attributes:
        ap: average precision over IoU 0.5:0.95, at most 100 predictions an image.
        ap50, ap75: at one IoU.
        ap_small, ap_medium, ap_large: over IoU 0.5:0.95, of one size.
        ar1, ar10, ar100: average recall over IoU 0.5:0.95 with at most 1, 10 and 100 predictions
            an image.
        ar_small, ar_medium, ar_large: with at most 100, of one size.
        ar50: recall at IoU 0.5, at most 100.
    """

    ap: float | None
    ap50: float | None
    ap75: float | None
    ap_small: float | None
    ap_medium: float | None
    ap_large: float | None
    ar1: float | None
    ar10: float | None
    ar100: float | None
    ar_small: float | None
    ar_medium: float | None
    ar_large: float | None
    ar50: float | None


def summarize_matches(
    cells: Cells, matches: CellMatches, is_chosen: NDArray[np.bool_]
) -> tuple[CocoSummary, CocoSummary]:
    """Add up matches as `COCOeval.accumulate` and `summarize` do, the first by calling it.

    Args:
        cells: what was matched.
        matches: of all of them.
        is_chosen: bool (C,), cells that count.

    Returns:
        Figures with the areas of the masks, and those of the official evaluator, which goes by
        what the files say, see `CellMatches`.
    """
    is_ignored = find_ignored_truth(cells.truth)
    totals: list[_Totals] = []
    for row in range(2 * NUM_RANGES):
        twin = row - NUM_RANGES
        if (
            twin >= 0
            and np.array_equal(matches.outcomes[row], matches.outcomes[twin])
            and np.array_equal(is_ignored[row], is_ignored[twin])
        ):
            totals.append(totals[twin])
            continue
        most = (1, 10, MAX_DETECTIONS) if row % NUM_RANGES == 0 else (MAX_DETECTIONS,)
        listed = _list_images(cells, matches.outcomes[row], is_ignored[row], is_chosen)
        totals.append(_accumulate(listed, most))
    return _summarize(totals[:NUM_RANGES]), _summarize(totals[NUM_RANGES:])


class _Totals(NamedTuple):
    """What pycocotools makes of the matches of one row of areas.

    Attributes:
        precision: float64 (10, 101, K, M), at thresholds, recalls, categories and most
            predictions of an image; -1 where there is nothing to find.
        recall: float64 (10, K, M).
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]


def _accumulate(listed: _Listed, most: Sequence[int]) -> _Totals:
    from pycocotools.cocoeval import COCOeval

    if not listed.matches:
        nothing = np.full((10, 101, 1, len(most)), -1.0)
        return _Totals(nothing, nothing[:, 0])
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(iouType="segm")
        params = evaluation.params
        params.imgIds, params.catIds = listed.image_ids, listed.category_ids
        params.areaRng, params.areaRngLbl = [list(AREA_RANGES[0])], [AREA_NAMES[0]]
        params.maxDets = list(most)
        evaluation._paramsEval = copy.deepcopy(params)
        evaluation.evalImgs = listed.matches
        evaluation.accumulate()
    return _Totals(evaluation.eval["precision"][:, :, :, 0], evaluation.eval["recall"][:, :, 0])


class _Listed(NamedTuple):
    """What `COCOeval.evaluate` would have made of one row of areas.

    Attributes:
        image_ids: ids of the images, ascending.
        category_ids: likewise.
        matches: for each category and each image in it what was matched; None for nothing.
    """

    image_ids: list[int]
    category_ids: list[int]
    matches: list[dict[str, Any] | None]


def _list_images(
    cells: Cells,
    outcomes: NDArray[np.int8],
    is_ignored: NDArray[np.bool_],
    is_chosen: NDArray[np.bool_],
) -> _Listed:
    chosen = np.flatnonzero(is_chosen)
    image_ids, image_of = np.unique(cells.image_ids[chosen], return_inverse=True)
    category_ids, category_of = np.unique(cells.category_ids[chosen], return_inverse=True)
    matches: list[dict[str, Any] | None] = [None] * (len(category_ids) * len(image_ids))
    is_right, is_passed_over = outcomes == RIGHT, outcomes == IGNORED
    pred_ends, truth_ends = cells.pred_ends.tolist(), cells.truth_ends.tolist()
    for cell, place in zip(
        chosen.tolist(), (category_of * len(image_ids) + image_of).tolist(), strict=True
    ):
        pred = slice(pred_ends[cell], pred_ends[cell + 1])
        matches[place] = {
            "dtScores": cells.pred.scores[pred],
            "dtMatches": is_right[:, pred],
            "dtIgnore": is_passed_over[:, pred],
            "gtIgnore": is_ignored[truth_ends[cell] : truth_ends[cell + 1]],
        }
    return _Listed(image_ids.tolist(), category_ids.tolist(), matches)


def _summarize(totals: Sequence[_Totals]) -> CocoSummary:
    """The means that `COCOeval.summarize` prints."""
    whole, small, medium, large = totals
    return CocoSummary(
        ap=_mean(whole.precision[..., -1]),
        ap50=_mean(whole.precision[0, ..., -1]),
        ap75=_mean(whole.precision[5, ..., -1]),
        ap_small=_mean(small.precision),
        ap_medium=_mean(medium.precision),
        ap_large=_mean(large.precision),
        ar1=_mean(whole.recall[..., 0]),
        ar10=_mean(whole.recall[..., 1]),
        ar100=_mean(whole.recall[..., 2]),
        ar_small=_mean(small.recall),
        ar_medium=_mean(medium.recall),
        ar_large=_mean(large.recall),
        ar50=_mean(whole.recall[0, ..., -1]),
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    """Mean of the entries that count; pycocotools writes -1 where there is nothing to find."""
    counted = values[values > -1]
    return float(counted.mean()) if counted.size else None
