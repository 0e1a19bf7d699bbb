"""ROIAlign over the levels of the pyramid; see `geoseg.maskrcnn.roi_align`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from geoseg.maskrcnn.anchors import STRIDES_PX
from geoseg.maskrcnn.architecture import (
    CANONICAL_LEVEL,
    CANONICAL_SIZE_PX,
    COARSEST_LEVEL,
    FINEST_LEVEL,
    LEVEL_TOLERANCE,
)
from geoseg.maskrcnn.onnx.writer import FeatureMap, GraphWriter, ints, number


def add_roi_align(
    graph: GraphWriter, pyramid: Sequence[FeatureMap], boxes: str, image_index: str, pool_px: int
) -> tuple[FeatureMap, str]:
    """Sample the pyramid at the centres of a grid over each box.

    Args:
        graph: grows by the stage.
        pyramid: P2..P5.
        boxes: (R, 4), in tile pixels.
        image_index: int64 (R,), the image of each box.
        pool_px: cells a side.

    Returns:
        The features (R, C, pool_px, pool_px), sorted by level, and where in them the row of each
        box is, int64 (R,).
    """
    levels = _find_levels(graph, boxes)
    # ONNX wants (x1, y1, x2, y2).
    corners = graph.add("Gather", boxes, ints(1, 0, 3, 2), axis=-1)
    pooled, rows = [], []
    strides = zip(pyramid, STRIDES_PX, strict=False)
    for level, (features, stride_px) in enumerate(strides, FINEST_LEVEL):
        is_here = graph.add("Equal", levels, number(level))
        # Not squeezed: ONNX Runtime gives two rows of nothing where there is no box.
        row = graph.add("Gather", graph.add("NonZero", is_here), np.array(0))
        pooled.append(
            graph.add(
                "RoiAlign",
                features.name,
                graph.add("Gather", corners, row),
                graph.add("Gather", image_index, row),
                coordinate_transformation_mode="half_pixel",
                output_height=pool_px,
                output_width=pool_px,
                sampling_ratio=1,
                spatial_scale=1.0 / stride_px,
            )
        )
        rows.append(row)
    return (
        FeatureMap(graph.add("Concat", *pooled, axis=0), pyramid[0].channels, pool_px),
        _invert(graph, graph.add("Concat", *rows, axis=0)),
    )


def _find_levels(graph: GraphWriter, boxes: str) -> str:
    """Pyramid level of each box (R, 4): float32 (R,)."""
    low, high = graph.add_many("Split", 2, boxes, ints(2, 2), axis=-1)
    sides = graph.add("Max", graph.add("Sub", high, low), number(1e-3))
    size = graph.add("Sqrt", graph.add("ReduceProd", sides, axes=[-1], keepdims=0))
    share = graph.add("Div", size, number(CANONICAL_SIZE_PX))
    octaves = graph.add("Div", graph.add("Log", share), number(math.log(2.0)))
    offset = graph.add("Add", octaves, number(CANONICAL_LEVEL))
    level = graph.add("Floor", graph.add("Add", offset, number(LEVEL_TOLERANCE)))
    return graph.add("Clip", level, number(FINEST_LEVEL), number(COARSEST_LEVEL))


def _invert(graph: GraphWriter, permutation: str) -> str:
    """The inverse of a permutation int64 (R,)."""
    places = graph.add(
        "Range", np.array(0), graph.add("Squeeze", graph.add("Shape", permutation)), np.array(1)
    )
    return graph.add("ScatterElements", permutation, permutation, places)
