"""How sure a score is, and a difference of two: resampling of the images.

Resamples are drawn from matches that are known already; nothing is matched again, so that a
thousand of them take seconds for thousands of images (Efron & Tibshirani 1993, chapter 13).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ConfigError
from geoseg.evaluation.coco_matches import CocoMatches
from geoseg.evaluation.coco_matching import IGNORED, RIGHT
from geoseg.evaluation.matching import interpolate_precision

NUM_RESAMPLES = 1000

_ENDS_PERCENT = (2.5, 97.5)


class Interval(NamedTuple):
    """Where 95 % of the resamples lie.

    Attributes:
        low: the lower end.
        high: the upper end.
    """

    low: float
    high: float


@dataclass(frozen=True)
class ScoreIntervals:
    """How sure the challenge's two figures are.

    Attributes:
        ap50: interval of the average precision at IoU 0.5.
        ar50: of the recall at IoU 0.5.
        num_resamples: how many there were.
        seed: of the draws.
    """

    ap50: Interval
    ar50: Interval
    num_resamples: int
    seed: int


@dataclass(frozen=True)
class ScoreDifference:
    """The first of two predictions files less the second, on the same images.

    Attributes:
        ap50: difference of the average precision at IoU 0.5.
        ar50: of the recall at IoU 0.5.
        ap50_interval: of `ap50`; every resample takes the same images of both files.
        ar50_interval: of `ar50`.
        ap50_share_better: share of the resamples in which the first is better; half of those in
            which both are equal count.
        ar50_share_better: likewise.
        num_resamples: how many there were.
        seed: of the draws.
    """

    ap50: float
    ar50: float
    ap50_interval: Interval
    ar50_interval: Interval
    ap50_share_better: float
    ar50_share_better: float
    num_resamples: int
    seed: int


def estimate_intervals(
    found: CocoMatches,
    image_ids: frozenset[int] | None = None,
    *,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
) -> ScoreIntervals:
    """Intervals of the scores of one predictions file.

    Args:
        found: its matches.
        image_ids: images that count; None for all.
        num_resamples: at least 1.
        seed: the same one gives the same intervals.

    Raises:
        ConfigError: `num_resamples` is too small.
    """
    (drawn,) = _resample([found], image_ids, num_resamples, seed)
    ap50, ar50 = (_find_interval(values) for values in drawn.T)
    return ScoreIntervals(ap50, ar50, num_resamples, seed)


def estimate_difference(
    found: CocoMatches,
    other: CocoMatches,
    image_ids: frozenset[int] | None = None,
    *,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
) -> ScoreDifference:
    """How much better one predictions file is than another, and how sure that is.

    Args:
        found: matches of the first.
        other: of the second, with the same annotation.
        image_ids: images that count; None for all.
        num_resamples: at least 1.
        seed: the same one gives the same intervals.

    Raises:
        ConfigError: `num_resamples` is too small, or the annotations list different images.
    """
    if found.truth.shapes_hw.keys() != other.truth.shapes_hw.keys():
        raise ConfigError(
            "Predictions that are compared must be matched with the same images; got "
            f"{len(found.truth.shapes_hw)} and {len(other.truth.shapes_hw)}."
        )
    one, two = _resample([found, other], image_ids, num_resamples, seed)
    differences = one - two
    better = np.where(differences == 0, 0.5, differences > 0).mean(axis=0)
    exact = [score_resample(list_outcomes(each, image_ids)) for each in (found, other)]
    return ScoreDifference(
        ap50=exact[0][0] - exact[1][0],
        ar50=exact[0][1] - exact[1][1],
        ap50_interval=_find_interval(differences[:, 0]),
        ar50_interval=_find_interval(differences[:, 1]),
        ap50_share_better=float(better[0]),
        ar50_share_better=float(better[1]),
        num_resamples=num_resamples,
        seed=seed,
    )


class Outcomes(NamedTuple):
    """What became of the predictions of one category at IoU 0.5, best score first.

    Attributes:
        image_of: int64 (N,), number of the image, from 0.
        is_right: bool (N,).
        num_truth: int64 (I,), labels of each image.
    """

    image_of: NDArray[np.int64]
    is_right: NDArray[np.bool_]
    num_truth: NDArray[np.int64]


def list_outcomes(found: CocoMatches, image_ids: frozenset[int] | None = None) -> list[Outcomes]:
    """What became of the predictions, by category; crowds and what lies on them are left out.

    Args:
        found: the matches.
        image_ids: images that count; None for all.
    """
    images = np.array(sorted(found.truth.shapes_hw if image_ids is None else image_ids), np.int64)
    cells = found.cells
    outcomes = found.matches.outcomes[0, 0]
    is_chosen = found.choose_cells(image_ids)
    image_of_cell = np.searchsorted(images, cells.image_ids)
    pred_cells = np.repeat(np.arange(len(cells)), np.diff(cells.pred_ends))
    truth_cells = np.repeat(np.arange(len(cells)), np.diff(cells.truth_ends))
    listed = []
    for category in np.unique(cells.category_ids[is_chosen]):
        is_own = is_chosen & (cells.category_ids == category)
        rows = np.flatnonzero(is_own[pred_cells] & (outcomes != IGNORED))
        # As in pycocotools: of equal scores that of the lower image id is first.
        rows = rows[np.argsort(-cells.pred.scores[rows], kind="stable")]
        labels = image_of_cell[truth_cells[is_own[truth_cells] & ~cells.truth.is_crowd]]
        listed.append(
            Outcomes(
                image_of_cell[pred_cells[rows]],
                outcomes[rows] == RIGHT,
                np.bincount(labels, minlength=len(images)),
            )
        )
    return listed


def score_resample(
    categories: list[Outcomes], counts: NDArray[np.int64] | None = None
) -> tuple[float, float]:
    """Average precision and recall at IoU 0.5, as pycocotools adds them up.

    Args:
        categories: of `list_outcomes`.
        counts: int64 (I,), how often each image is taken; None takes each once.

    Returns:
        Means over the categories that have labels; zeros for none.
    """
    scores = [_score_category(one, counts) for one in categories]
    known = [one for one in scores if one is not None]
    if not known:
        return 0.0, 0.0
    ap50, ar50 = np.mean(known, axis=0).tolist()
    return ap50, ar50


def _score_category(
    outcomes: Outcomes, counts: NDArray[np.int64] | None
) -> tuple[float, float] | None:
    num_truth = outcomes.num_truth.sum() if counts is None else outcomes.num_truth @ counts
    if num_truth == 0:
        return None
    if not len(outcomes.is_right):
        return 0.0, 0.0
    weights = 1 if counts is None else counts[outcomes.image_of]
    right = np.cumsum(outcomes.is_right * weights)
    wrong = np.cumsum(~outcomes.is_right * weights)
    recall = right / num_truth
    # The small number is pycocotools'.
    precision = right / (wrong + right + np.spacing(1))
    return interpolate_precision(recall, precision), float(recall[-1])


def _resample(
    systems: list[CocoMatches], image_ids: frozenset[int] | None, num_resamples: int, seed: int
) -> list[NDArray[np.float64]]:
    """Both scores of each system in each resample: float64 (num_resamples, 2) each."""
    if num_resamples < 1:
        raise ConfigError(f"num_resamples must be at least 1; got {num_resamples}.")
    random = np.random.default_rng(seed)
    listed = [list_outcomes(found, image_ids) for found in systems]
    num_images = len(systems[0].truth.shapes_hw if image_ids is None else image_ids)
    drawn = [np.zeros((num_resamples, 2)) for _ in systems]
    for number in range(num_resamples):
        images = random.integers(0, max(num_images, 1), num_images)
        counts = np.bincount(images, minlength=num_images)
        for scores, categories in zip(drawn, listed, strict=True):
            scores[number] = score_resample(categories, counts)
    return drawn


def _find_interval(values: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, _ENDS_PERCENT).tolist()
    return Interval(low, high)
