"""ROIAlign over the levels of the pyramid; see `geoseg.maskrcnn.roi_align`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import STRIDES_PX
from geoseg.maskrcnn.architecture import (
    CANONICAL_LEVEL,
    COARSEST_LEVEL,
    FINEST_LEVEL,
    LEVEL_TOLERANCE,
)
from geoseg.maskrcnn.frames import get_extent_px
from geoseg.maskrcnn.onnx.writer import FeatureMap, GraphWriter, ints, number


def add_roi_align(
    graph: GraphWriter,
    pyramid: Sequence[FeatureMap],
    boxes: str,
    image_index: str,
    *,
    pool_px: int,
    config: MaskRCNNConfig,
) -> tuple[FeatureMap, str]:
    """Sample the pyramid at the centres of a grid over each box.

    Args:
        graph: grows by the stage.
        pyramid: P2..P5.
        boxes: (R, 4), in the frame of the network.
        image_index: int64 (R,), the image of each box.
        pool_px: cells a side.
        config: how boxes are given to the levels.

    Returns:
        The features (R, C, pool_px, pool_px), sorted by level, and where in them the row of each
        box is, int64 (R,).
    """
    levels = _find_levels(graph, boxes, config)
    pooled, rows = [], []
    strides = zip(pyramid, STRIDES_PX, strict=False)
    for level, (features, stride_px) in enumerate(strides, FINEST_LEVEL):
        is_here = graph.add("Equal", levels, number(level))
        # Not squeezed: ONNX Runtime gives two rows of nothing where there is no box.
        row = graph.add("Gather", graph.add("NonZero", is_here), np.array(0))
        image = graph.add("Gather", image_index, row)
        own = graph.add("Gather", boxes, row)
        if config.roi_sampling == "corners":
            extent_px = get_extent_px(config)
            pooled.append(_pool_corners(graph, features, own, image, pool_px, extent_px))
        else:
            pooled.append(_pool_cells(graph, features, own, image, pool_px, 1.0 / stride_px))
        rows.append(row)
    return (
        FeatureMap(graph.add("Concat", *pooled, axis=0), pyramid[0].channels, pool_px),
        _invert(graph, graph.add("Concat", *rows, axis=0)),
    )


def _pool_cells(
    graph: GraphWriter, features: FeatureMap, boxes: str, image: str, pool_px: int, scale: float
) -> str:
    """One sample at the centre of each cell of a grid over boxes (R, 4): (R, C, P, P)."""
    return graph.add(
        "RoiAlign",
        features.name,
        # ONNX wants (x1, y1, x2, y2).
        graph.add("Gather", boxes, ints(1, 0, 3, 2), axis=-1),
        image,
        coordinate_transformation_mode="half_pixel",
        output_height=pool_px,
        output_width=pool_px,
        sampling_ratio=1,
        spatial_scale=scale,
    )


def _pool_corners(
    graph: GraphWriter, features: FeatureMap, boxes: str, image: str, pool_px: int, extent_px: float
) -> str:
    """The same from border to border, and zeros beyond the map."""
    last = number(features.size - 1)
    low, high = graph.add_many(
        "Split", 2, graph.add("Div", boxes, number(extent_px)), ints(2, 2), axis=-1
    )
    step = graph.add("Mul", graph.add("Sub", high, low), last)
    step = graph.add("Div", step, number(pool_px - 1))
    first = graph.add("Mul", low, last)
    # A grid whose cells have the samples for centres; the first cell of the map has its own at
    # half a pixel.
    start = graph.add(
        "Add", graph.add("Sub", first, graph.add("Mul", step, number(0.5))), number(0.5)
    )
    end = graph.add("Add", start, graph.add("Mul", step, number(pool_px)))
    grid = graph.add("Concat", start, end, axis=-1)
    pooled = _pool_cells(graph, features, grid, image, pool_px, 1.0)
    steps = np.arange(pool_px, dtype=np.float32)
    samples = graph.add("Mul", graph.add("Unsqueeze", step, ints(-1)), steps)
    samples = graph.add("Add", graph.add("Unsqueeze", first, ints(-1)), samples)
    inside = graph.add(
        "And",
        graph.add("GreaterOrEqual", samples, number(0.0)),
        graph.add("LessOrEqual", samples, last),
    )
    # (R, 2, P), along y and x.
    rows, columns = graph.add_many("Split", 2, graph.cast(inside, np.float32), ints(1, 1), axis=1)
    seen = graph.add(
        "Mul", graph.add("Unsqueeze", rows, ints(3)), graph.add("Unsqueeze", columns, ints(2))
    )
    return graph.add("Mul", pooled, seen)


def _find_levels(graph: GraphWriter, boxes: str, config: MaskRCNNConfig) -> str:
    """Pyramid level of each box (R, 4): float32 (R,)."""
    low, high = graph.add_many("Split", 2, boxes, ints(2, 2), axis=-1)
    sides = graph.add("Max", graph.add("Sub", high, low), number(1e-3))
    size = graph.add("Sqrt", graph.add("ReduceProd", sides, axes=[-1], keepdims=0))
    canonical = config.roi_canonical_px * get_extent_px(config) / config.tile_size_px
    share = graph.add("Div", size, number(canonical))
    octaves = graph.add("Div", graph.add("Log", share), number(math.log(2.0)))
    level = graph.add("Add", octaves, number(CANONICAL_LEVEL))
    if config.roi_level_rounding == "nearest":
        level = graph.add("Round", level)
    else:
        level = graph.add("Floor", graph.add("Add", level, number(LEVEL_TOLERANCE)))
    return graph.add("Clip", level, number(FINEST_LEVEL), number(COARSEST_LEVEL))


def _invert(graph: GraphWriter, permutation: str) -> str:
    """The inverse of a permutation int64 (R,)."""
    places = graph.add(
        "Range", np.array(0), graph.add("Squeeze", graph.add("Shape", permutation)), np.array(1)
    )
    return graph.add("ScatterElements", permutation, permutation, places)
