"""The measures of matterport's Mask_RCNN, for the detections of one image.

They take masks and boxes as arrays, and give the numbers that `mrcnn.utils` gives, so that
notebooks can be carried over; docs/evaluation.md says which function stands for which. The
average precision here has one point for each prediction (PASCAL VOC 2010), and notebooks take its
mean over images: it is not the challenge's, which `geoseg.evaluation.evaluate_predictions` gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geoseg.errors import DatasetError
from geoseg.evaluation.matching import Matches

IOU_RANGE = tuple(np.arange(0.5, 1.0, 0.05).tolist())
"""Thresholds of `mean_detection_precision`."""


class DetectionPrecision(NamedTuple):
    """Precision and recall of the detections of one image.

    Attributes:
        ap: average precision, the area below the curve; NaN where there is no true object.
        precisions: float64 (P + 2,), after each detection, best score first, and at both ends;
            each is the highest of those that follow.
        recalls: float64 (P + 2,), likewise, from 0 to 1.
        ious: float32 (P, T), of masks, in the order in which they were given.
    """

    ap: float
    precisions: NDArray[np.float64]
    recalls: NDArray[np.float64]
    ious: NDArray[np.float32]


def mask_ious(pred: ArrayLike, truth: ArrayLike) -> NDArray[np.float32]:
    """Intersection over union of all pairs of masks.

    Args:
        pred: (P, H, W), bool, or numbers of which those above 0.5 belong to the object.
        truth: (T, H, W), likewise.

    Returns:
        float32 (P, T); 0 for two empty masks.

    Raises:
        DatasetError: heights or widths differ.

    Example:
        >>> one, two = np.zeros((1, 2, 4), bool), np.zeros((1, 2, 4), bool)
        >>> one[0, :, :3], two[0, :, 1:] = True, True
        >>> mask_ious(one, two).tolist()
        [[0.5]]
    """
    sides = np.asarray(pred), np.asarray(truth)
    shapes = [side.shape[1:] for side in sides]
    if shapes[0] != shapes[1]:
        raise DatasetError(
            f"Masks must be of one height and width; got {shapes[0]} and {shapes[1]}."
        )
    num_pixels = math.prod(shapes[0])
    one, two = ((side > 0.5).reshape(len(side), num_pixels).astype(np.float32) for side in sides)
    shared = one @ two.T
    together = one.sum(axis=1)[:, None] + two.sum(axis=1)[None, :] - shared
    # Single precision as in matterport: at a threshold the last digit decides.
    return np.divide(shared, together, out=np.zeros_like(shared), where=together > 0)


def box_ious(pred: ArrayLike, truth: ArrayLike) -> NDArray[np.float64]:
    """Intersection over union of all pairs of boxes.

    Args:
        pred: (P, 4), (y1, x1, y2, x2), half-open.
        truth: (T, 4), likewise.

    Returns:
        float64 (P, T); 0 for two boxes without area.

    Example:
        >>> box_ious([[0, 0, 2, 3]], [[0, 1, 2, 4]]).tolist()
        [[0.5]]
    """
    one = np.asarray(pred, np.float64).reshape(-1, 1, 4)
    two = np.asarray(truth, np.float64).reshape(1, -1, 4)
    sides = np.minimum(one[..., 2:], two[..., 2:]) - np.maximum(one[..., :2], two[..., :2])
    shared = sides.clip(min=0).prod(axis=-1)
    areas = [(side[..., 2:] - side[..., :2]).prod(axis=-1) for side in (one, two)]
    together = areas[0] + areas[1] - shared
    return np.divide(shared, together, out=np.zeros_like(shared), where=together > 0)


def match_detections(
    ious: NDArray[np.floating],
    scores: ArrayLike,
    iou: float = 0.5,
    *,
    pred_classes: ArrayLike | None = None,
    truth_classes: ArrayLike | None = None,
) -> Matches:
    """Match detections with true objects one to one, as matterport does.

    The best score chooses first. It goes through the free objects from the highest IoU on, as
    long as that is at least `iou`, and takes the first of its own class. Of equal scores, and of
    equal IoUs, the later is first.

    matterport's code up to 2018-10-11, the crowdAI fork's too, took an object that was matched
    with the best of all detections for a free one, so that it could be matched again and average
    precision could exceed 1. Here it is not, as upstream since then.

    Args:
        ious: (P, T), of `mask_ious` or `box_ious`.
        scores: (P,).
        iou: least IoU of a match.
        pred_classes: (P,); None where all are of one class.
        truth_classes: (T,); likewise.

    Raises:
        DatasetError: numbers of detections, objects and classes do not agree.
    """
    own = np.asarray(scores, np.float64)
    classes = [
        np.zeros(count, np.int64) if given is None else np.asarray(given)
        for given, count in zip((pred_classes, truth_classes), ious.shape, strict=True)
    ]
    counts = (len(own), *map(len, classes))
    if counts != (ious.shape[0], *ious.shape):
        raise DatasetError(
            f"There must be a score and a class for each of {ious.shape[0]} detections and a "
            f"class for each of {ious.shape[1]} objects; got {counts}."
        )
    truth_of_pred = np.full(ious.shape[0], -1, np.int64)
    pred_of_truth = np.full(ious.shape[1], -1, np.int64)
    for pred in np.argsort(own, kind="stable")[::-1].tolist():
        for truth in np.argsort(ious[pred], kind="stable")[::-1].tolist():
            if pred_of_truth[truth] >= 0:
                continue
            if ious[pred, truth] < iou:
                break
            if classes[0][pred] == classes[1][truth]:
                truth_of_pred[pred], pred_of_truth[truth] = truth, pred
                break
    matched = np.append(ious, np.zeros((len(own), 1)), axis=1)[np.arange(len(own)), truth_of_pred]
    return Matches(truth_of_pred, pred_of_truth, matched.astype(np.float64))


def detection_precision(
    pred_masks: ArrayLike,
    pred_scores: ArrayLike,
    truth_masks: ArrayLike,
    *,
    iou: float = 0.5,
    pred_classes: ArrayLike | None = None,
    truth_classes: ArrayLike | None = None,
) -> DetectionPrecision:
    """Average precision of the detections of one image at one IoU, with its curve.

    Args:
        pred_masks: (P, H, W), see `mask_ious`.
        pred_scores: (P,).
        truth_masks: (T, H, W).
        iou: least IoU of a match.
        pred_classes: (P,); None where all are of one class.
        truth_classes: (T,); likewise.

    Raises:
        DatasetError: shapes do not agree.
    """
    ious = mask_ious(pred_masks, truth_masks)
    matches = match_detections(
        ious, pred_scores, iou, pred_classes=pred_classes, truth_classes=truth_classes
    )
    order = np.argsort(np.asarray(pred_scores, np.float64), kind="stable")[::-1]
    return _draw_curve(matches.truth_of_pred[order] >= 0, ious)


def mean_detection_precision(
    pred_masks: ArrayLike,
    pred_scores: ArrayLike,
    truth_masks: ArrayLike,
    *,
    ious: Sequence[float] = IOU_RANGE,
    pred_classes: ArrayLike | None = None,
    truth_classes: ArrayLike | None = None,
) -> float:
    """Mean of the average precision over IoU thresholds.

    Args:
        pred_masks: as of `detection_precision`.
        pred_scores: likewise.
        truth_masks: likewise.
        ious: the thresholds.
        pred_classes: likewise.
        truth_classes: likewise.

    Raises:
        DatasetError: shapes do not agree.
    """
    precisions = [
        detection_precision(
            pred_masks,
            pred_scores,
            truth_masks,
            iou=iou,
            pred_classes=pred_classes,
            truth_classes=truth_classes,
        ).ap
        for iou in ious
    ]
    return float(np.mean(precisions))


def box_recall(
    pred_boxes: ArrayLike, truth_boxes: ArrayLike, iou: float
) -> tuple[float, NDArray[np.int64]]:
    """Share of the true boxes that are the nearest of some predicted box, and near enough.

    Args:
        pred_boxes: (P, 4), (y1, x1, y2, x2).
        truth_boxes: (T, 4).
        iou: least IoU.

    Returns:
        The share, NaN for no true boxes; and the predicted boxes that reach `iou` with any,
        int64 (K,).

    Example:
        >>> box_recall([[0, 0, 2, 2], [5, 5, 9, 9]], [[0, 0, 2, 2], [20, 20, 30, 30]], 0.5)
        (0.5, array([0]))
    """
    ious = box_ious(pred_boxes, truth_boxes)
    if not ious.shape[1]:
        return float("nan"), np.zeros(0, np.int64)
    near = np.flatnonzero(ious.max(axis=1) >= iou)
    found = np.unique(ious.argmax(axis=1)[near])
    return len(found) / ious.shape[1], near


def _draw_curve(is_match: NDArray[np.bool_], ious: NDArray[np.float32]) -> DetectionPrecision:
    """The curve of detections in order of scores."""
    num_truth = ious.shape[1]
    hits = np.cumsum(is_match)
    precisions = np.concatenate([[0.0], hits / (np.arange(len(hits)) + 1), [0.0]])
    precisions = np.maximum.accumulate(precisions[::-1])[::-1]
    if not num_truth:
        return DetectionPrecision(float("nan"), precisions, np.full(len(hits) + 2, np.nan), ious)
    # Single precision as in matterport.
    shares = (hits.astype(np.float32) / np.float32(num_truth)).astype(np.float64)
    recalls = np.concatenate([[0.0], shares, [1.0]])
    rises = np.flatnonzero(recalls[1:] != recalls[:-1]) + 1
    ap = float(((recalls[rises] - recalls[rises - 1]) * precisions[rises]).sum())
    return DetectionPrecision(ap, precisions, recalls, ious)
