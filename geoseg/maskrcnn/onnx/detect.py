"""From the box head to the detections of all images; see `geoseg.maskrcnn.detect`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.onnx.boxes import (
    clip_to_windows,
    decode_boxes,
    greedy_keep,
    is_large_enough,
    pick_kept,
    take_rows,
    top_rows,
)
from geoseg.maskrcnn.onnx.writer import GraphWriter, ints, number


@dataclass(frozen=True)
class KeptBoxes:
    """Names of the values of what was found in all images, image by image, best first.

    Attributes:
        boxes: float32 (R, 4), in the frame of the network.
        scores: float32 (R,).
        classes: int64 (R,).
        image_index: int64 (R,).
    """

    boxes: str
    scores: str
    classes: str
    image_index: str


def mix_logits(graph: GraphWriter, logits: str, objectness: str, config: MaskRCNNConfig) -> str:
    """Logits (B, N, outputs) and those of the RPN (B, N) to what proposals score."""
    share = config.objectness_share
    if share == 0:
        return logits
    own = graph.add("Mul", logits, number(1 - share))
    other = graph.add("Mul", graph.add("Unsqueeze", objectness, ints(-1)), number(share))
    return graph.add("Add", own, other)


def add_detections(
    graph: GraphWriter,
    logits: str,
    deltas: str,
    proposals: str,
    num_proposals: int,
    *,
    min_score: str,
    windows: str,
    config: MaskRCNNConfig,
) -> KeptBoxes:
    """Detections of proposals (B, N, 4).

    Args:
        graph: grows by the stage.
        logits: (B, N, outputs).
        deltas: (B, N, 4), or with `box_per_class` (B, N, outputs, 4).
        proposals: (B, N, 4), in the frame of the network.
        num_proposals: N.
        min_score: detections must score at least this.
        windows: (B, 4) or (1, 4), in the frame of the network; boxes are clipped to them.
        config: NMS threshold and number of detections.
    """
    is_contest = config.classification == "softmax"
    probabilities = graph.add("Softmax", logits) if is_contest else graph.add("Sigmoid", logits)
    scores = graph.add("ReduceMax", probabilities, axes=[-1], keepdims=0)
    outputs = graph.add("ArgMax", probabilities, axis=-1, keepdims=0)
    if config.box_per_class:
        own = graph.add("Unsqueeze", outputs, ints(-1))
        deltas = graph.add("GatherND", deltas, own, batch_dims=2)
    # Below 0 where background wins.
    classes = graph.add("Sub", outputs, ints(config.first_class))
    boxes = clip_to_windows(graph, decode_boxes(graph, deltas, proposals), windows)
    scores, order = top_rows(graph, scores, num_proposals)
    classes = graph.add("GatherElements", classes, order, axis=1)
    boxes = take_rows(graph, boxes, order)
    candidates = graph.add(
        "And",
        graph.add("GreaterOrEqual", scores, min_score),
        is_large_enough(graph, boxes, config.min_side_px),
    )
    candidates = graph.add("And", candidates, graph.add("GreaterOrEqual", classes, ints(0)))
    # Each class is moved to a tile of its own, so that one NMS serves all classes.
    shift = graph.add("Mul", graph.cast(classes, np.float32), number(config.tile_size_px))
    moved = graph.add("Add", boxes, graph.add("Unsqueeze", shift, ints(-1)))
    keep = greedy_keep(graph, moved, candidates, config.detection_nms_iou, num_proposals)
    index = pick_kept(graph, keep, num_proposals, min(config.max_detections, num_proposals))
    is_kept = graph.add("GatherElements", graph.cast(keep, np.int32), index, axis=1)
    # Rows of (image, place).
    where = graph.add("Transpose", graph.add("NonZero", is_kept), perm=[1, 0])
    boxes, scores, classes = (
        graph.add("GatherND", take_rows(graph, values, index), where)
        for values in (boxes, scores, classes)
    )
    return KeptBoxes(boxes, scores, classes, graph.add("Gather", where, np.array(0), axis=1))
