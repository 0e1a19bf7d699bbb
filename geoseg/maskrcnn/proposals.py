"""From anchors to proposals: the best of each level, refined, clipped and thinned by NMS."""

from __future__ import annotations

from typing import Any

from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import anchors_per_level
from geoseg.maskrcnn.architecture import MAX_BEFORE_NMS, MIN_SIDE_PX
from geoseg.maskrcnn.boxes import clip_boxes, decode_boxes
from geoseg.maskrcnn.nms import greedy_keep, pick_kept, take_rows


def make_proposals(logits: Any, deltas: Any, anchors: Any, config: MaskRCNNConfig) -> Any:
    """Choose the boxes that the heads look at.

    Args:
        logits: float32 (B, A), objectness.
        deltas: float32 (B, A, 4).
        anchors: float32 (A, 4), tile pixels.
        config: numbers of boxes and the NMS threshold.

    Returns:
        float32 (B, N, 4), best first, inside the tile; N is `num_proposals`, or fewer on a tile
        with fewer candidates. Rows beyond the kept ones are dropped boxes, which the heads judge
        like any other.
    """
    index = _best_per_level(logits, config)
    scores = ops.take_along_axis(logits, index, axis=1)
    scores, order = ops.top_k(scores, min(MAX_BEFORE_NMS, index.shape[1]))
    index = ops.take_along_axis(index, order, axis=1)
    boxes = decode_boxes(take_rows(deltas, index), ops.take(anchors, index, axis=0))
    boxes = clip_boxes(boxes, float(config.tile_size_px))
    sides = boxes[..., 2:] - boxes[..., :2]
    is_real = ops.all(sides >= MIN_SIDE_PX, axis=-1)
    keep = greedy_keep(boxes, is_real, config.rpn_nms_iou)
    _, boxes = pick_kept(keep, min(config.num_proposals, boxes.shape[1]), boxes)
    return ops.stop_gradient(boxes)


def _best_per_level(logits: Any, config: MaskRCNNConfig) -> Any:
    """Positions (B, K) int32 of the best anchors of every level."""
    start, found = 0, []
    for count in anchors_per_level(config):
        _, index = ops.top_k(
            logits[:, start : start + count], min(config.pre_nms_per_level, count), sorted=False
        )
        found.append(ops.cast(index, "int32") + start)
        start += count
    return ops.concatenate(found, axis=1)
