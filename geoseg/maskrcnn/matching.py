"""Which anchors and proposals stand for which object, while training.

Anchors don't depend on the network, so they are matched in NumPy where samples are made;
proposals do, so they are matched inside the network. Random numbers come in as arguments: a
step is the same on every backend.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from geoseg.maskrcnn.architecture import DELTA_STD
from geoseg.maskrcnn.boxes import pairwise_inside, pairwise_iou
from geoseg.maskrcnn.nms import take_rows

POSITIVE_ANCHOR_IOU = 0.7
NEGATIVE_ANCHOR_IOU = 0.3
POSITIVE_ROI_IOU = 0.5

# Objects that no anchor overlaps by more are unlike any of them, and not taught to the RPN.
LEAST_ANCHOR_IOU = 0.1

# Background that lies inside an ignored region by more than this share is not learned.
IGNORED_SHARE = 0.5


def match_anchors(
    anchors: NDArray[np.float32],
    boxes: NDArray[np.float32],
    ignored: NDArray[np.float32],
    *,
    num_sampled: int,
    random: np.random.Generator,
    tile_size_px: float | None = None,
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """RPN targets of one tile (Faster R-CNN, section 3.1.2).

    Args:
        anchors: float32 (A, 4), tile pixels.
        boxes: float32 (G, 4) of the objects; G may be 0.
        ignored: float32 (I, 4), regions where nothing is learned.
        num_sampled: anchors that take part in the loss, at most half of them positive.
        random: chooses among the candidates.
        tile_size_px: what reaches beyond the tile does not count when anchors are held against
            ignored regions; None counts it.

    Returns:
        Labels int8 (A,): 1 object, 0 background, -1 not used; and deltas float32 (A, 4), zero
        but for positives.
    """
    labels = np.full(len(anchors), -1, np.int8)
    deltas = np.zeros((len(anchors), 4), np.float32)
    best_iou, best_object = np.zeros(len(anchors), np.float32), np.zeros(len(anchors), np.int64)
    # Object by object, in contiguous columns that stay in the cache: all pairs at once are slower.
    columns = np.asfortranarray(anchors)
    for index in range(len(boxes)):
        iou = numpy_iou(columns, boxes[index : index + 1])[:, 0]
        best_object[iou > best_iou] = index
        np.maximum(best_iou, iou, out=best_iou)
        # Every object gets its best anchor, even when none overlaps it much.
        nearest = iou.argmax()
        if iou[nearest] > LEAST_ANCHOR_IOU:
            labels[nearest] = 1
    labels[best_iou >= POSITIVE_ANCHOR_IOU] = 1
    is_background = (best_iou < NEGATIVE_ANCHOR_IOU) & (labels != 1)
    if len(ignored):
        seen = columns if tile_size_px is None else columns.clip(0.0, tile_size_px)
        is_background &= ~_mostly_inside(seen, ignored)
    positives = _sample(np.flatnonzero(labels == 1), num_sampled // 2, random)
    negatives = _sample(np.flatnonzero(is_background), num_sampled - len(positives), random)
    labels[:] = -1
    labels[positives], labels[negatives] = 1, 0
    if len(positives):
        deltas[positives] = _numpy_encode(boxes[best_object[positives]], anchors[positives])
    return labels, deltas


def numpy_iou(boxes_a: NDArray[np.float32], boxes_b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of every pair of boxes (N, 4) and (M, 4): float32 (N, M)."""
    shared = _shared_areas(boxes_a, boxes_b)
    union = _areas(boxes_a)[:, None] + _areas(boxes_b) - shared
    iou: NDArray[np.float32] = shared / np.maximum(union, np.float32(1e-6))
    return iou


def _shared_areas(
    boxes_a: NDArray[np.float32], boxes_b: NDArray[np.float32]
) -> NDArray[np.float32]:
    # Axis by axis: half the time of one (N, M, 2) array.
    sides = [
        np.minimum(boxes_a[:, None, high], boxes_b[:, high])
        - np.maximum(boxes_a[:, None, high - 2], boxes_b[:, high - 2])
        for high in (2, 3)
    ]
    shared: NDArray[np.float32] = np.maximum(sides[0], 0) * np.maximum(sides[1], 0)
    return shared


def _areas(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    areas: NDArray[np.float32] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas


def _mostly_inside(anchors: NDArray[np.float32], regions: NDArray[np.float32]) -> NDArray[np.bool_]:
    most_shared = np.zeros(len(anchors), np.float32)
    for index in range(len(regions)):
        shared = _shared_areas(anchors, regions[index : index + 1])[:, 0]
        np.maximum(most_shared, shared, out=most_shared)
    inside: NDArray[np.bool_] = most_shared > IGNORED_SHARE * _areas(anchors)
    return inside


def _sample(
    candidates: NDArray[np.int64], most: int, random: np.random.Generator
) -> NDArray[np.int64]:
    if len(candidates) <= most:
        return candidates
    return random.choice(candidates, most, replace=False)


def _numpy_encode(
    boxes: NDArray[np.float32], references: NDArray[np.float32]
) -> NDArray[np.float32]:
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 0.01)
    reference_size = np.maximum(references[:, 2:] - references[:, :2], 0.01)
    centre = boxes[:, :2] + 0.5 * size
    reference_centre = references[:, :2] + 0.5 * reference_size
    shift = (centre - reference_centre) / reference_size
    deltas = np.concatenate([shift, np.log(size / reference_size)], axis=1)
    return (deltas / np.asarray(DELTA_STD)).astype(np.float32)


def sample_rois(
    proposals: Any, boxes: Any, is_object: Any, noise: Any, *, num_rois: int, num_positive: int
) -> dict[str, Any]:
    """Choose the proposals that train the heads, positives first.

    Args:
        proposals: float32 (B, N, 4), tile pixels; the objects themselves are added to them.
        boxes: float32 (B, G, 4) of the objects.
        is_object: float32 (B, G): 1 for an object, 0 for an empty row, -1 for an ignored region.
        noise: float32 (B, N + G) in 0..1, settles which candidates are taken.
        num_rois: proposals to take.
        num_positive: most positives.

    Returns:
        "rois" float32 (B, num_rois, 4); "object" int32 (B, num_rois), index of the object that
        overlaps most; "is_positive" and "is_used" float32 (B, num_rois). All positives are in
        the first `num_positive` rows.
    """
    candidates = ops.concatenate([proposals, boxes], axis=1)
    iou = pairwise_iou(candidates, boxes)
    object_iou = ops.where(ops.expand_dims(is_object, 1) > 0, iou, -1.0)
    inside = pairwise_inside(candidates, boxes)
    ignored_share = ops.max(ops.where(ops.expand_dims(is_object, 1) < 0, inside, 0.0), axis=-1)
    best_iou, best = ops.max(object_iou, axis=-1), ops.argmax(object_iou, axis=-1)
    # Rows without an object are added to the proposals too; they must not train anything.
    row_is_real = ops.concatenate([ops.ones_like(proposals[..., 0]), is_object], axis=1) > 0
    is_positive = ops.logical_and(best_iou >= POSITIVE_ROI_IOU, row_is_real)
    is_negative = ops.logical_and(best_iou < POSITIVE_ROI_IOU, row_is_real)
    is_negative = ops.logical_and(is_negative, ignored_share <= IGNORED_SHARE)
    _, positives = ops.top_k(ops.where(is_positive, 1.0 + noise, 0.0), num_positive)
    _, negatives = ops.top_k(ops.where(is_negative, 1.0 + noise, 0.0), num_rois - num_positive)
    index = ops.concatenate([positives, negatives], axis=1)
    wanted = ops.concatenate(
        [
            ops.take_along_axis(is_positive, positives, axis=1),
            ops.take_along_axis(is_negative, negatives, axis=1),
        ],
        axis=1,
    )
    is_used = ops.cast(wanted, "float32")
    front = ops.cast(ops.arange(num_rois) < num_positive, "float32")
    return {
        "rois": ops.stop_gradient(take_rows(candidates, index)),
        "object": ops.cast(ops.take_along_axis(best, index, axis=1), "int32"),
        "is_positive": is_used * front,
        "is_used": is_used,
    }
