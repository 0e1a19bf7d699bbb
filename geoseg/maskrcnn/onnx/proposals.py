"""From the RPN to the boxes that the heads look at; see `geoseg.maskrcnn.proposals`."""

from __future__ import annotations

from collections.abc import Sequence

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import anchors_per_level, make_anchors
from geoseg.maskrcnn.architecture import MAX_BEFORE_NMS
from geoseg.maskrcnn.onnx.boxes import (
    decode_boxes,
    greedy_keep,
    is_large_enough,
    pick_kept,
    take_rows,
    top_rows,
)
from geoseg.maskrcnn.onnx.writer import GraphWriter, ints


def add_proposals(
    graph: GraphWriter, logits: Sequence[str], deltas: Sequence[str], config: MaskRCNNConfig
) -> tuple[str, int]:
    """Logits (B, A) and deltas (B, A, 4) of each level to proposals (B, N, 4).

    Returns:
        The proposals, best first, and N.
    """
    scores, places, start, num_boxes = [], [], 0, 0
    for level, size in zip(logits, anchors_per_level(config), strict=True):
        best, place = top_rows(graph, level, min(config.pre_nms_per_level, size))
        scores.append(best)
        places.append(graph.add("Add", place, ints(start)))
        start, num_boxes = start + size, num_boxes + min(config.pre_nms_per_level, size)
    best = graph.add("Concat", *scores, axis=1)
    place = graph.add("Concat", *places, axis=1)
    num_boxes = min(MAX_BEFORE_NMS, num_boxes)
    _, order = top_rows(graph, best, num_boxes)
    index = graph.add("GatherElements", place, order, axis=1)
    anchors = graph.add("Gather", make_anchors(config), index, axis=0)
    chosen = take_rows(graph, graph.add("Concat", *deltas, axis=1), index)
    boxes = decode_boxes(graph, chosen, anchors, config.tile_size_px)
    keep = greedy_keep(graph, boxes, is_large_enough(graph, boxes), config.rpn_nms_iou, num_boxes)
    count = min(config.num_proposals, num_boxes)
    return take_rows(graph, boxes, pick_kept(graph, keep, num_boxes, count)), count
