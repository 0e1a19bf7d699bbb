"""From the box head's output to the detections of a tile."""

from __future__ import annotations

from typing import Any

from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.boxes import clip_to_windows, decode_boxes
from geoseg.maskrcnn.frames import get_extent_px
from geoseg.maskrcnn.nms import greedy_keep, pick_kept, take_rows


def mix_logits(logits: Any, objectness: Any, config: MaskRCNNConfig) -> Any:
    """Let the RPN have its say in what proposals score.

    The box head sees a proposal cut out; the RPN saw what surrounds it, and has learned from all
    the ground of a tile. As in the two stages of Zhou et al. (2021, "Probabilistic two-stage
    detection") both count, here as a weighted mean of their logits.

    Args:
        logits: float32 (B, N, outputs), of the box head.
        objectness: float32 (B, N), the RPN's logits of the same proposals.
        config: how much the RPN counts, `objectness_share`.

    Returns:
        float32 (B, N, outputs).
    """
    share = config.objectness_share
    if share == 0:
        return logits
    return (1 - share) * logits + share * objectness[..., None]


def select_detections(
    logits: Any,
    deltas: Any,
    proposals: Any,
    min_score: Any,
    config: MaskRCNNConfig,
    windows: Any = None,
) -> dict[str, Any]:
    """Refine the proposals and keep the best that do not overlap.

    Args:
        logits: float32 (B, N, outputs), see `MaskRCNNConfig.num_outputs`.
        deltas: float32 (B, N, 4), or with `box_per_class` (B, N, outputs, 4).
        proposals: float32 (B, N, 4), in the frame of the network.
        min_score: detections must score at least this; a number or float32 (B, 1).
        config: NMS threshold and number of detections.
        windows: float32 (B, 4), the parts of the tiles that boxes are clipped to, in the frame of
            the network; None for the whole tiles.

    Returns:
        "boxes" float32 (B, D, 4) in the frame of the network, "scores" float32 (B, D) in 0..1,
        "classes" int32 (B, D), "is_kept" bool (B, D), best first; D is at most `max_detections`.
        Rows that are not kept hold dropped boxes.
    """
    normalize = ops.softmax if config.classification == "softmax" else ops.sigmoid
    probabilities = normalize(logits)
    scores, outputs = ops.max(probabilities, axis=-1), ops.argmax(probabilities, axis=-1)
    # Below 0 where background wins.
    classes = ops.cast(outputs, "int32") - config.first_class
    if config.box_per_class:
        deltas = ops.take_along_axis(deltas, outputs[..., None, None], axis=2)[:, :, 0]
    if windows is None:
        extent_px = get_extent_px(config)
        windows = ops.convert_to_tensor([[0.0, 0.0, extent_px, extent_px]])
    boxes = clip_to_windows(decode_boxes(deltas, proposals), windows[:, None])
    order = ops.argsort(-scores, axis=1)
    scores, classes = (ops.take_along_axis(one, order, axis=1) for one in (scores, classes))
    boxes = take_rows(boxes, order)
    sides = boxes[..., 2:] - boxes[..., :2]
    is_real = ops.logical_and(scores >= min_score, classes >= 0)
    is_real = ops.logical_and(is_real, ops.all(sides >= config.min_side_px, axis=-1))
    # Each class is moved to a tile of its own, so that one NMS serves all classes.
    shift = ops.cast(classes, "float32")[..., None] * float(config.tile_size_px)
    keep = greedy_keep(boxes + shift, is_real, config.detection_nms_iou)
    count = min(config.max_detections, boxes.shape[1])
    is_kept, boxes, scores, classes = pick_kept(keep, count, boxes, scores, classes)
    return {
        "boxes": boxes,
        "scores": scores,
        "classes": ops.maximum(classes, 0),
        "is_kept": is_kept,
    }
