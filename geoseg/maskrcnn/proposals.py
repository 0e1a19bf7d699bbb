"""From anchors to proposals: the best of each level, refined, clipped and thinned by NMS."""

from __future__ import annotations

from typing import Any

from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import anchors_per_level
from geoseg.maskrcnn.boxes import clip_boxes, decode_boxes
from geoseg.maskrcnn.frames import get_extent_px
from geoseg.maskrcnn.nms import greedy_keep, pick_kept, take_rows


def make_proposals(
    logits: Any, deltas: Any, anchors: Any, config: MaskRCNNConfig
) -> tuple[Any, Any]:
    """Choose the boxes that the heads look at.

    Args:
        logits: float32 (B, A), objectness.
        deltas: float32 (B, A, 4).
        anchors: float32 (A, 4), in the frame of the network, see `geoseg.maskrcnn.frames`.
        config: numbers of boxes and the NMS threshold.

    Returns:
        Boxes float32 (B, N, 4), best first, inside the tile, and their logits (B, N); N is
        `num_proposals`, or fewer on a tile with fewer candidates. Rows beyond the kept ones are
        dropped boxes, which the heads judge like any other, or with `empty_padding` zeros.
    """
    index = _choose_anchors(logits, config)
    boxes = decode_boxes(take_rows(deltas, index), ops.take(anchors, index, axis=0))
    boxes = clip_boxes(boxes, get_extent_px(config))
    sides = boxes[..., 2:] - boxes[..., :2]
    is_real = ops.all(sides >= config.min_side_px, axis=-1)
    keep = greedy_keep(boxes, is_real, config.rpn_nms_iou)
    logits = ops.take_along_axis(logits, index, axis=1)
    count = min(config.num_proposals, boxes.shape[1])
    is_kept, boxes, logits = pick_kept(keep, count, boxes, logits)
    if config.empty_padding:
        boxes = boxes * ops.cast(is_kept, "float32")[..., None]
    return ops.stop_gradient(boxes), ops.stop_gradient(logits)


def _choose_anchors(logits: Any, config: MaskRCNNConfig) -> Any:
    """Positions (B, K) int32 of the anchors that go through the NMS, best first."""
    if config.classification == "softmax":
        # In float32 the probabilities of good anchors are often equal; the first one then wins.
        logits = ops.sigmoid(logits)
    if config.pre_nms_per_level == 0:
        _, index = ops.top_k(logits, min(config.pre_nms_total, logits.shape[1]))
        return ops.cast(index, "int32")
    index = _best_per_level(logits, config)
    scores = ops.take_along_axis(logits, index, axis=1)
    _, order = ops.top_k(scores, min(config.pre_nms_total, index.shape[1]))
    return ops.take_along_axis(index, order, axis=1)


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
