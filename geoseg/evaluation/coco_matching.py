"""Matching of predicted and labelled masks at all IoU thresholds, as pycocotools does it.

`COCOeval.evaluateImg` compares every prediction with every label at every threshold and area
range, in Python. Here the pairs that can match are picked out first, a few for each image; the
outcome is the same to the last digit, as the tests compare.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.coco_masks import CocoMasks

MAX_DETECTIONS = 100
"""Predictions of one image and category that count, those with the best scores."""

IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)
"""Those of pycocotools, to the last digit."""

AREA_NAMES = ("all", "small", "medium", "large")
AREA_RANGES = ((0.0, 1e5**2), (0.0, 32.0**2), (32.0**2, 96.0**2), (96.0**2, 1e5**2))
"""Square pixels, both ends included, as COCO has them."""

_PRED = operator.itemgetter(0)

NUM_RANGES = len(AREA_RANGES)

WRONG, RIGHT, IGNORED = 0, 1, 2
"""What a prediction may be; ignored ones are neither right nor wrong."""


@dataclass(frozen=True)
class Cells:
    """Predictions and labels, sorted so that those of one image and category lie together.

    Attributes:
        image_ids: int64 (C,), of each cell, ascending within a category.
        category_ids: int64 (C,), ascending.
        pred_ends: int64 (C + 1,), from 0: the predictions of cell c are
            `pred_ends[c]:pred_ends[c + 1]`.
        truth_ends: int64 (C + 1,), likewise.
        pred: at most 100 of each cell, best score first, then in the order of the file.
        truth: in the order of the file.
    """

    image_ids: NDArray[np.int64]
    category_ids: NDArray[np.int64]
    pred_ends: NDArray[np.int64]
    truth_ends: NDArray[np.int64]
    pred: CocoMasks
    truth: CocoMasks

    def __len__(self) -> int:
        return len(self.image_ids)

    def cut(self, first: int, last: int) -> Cells:
        """Cells `first:last` alone, or those of them that there are."""
        last = min(last, len(self))
        pred = slice(self.pred_ends[first], self.pred_ends[last])
        truth = slice(self.truth_ends[first], self.truth_ends[last])
        return Cells(
            self.image_ids[first:last],
            self.category_ids[first:last],
            self.pred_ends[first : last + 1] - self.pred_ends[first],
            self.truth_ends[first : last + 1] - self.truth_ends[first],
            self.pred.take(pred),
            self.truth.take(truth),
        )


def sort_cells(pred: CocoMasks, truth: CocoMasks) -> Cells:
    """Bring together what is of one image and category; the rest of more than 100 is dropped."""
    pred = pred.take(np.lexsort([-pred.scores, pred.image_ids, pred.category_ids]))
    truth = truth.take(np.lexsort([truth.image_ids, truth.category_ids]))
    keys = [np.stack([side.category_ids, side.image_ids], axis=1) for side in (pred, truth)]
    cells, cell_of = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    cell_of = cell_of.reshape(-1)
    pred_cell, truth_cell = cell_of[: len(pred)], cell_of[len(pred) :]
    place = np.arange(len(pred)) - np.searchsorted(pred_cell, pred_cell)
    is_kept = place < MAX_DETECTIONS
    ends = np.arange(len(cells) + 1)
    return Cells(
        image_ids=cells[:, 1],
        category_ids=cells[:, 0],
        pred_ends=np.searchsorted(pred_cell[is_kept], ends),
        truth_ends=np.searchsorted(truth_cell, ends),
        pred=pred.take(is_kept),
        truth=truth.take(slice(None)),
    )


@dataclass(frozen=True)
class CellMatches:
    """What was matched with what in a run of cells.

    The 8 rows of areas are the four of `AREA_RANGES` with the areas of the masks, then the four
    as pycocotools has them when it reads the files: with the areas that these give, and without
    matches with a label whose `id` is 0.

    Attributes:
        outcomes: int8 (8, 10, P), `WRONG`, `RIGHT` or `IGNORED` at each row and threshold.
        truth_of_pred: int64 (P,), index in `Cells.truth` of the label that a prediction is
            matched with at 0.5, whatever the areas; -1 for none.
        ious: float64 (P,), IoU with it, 0 for none.
    """

    outcomes: NDArray[np.int8]
    truth_of_pred: NDArray[np.int64]
    ious: NDArray[np.float64]


def match_cells(cells: Cells) -> CellMatches:
    """Match the predictions of each cell with its labels."""
    from pycocotools import mask as coco_mask

    pred_rles, truth_rles = cells.pred.to_rles(), cells.truth.to_rles()
    is_ignored = find_ignored_truth(cells.truth)
    partners = np.full((2 * NUM_RANGES, len(IOU_THRESHOLDS), len(cells.pred)), -1, np.int64)
    ious_of_pred = np.zeros(len(cells.pred))
    pred_ends, truth_ends = cells.pred_ends.tolist(), cells.truth_ends.tolist()
    for cell in range(len(cells)):
        pred = slice(pred_ends[cell], pred_ends[cell + 1])
        truth = slice(truth_ends[cell], truth_ends[cell + 1])
        if pred.start == pred.stop or truth.start == truth.stop:
            continue
        crowd = cells.truth.is_crowd[truth]
        ious = coco_mask.iou(pred_rles[pred], truth_rles[truth], crowd.astype(int).tolist())
        found = _match_ranges(ious, crowd, is_ignored[:, truth])
        partners[:, :, pred] = np.where(found >= 0, found + truth.start, -1)
        partner = found[0, 0]
        ious_of_pred[pred] = np.where(partner >= 0, ious[np.arange(len(partner)), partner], 0.0)
    truth_of_pred = partners[0, 0].copy()
    is_zero = cells.truth.ids == 0
    if is_zero.any():
        # pycocotools remembers a match by the id of the label, in which 0 stands for none.
        for row in range(NUM_RANGES, 2 * NUM_RANGES):
            is_lost = np.append(is_zero & ~is_ignored[row], False)[partners[row]]
            partners[row][is_lost] = -1
    outcomes = _judge(partners, is_ignored, _find_outside(cells.pred))
    return CellMatches(outcomes, truth_of_pred, ious_of_pred)


def join_matches(parts: Sequence[CellMatches], cells: Sequence[Cells]) -> CellMatches:
    """The matches of cells that follow each other."""
    starts = np.cumsum([0] + [len(part.truth) for part in cells])
    return CellMatches(
        np.concatenate([part.outcomes for part in parts], axis=2),
        np.concatenate(
            [
                np.where(part.truth_of_pred >= 0, part.truth_of_pred + start, -1)
                for part, start in zip(parts, starts.tolist(), strict=False)
            ]
        ),
        np.concatenate([part.ious for part in parts]),
    )


def _judge(
    partners: NDArray[np.int64], is_ignored: NDArray[np.bool_], is_outside: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Outcomes: what has an ignored partner, or none and is out of range, is ignored itself."""
    outcomes = np.full(partners.shape, WRONG, np.int8)
    for row, partner in enumerate(partners):
        has_partner = partner >= 0
        has_ignored = np.append(is_ignored[row], False)[partner]
        outcomes[row][has_partner] = RIGHT
        outcomes[row][np.where(has_partner, has_ignored, is_outside[row])] = IGNORED
    return outcomes


def find_ignored_truth(truth: CocoMasks) -> NDArray[np.bool_]:
    """Labels that do not count in each row of areas: crowds, and those out of range: (8, G)."""
    return _find_outside(truth) | truth.is_crowd


def _find_outside(masks: CocoMasks) -> NDArray[np.bool_]:
    """Objects out of the range of each row of areas, see `CellMatches`: bool (8, N)."""
    return np.array(
        [
            (areas < low) | (areas > high)
            for areas in (masks.areas_px, masks.published_areas)
            for low, high in AREA_RANGES
        ]
    )


def _match_ranges(
    ious: NDArray[np.float64], is_crowd: NDArray[np.bool_], is_ignored: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Match one cell in all rows of areas: int32 (8, 10, D), -1 for none.

    Args:
        ious: float64 (D, G), the best prediction first.
        is_crowd: bool (G,).
        is_ignored: bool (8, G).
    """
    found = np.full((len(is_ignored), len(IOU_THRESHOLDS), len(ious)), -1, np.int32)
    rows, columns = np.nonzero(ious >= IOU_THRESHOLDS[0])
    if not len(rows):
        return found
    values = ious[rows, columns]
    if np.bincount(rows).max() == 1 and np.bincount(columns).max() == 1:
        # Nobody has a choice: who is matched with whom does not depend on areas.
        found[:, :, rows] = np.where(values >= IOU_THRESHOLDS[:, None], columns, -1)
        return found
    pairs = list(zip(rows.tolist(), columns.tolist(), values.tolist(), strict=True))
    crowd = is_crowd.tolist()
    # What is ignored is often the same: all areas are in range, or all are small.
    known: dict[bytes, NDArray[np.int32]] = {}
    for row, ignored in enumerate(is_ignored):
        key = ignored.tobytes()
        if key not in known:
            known[key] = np.full(found.shape[1:], -1, np.int32)
            _match_thresholds(pairs, crowd, ignored.tolist(), known[key])
        found[row] = known[key]
    return found


def _match_thresholds(
    pairs: list[tuple[int, int, float]],
    is_crowd: Sequence[bool],
    is_ignored: Sequence[bool],
    found: NDArray[np.int32],
) -> None:
    """Match one cell in one row of areas.

    The best prediction chooses first. It takes the free label with the highest IoU, the last of
    equal ones, and an ignored one only where no other is left. A crowd is never used up.

    Args:
        pairs: prediction, label and IoU of all pairs that reach the lowest threshold, sorted.
        is_crowd: of the labels.
        is_ignored: of the labels.
        found: (10, D), filled.
    """
    for row, threshold in enumerate(IOU_THRESHOLDS.tolist()):
        taken: set[int] = set()
        for pred, candidates in itertools.groupby(pairs, key=_PRED):
            chosen = -1
            best = (False, 0.0)
            for _, truth, iou in candidates:
                if iou < threshold or (truth in taken and not is_crowd[truth]):
                    continue
                rank = (not is_ignored[truth], iou)
                if chosen < 0 or rank >= best:
                    best, chosen = rank, truth
            if chosen >= 0:
                found[row, pred] = chosen
                taken.add(chosen)
