"""Arithmetic on boxes (B, N, 4) and their NMS; see `geoseg.maskrcnn.boxes` and `nms`."""

from __future__ import annotations

import numpy as np

from geoseg.maskrcnn.architecture import (
    DELTA_STD,
    MAX_LOG_SCALE,
    MIN_REFERENCE_SIDE_PX,
)
from geoseg.maskrcnn.onnx.writer import GraphWriter, Value, ints, number


def decode_boxes(graph: GraphWriter, deltas: str, references: str) -> str:
    """Deltas and references (B, N, 4) to boxes."""
    scaled = graph.add("Mul", deltas, np.array(DELTA_STD, np.float32))
    shifts, log_scales = graph.add_many("Split", 2, scaled, ints(2, 2), axis=-1)
    low, high = graph.add_many("Split", 2, references, ints(2, 2), axis=-1)
    sides = graph.add("Max", graph.add("Sub", high, low), number(MIN_REFERENCE_SIDE_PX))
    centres = graph.add("Add", low, graph.add("Mul", sides, number(0.5)))
    centres = graph.add("Add", centres, graph.add("Mul", shifts, sides))
    growth = graph.add("Exp", graph.add("Min", log_scales, number(MAX_LOG_SCALE)))
    halves = graph.add("Mul", graph.add("Mul", sides, number(0.5)), growth)
    corners = [graph.add(kind, centres, halves) for kind in ("Sub", "Add")]
    return graph.add("Concat", *corners, axis=-1)


def clip_to_windows(graph: GraphWriter, boxes: str, windows: str) -> str:
    """Boxes (B, N, 4) clipped to windows (B, 4), or to one for all images, (1, 4)."""
    wide = graph.add("Unsqueeze", windows, ints(1))
    low, high = (
        graph.add("Concat", one, one, axis=-1)
        for one in graph.add_many("Split", 2, wide, ints(2, 2), axis=-1)
    )
    return graph.add("Min", graph.add("Max", boxes, low), high)


def is_large_enough(graph: GraphWriter, boxes: str, min_side_px: float) -> str:
    """Whether both sides of boxes (B, N, 4) reach `min_side_px`: bool (B, N)."""
    low, high = graph.add_many("Split", 2, boxes, ints(2, 2), axis=-1)
    shorter = graph.add("ReduceMin", graph.add("Sub", high, low), axes=[-1], keepdims=0)
    return graph.add("GreaterOrEqual", shorter, number(min_side_px))


def take_rows(graph: GraphWriter, array: str, index: str) -> str:
    """Rows `index` (B, K) of an array (B, N, ...), image by image: (B, K, ...)."""
    return graph.add("GatherND", array, graph.add("Unsqueeze", index, ints(-1)), batch_dims=1)


def greedy_keep(graph: GraphWriter, boxes: str, candidates: str, iou: float, num_boxes: int) -> str:
    """Which boxes (B, N, 4), best first, a greedy NMS keeps of the candidates (B, N): bool."""
    # ONNX orders by score: the places, counted from the end, keep the order that there is.
    places = np.arange(num_boxes, 0, -1, dtype=np.float32)
    scores = graph.add("Where", candidates, places, number(0.0))
    kept = graph.add(
        "NonMaxSuppression",
        boxes,
        graph.add("Unsqueeze", scores, ints(1)),
        ints(num_boxes),
        np.array([iou], np.float32),
        np.array([0.5], np.float32),
    )
    # Rows of (image, class, box); there is one class.
    rows = graph.add("Gather", kept, ints(0, 2), axis=1)
    ones = graph.add(
        "Gather", graph.add("Add", graph.add("Mul", kept, ints(0)), ints(1)), ints(0), axis=1
    )
    none = graph.cast(graph.add("Mul", scores, number(0.0)), np.int64)
    marks = graph.add("ScatterND", none, rows, graph.add("Squeeze", ones, ints(1)))
    return graph.cast(marks, np.bool_)


def pick_kept(graph: GraphWriter, keep: str, num_boxes: int, count: int) -> str:
    """Places int64 (B, count) of the kept rows of (B, N), in order, then of the others."""
    places = np.arange(num_boxes, dtype=np.int64)
    rank = graph.add("Add", graph.add("Where", keep, ints(0), ints(num_boxes)), places)
    _, index = top_rows(graph, rank, count, largest=False)
    return index


def top_rows(
    graph: GraphWriter, values: Value, count: int, *, largest: bool = True
) -> tuple[str, str]:
    """The first `count` of values (B, N) by size, and their places int64 (B, count)."""
    top, index = graph.add_many("TopK", 2, values, ints(count), axis=-1, largest=int(largest))
    return top, index
