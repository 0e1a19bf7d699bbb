"""Exact greedy non-maximum suppression with static shapes, on any backend."""

from __future__ import annotations

from typing import Any

from keras import ops

from geoseg.maskrcnn.boxes import pairwise_iou

# The matrix of overlaps grows with the square of the boxes: more of them are settled block by
# block, each against what is kept of those before it.
BLOCK = 1024


def greedy_keep(boxes: Any, candidates: Any, iou: float) -> Any:
    """Which boxes a greedy NMS keeps.

    The greedy result is the only solution of `keep[i] = candidate[i] and no j < i with keep[j]
    and IoU[i, j] > iou`. Each round of the iteration settles at least the next box that is still
    open, and in practice whole chains at once, so a few matrix products are enough.

    Args:
        boxes: float32 (B, N, 4), best first.
        candidates: bool (B, N); the others are neither kept nor do they suppress.
        iou: pairs that overlap by more than this exclude each other.

    Returns:
        bool (B, N).
    """
    kept: list[Any] = []
    for start in range(0, max(boxes.shape[1], 1), BLOCK):
        block, still_open = (one[:, start : start + BLOCK] for one in (boxes, candidates))
        if start:
            overlaps = pairwise_iou(block, boxes[:, :start]) > iou
            better = ops.expand_dims(ops.concatenate(kept, axis=1), 1)
            hit = ops.any(ops.logical_and(overlaps, better), axis=-1)
            still_open = ops.logical_and(still_open, ops.logical_not(hit))
        kept.append(_settle_block(block, still_open, iou))
    return ops.concatenate(kept, axis=1)


def _settle_block(boxes: Any, candidates: Any, iou: float) -> Any:
    """`greedy_keep` of so few boxes that the matrix of their overlaps is small."""
    num_boxes = boxes.shape[1]
    order = ops.arange(num_boxes)
    is_better = ops.expand_dims(order, 0) < ops.expand_dims(order, 1)
    suppresses = ops.logical_and(pairwise_iou(boxes, boxes) > iou, is_better)
    suppresses = ops.cast(suppresses, "float32")

    def settle(keep: Any) -> Any:
        hits = ops.matmul(suppresses, ops.expand_dims(keep, -1))
        return ops.cast(ops.logical_and(candidates, hits[..., 0] < 0.5), "float32")

    def is_open(before: Any, keep: Any) -> Any:
        return ops.any(before != keep)

    def step(before: Any, keep: Any) -> tuple[Any, Any]:
        del before
        return keep, settle(keep)

    start = ops.cast(candidates, "float32")
    _, keep = ops.while_loop(
        is_open, step, (start, settle(start)), maximum_iterations=num_boxes + 1
    )
    return keep > 0.5


def pick_kept(keep: Any, count: int, *arrays: Any) -> tuple[Any, ...]:
    """Move the kept rows to the front, in order, and cut to a fixed number.

    Args:
        keep: bool (B, N).
        count: rows to return, at most N.
        *arrays: tensors (B, N, ...).

    Returns:
        The mask of filled rows, bool (B, count), then each array as (B, count, ...); rows
        beyond the kept ones hold dropped rows.
    """
    num_rows = keep.shape[1]
    rank = ops.where(keep, 0, num_rows) + ops.arange(num_rows)
    index = ops.argsort(rank, axis=1)[:, :count]
    picked = [take_rows(array, index) for array in arrays]
    return ops.take_along_axis(keep, index, axis=1), *picked


def take_rows(array: Any, index: Any) -> Any:
    """Rows `index` (B, K) of an array (B, N, ...), image by image. Returns (B, K, ...)."""
    ones = [1] * (len(array.shape) - 2)
    return ops.take_along_axis(array, ops.reshape(index, (-1, index.shape[1], *ones)), axis=1)
