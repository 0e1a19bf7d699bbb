"""From the box head's output to the detections of a tile."""

from __future__ import annotations

from typing import Any

from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.architecture import MIN_SIDE_PX
from geoseg.maskrcnn.boxes import clip_boxes, decode_boxes
from geoseg.maskrcnn.nms import greedy_keep, pick_kept, take_rows


def select_detections(
    logits: Any, deltas: Any, proposals: Any, min_score: Any, config: MaskRCNNConfig
) -> dict[str, Any]:
    """Refine the proposals and keep the best that do not overlap.

    Args:
        logits: float32 (B, N, classes).
        deltas: float32 (B, N, 4).
        proposals: float32 (B, N, 4), tile pixels.
        min_score: detections must score at least this; a number or float32 (B, 1).
        config: NMS threshold and number of detections.

    Returns:
        "boxes" float32 (B, D, 4) in tile pixels, "scores" float32 (B, D) in 0..1, "classes"
        int32 (B, D), "is_kept" bool (B, D), best first; D is at most `max_detections`. Rows that
        are not kept hold dropped boxes.
    """
    probabilities = ops.sigmoid(logits)
    scores, classes = ops.max(probabilities, axis=-1), ops.argmax(probabilities, axis=-1)
    boxes = clip_boxes(decode_boxes(deltas, proposals), float(config.tile_size_px))
    order = ops.argsort(-scores, axis=1)
    scores, classes = (ops.take_along_axis(one, order, axis=1) for one in (scores, classes))
    boxes = take_rows(boxes, order)
    sides = boxes[..., 2:] - boxes[..., :2]
    is_real = ops.logical_and(scores >= min_score, ops.all(sides >= MIN_SIDE_PX, axis=-1))
    # Each class is moved to a tile of its own, so that one NMS serves all classes.
    shift = ops.cast(classes, "float32")[..., None] * float(config.tile_size_px)
    keep = greedy_keep(boxes + shift, is_real, config.detection_nms_iou)
    count = min(config.max_detections, boxes.shape[1])
    is_kept, boxes, scores, classes = pick_kept(keep, count, boxes, scores, classes)
    return {
        "boxes": boxes,
        "scores": scores,
        "classes": ops.cast(classes, "int32"),
        "is_kept": is_kept,
    }
