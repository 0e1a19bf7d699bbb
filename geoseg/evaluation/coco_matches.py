"""Which predictions of a COCO file are which labels, image by image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.coco_files import CocoTruth, choose_images, read_predictions, read_truth
from geoseg.evaluation.coco_matching import (
    AREA_NAMES,
    IGNORED,
    RIGHT,
    CellMatches,
    Cells,
    join_matches,
    match_cells,
    sort_cells,
)
from geoseg.evaluation.ranking import RankedDetections
from geoseg.evaluation.spreading import spread

_ALL = AREA_NAMES.index("all")

# Cells that are handed to another process at once.
_RUN = 2000


@dataclass(frozen=True)
class CocoMatches:
    """A predictions file, matched with an annotation.

    Attributes:
        truth: the annotation.
        cells: predictions and labels by image and category.
        matches: which is which.
        pred_image_ids: int64 (N,), image of each prediction of the file, those beyond 100 too.
    """

    truth: CocoTruth
    cells: Cells
    matches: CellMatches
    pred_image_ids: NDArray[np.int64]

    def choose_cells(self, image_ids: frozenset[int] | None) -> NDArray[np.bool_]:
        """Which cells are of these images: bool (C,); all of them for None."""
        if image_ids is None:
            return np.ones(len(self.cells), np.bool_)
        return np.isin(self.cells.image_ids, list(image_ids))


class ImageMatches(NamedTuple):
    """One image, and one category of objects, at IoU 0.5, as pycocotools matches them.

    Attributes:
        image_id: the image.
        category_id: the category.
        pred_rows: int64 (P,), entries of the predictions file from 0, best score first; at most
            100.
        truth_rows: int64 (G,), entries of `annotations` from 0.
        scores: float64 (P,).
        truth_of_pred: int64 (P,), index in `truth_rows`, -1 for none.
        ious: float64 (P,), IoU of the masks with the one matched, 0 for none.
        is_ignored: bool (P,), True for what lies on a crowd and is neither right nor wrong.
        is_crowd: bool (G,).
    """

    image_id: int
    category_id: int
    pred_rows: NDArray[np.int64]
    truth_rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    truth_of_pred: NDArray[np.int64]
    ious: NDArray[np.float64]
    is_ignored: NDArray[np.bool_]
    is_crowd: NDArray[np.bool_]


def match_predictions(
    predictions_json: Path,
    truth: CocoTruth,
    *,
    category: int | None = None,
    num_processes: int = 1,
) -> CocoMatches:
    """Match predictions with labels at all IoU thresholds and area ranges of COCO.

    Args:
        predictions_json: see `read_predictions`.
        truth: the labels.
        category: see `read_predictions`.
        num_processes: see `geoseg.evaluation.spreading.spread`.

    Raises:
        DatasetError: as of `read_predictions`.
    """
    pred = read_predictions(predictions_json, truth, category=category, num_processes=num_processes)
    cells = sort_cells(pred, truth.masks)
    return CocoMatches(truth, cells, match_sorted(cells, num_processes), pred.image_ids)


def match_sorted(cells: Cells, num_processes: int = 1) -> CellMatches:
    """Match all cells, in runs that may be spread over processes.

    Args:
        cells: predictions and labels.
        num_processes: see `geoseg.evaluation.spreading.spread`.
    """
    runs = [cells.cut(first, first + _RUN) for first in range(0, max(len(cells), 1), _RUN)]
    parts = list(spread(match_cells, runs, num_processes if len(runs) > 1 else 1))
    return join_matches(parts, runs)


def match_images(
    predictions_json: Path,
    annotation_json: Path,
    *,
    only: frozenset[str] | None = None,
    category: int | None = None,
) -> list[ImageMatches]:
    """The matches of each image, by image id; images without predictions and labels are left out.

    Args:
        predictions_json: as of `geoseg.evaluation.evaluate_predictions`.
        annotation_json: likewise.
        only: file names of the images that count; None for all.
        category: see `read_predictions`.

    Raises:
        DatasetError: as of `geoseg.evaluation.evaluate_predictions`.
    """
    truth = read_truth(annotation_json)
    image_ids = None if only is None else choose_images(truth, only)
    found = match_predictions(predictions_json, truth, category=category)
    return sorted(split_images(found, image_ids), key=lambda one: one.image_id)


def split_images(
    found: CocoMatches, image_ids: frozenset[int] | None = None
) -> Iterator[ImageMatches]:
    """The matches of each image and category, in the order of the cells.

    Args:
        found: of `match_predictions`.
        image_ids: images that count; None for all.
    """
    cells, matches = found.cells, found.matches
    is_ignored = matches.outcomes[_ALL, 0] == IGNORED
    for cell in np.flatnonzero(found.choose_cells(image_ids)).tolist():
        pred = slice(cells.pred_ends[cell], cells.pred_ends[cell + 1])
        truth = slice(cells.truth_ends[cell], cells.truth_ends[cell + 1])
        partners = matches.truth_of_pred[pred]
        yield ImageMatches(
            image_id=int(cells.image_ids[cell]),
            category_id=int(cells.category_ids[cell]),
            pred_rows=cells.pred.rows[pred],
            truth_rows=cells.truth.rows[truth],
            scores=cells.pred.scores[pred],
            truth_of_pred=np.where(partners >= 0, partners - truth.start, -1),
            ious=matches.ious[pred],
            is_ignored=is_ignored[pred],
            is_crowd=cells.truth.is_crowd[truth],
        )


def rank_matches(found: CocoMatches, image_ids: frozenset[int] | None = None) -> RankedDetections:
    """Which predictions are right at IoU 0.5; what lies on a crowd is neither, and is left out.

    Args:
        found: of `match_predictions`.
        image_ids: images that count; None for all.
    """
    cells = found.cells
    is_chosen = found.choose_cells(image_ids)
    outcomes = found.matches.outcomes[_ALL, 0]
    pred_images = np.repeat(cells.image_ids, np.diff(cells.pred_ends))
    is_kept = np.repeat(is_chosen, np.diff(cells.pred_ends)) & (outcomes != IGNORED)
    is_true_chosen = np.repeat(is_chosen, np.diff(cells.truth_ends)) & ~cells.truth.is_crowd
    return RankedDetections(
        scores=cells.pred.scores[is_kept],
        is_true=outcomes[is_kept] == RIGHT,
        image_ids=pred_images[is_kept],
        num_truth=int(is_true_chosen.sum()),
    )
