"""From the RPN to the boxes that the heads look at; see `geoseg.maskrcnn.proposals`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import anchors_per_level, make_anchors
from geoseg.maskrcnn.frames import get_end_shift, get_extent_px
from geoseg.maskrcnn.onnx.boxes import (
    decode_boxes,
    greedy_keep,
    is_large_enough,
    pick_kept,
    take_rows,
    top_rows,
)
from geoseg.maskrcnn.onnx.writer import GraphWriter, ints, number


def add_proposals(
    graph: GraphWriter, logits: Sequence[str], deltas: Sequence[str], config: MaskRCNNConfig
) -> tuple[str, str, int]:
    """Logits (B, A) and deltas (B, A, 4) of each level to proposals (B, N, 4).

    Returns:
        The proposals, best first, in the frame of the network, the scores (B, N) by which they
        were ranked (logits, with softmax probabilities), and N.
    """
    index, objectness, num_boxes = _choose_anchors(graph, logits, config)
    all_anchors = make_anchors(config) - get_end_shift(config)
    anchors = graph.add("Gather", all_anchors, index, axis=0)
    chosen = take_rows(graph, graph.add("Concat", *deltas, axis=1), index)
    boxes = decode_boxes(graph, chosen, anchors)
    boxes = graph.add("Clip", boxes, number(0.0), number(get_extent_px(config)))
    is_real = is_large_enough(graph, boxes, config.min_side_px)
    keep = greedy_keep(graph, boxes, is_real, config.rpn_nms_iou, num_boxes)
    count = min(config.num_proposals, num_boxes)
    picked = pick_kept(graph, keep, num_boxes, count)
    boxes = take_rows(graph, boxes, picked)
    if config.empty_padding:
        is_kept = graph.add("GatherElements", graph.cast(keep, np.float32), picked, axis=1)
        boxes = graph.add("Mul", boxes, graph.add("Unsqueeze", is_kept, ints(-1)))
    return boxes, graph.add("GatherElements", objectness, picked, axis=1), count


def _choose_anchors(
    graph: GraphWriter, logits: Sequence[str], config: MaskRCNNConfig
) -> tuple[str, str, int]:
    """Positions (B, K) of the anchors that go through the NMS, best first, their scores, and K."""
    if config.classification == "softmax":
        logits = [graph.add("Sigmoid", one) for one in logits]
    sizes = anchors_per_level(config)
    if config.pre_nms_per_level == 0:
        num_boxes = min(config.pre_nms_total, sum(sizes))
        best, index = top_rows(graph, graph.add("Concat", *logits, axis=1), num_boxes)
        return index, best, num_boxes
    scores, places, start, num_boxes = [], [], 0, 0
    for level, size in zip(logits, sizes, strict=True):
        best, place = top_rows(graph, level, min(config.pre_nms_per_level, size))
        scores.append(best)
        places.append(graph.add("Add", place, ints(start)))
        start, num_boxes = start + size, num_boxes + min(config.pre_nms_per_level, size)
    best = graph.add("Concat", *scores, axis=1)
    place = graph.add("Concat", *places, axis=1)
    num_boxes = min(config.pre_nms_total, num_boxes)
    best, order = top_rows(graph, best, num_boxes)
    return graph.add("GatherElements", place, order, axis=1), best, num_boxes
