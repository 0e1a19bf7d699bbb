"""Which predicted polygon is which true one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.overlaps import Overlaps, find_overlaps

RECALLS = np.linspace(0.0, 1.0, 101)
"""Those at which COCO reads the precision."""


class Matches(NamedTuple):
    """A one-to-one assignment.

    Attributes:
        truth_of_pred: int64 (P,), index of the true polygon, -1 for none.
        pred_of_truth: int64 (T,), index of the predicted polygon, -1 for none.
        ious: float64 (P,), IoU with the matched polygon, 0 for none.
    """

    truth_of_pred: NDArray[np.int64]
    pred_of_truth: NDArray[np.int64]
    ious: NDArray[np.float64]


def match_footprints(
    pred: NDArray[np.object_],
    truth: NDArray[np.object_],
    iou: float = 0.5,
    scores: NDArray[np.floating] | None = None,
    *,
    overlaps: Overlaps | None = None,
) -> Matches:
    """Match polygons one to one, greedily as COCO does.

    Predictions are taken by descending score; each takes the free true polygon with which its
    IoU is highest, if that is at least `iou`. Predictions of equal score, or all when there
    are no scores, are taken by descending IoU. Above an IoU of 0.5 and with true polygons that
    do not overlap, at most one pair is possible for each and the order plays no part.

    Args:
        pred: object (P,) of valid shapely polygons in a metric CRS.
        truth: object (T,), likewise.
        iou: least intersection over union, above 0 and at most 1.
        scores: float (P,).
        overlaps: of these polygons, where they are known already.
    """
    if overlaps is None:
        overlaps = find_overlaps(pred, truth)
    truth_of_pred = np.full(len(pred), -1, dtype=np.int64)
    pred_of_truth = np.full(len(truth), -1, dtype=np.int64)
    matched_ious = np.zeros(len(pred))
    ious = overlaps.compute_ious()
    is_enough = ious >= iou
    one, other, ious = overlaps.pred[is_enough], overlaps.truth[is_enough], ious[is_enough]
    priority = np.zeros(len(one)) if scores is None else scores[one].astype(np.float64)
    for pair in np.lexsort([other, one, -ious, -priority]):
        if truth_of_pred[one[pair]] < 0 and pred_of_truth[other[pair]] < 0:
            truth_of_pred[one[pair]] = other[pair]
            pred_of_truth[other[pair]] = one[pair]
            matched_ious[one[pair]] = ious[pair]
    return Matches(truth_of_pred, pred_of_truth, matched_ious)


def average_precision(
    is_match: NDArray[np.bool_], scores: NDArray[np.floating], num_truth: int
) -> float:
    """COCO's average precision: interpolated precision, averaged at 101 recalls.

    Args:
        is_match: bool (P,), True where a prediction is matched.
        scores: float (P,).
        num_truth: number of true objects.

    Returns:
        0..1; 0 when there is no true object.
    """
    if num_truth == 0 or len(scores) == 0:
        return 0.0
    hits = np.cumsum(is_match[np.argsort(-scores, kind="stable")])
    return interpolate_precision(hits / num_truth, hits / np.arange(1, len(hits) + 1))


def interpolate_precision(recall: NDArray[np.floating], precision: NDArray[np.floating]) -> float:
    """COCO's mean over 101 recalls of the best precision at that recall or a higher one.

    Args:
        recall: float (P,), rising.
        precision: float (P,), at these recalls.
    """
    best = np.maximum.accumulate(precision[::-1])[::-1]
    first = np.searchsorted(recall, RECALLS, side="left")
    return float(np.append(best, 0.0)[first].mean())
