"""ROIAlign: features of a fixed size for boxes of any size (Mask R-CNN, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import STRIDES_PX
from geoseg.maskrcnn.architecture import (
    CANONICAL_LEVEL,
    COARSEST_LEVEL,
    FINEST_LEVEL,
    LEVEL_TOLERANCE,
)
from geoseg.maskrcnn.frames import get_extent_px

# Samples of a mask that lie so close beyond its border, in cells, lie on it.
ON_BORDER = 1e-3


def roi_levels(boxes: Any, config: MaskRCNNConfig) -> Any:
    """Pyramid level of each box (..., 4): int32 (...), 2 to 5 (FPN, equation 1).

    Args:
        boxes: float32 (..., 4), in the frame of the network.
        config: canonical size and rounding.
    """
    # The canonical size is one of the whole tile's pixels, the frame may span one less.
    canonical = config.roi_canonical_px * get_extent_px(config) / config.tile_size_px
    heights = ops.maximum(boxes[..., 2] - boxes[..., 0], 1e-3)
    widths = ops.maximum(boxes[..., 3] - boxes[..., 1], 1e-3)
    size = ops.sqrt(heights * widths)
    level = CANONICAL_LEVEL + ops.log2(size / canonical)
    if config.roi_level_rounding == "nearest":
        level = ops.round(level)
    else:
        level = ops.floor(level + LEVEL_TOLERANCE)
    return ops.cast(ops.clip(level, FINEST_LEVEL, COARSEST_LEVEL), "int32")


def roi_align(pyramid: Sequence[Any], boxes: Any, pool_px: int, config: MaskRCNNConfig) -> Any:
    """Sample the pyramid at a grid of `pool_px` x `pool_px` positions over each box.

    One bilinear sample a cell of the result. The levels are laid end to end and gathered from at
    once, so every box costs the same. Where the samples lie is `config.roi_sampling`:

    "cells": at the centres of a grid of cells over the box. Cell (i, j) of a map of stride s
    stands for the tile position ((i + 0.5) s, (j + 0.5) s); samples beyond the outermost centres
    take the edge's value.

    "corners": the outermost samples lie on the borders of the box. Cell 0 of a map stands for
    the beginning of the tile and its last cell for the end; samples beyond are 0. This is
    TensorFlow's `crop_and_resize`.

    Args:
        pyramid: P2..P5, each (B, H, W, C).
        boxes: float32 (B, N, 4), in the frame of the network.
        pool_px: samples a side.
        config: which level a box reads, and where.

    Returns:
        (B, N, pool_px, pool_px, C), in the dtype of the pyramid.
    """
    sizes = [level.shape[1:3] for level in pyramid]
    channels = pyramid[0].shape[-1]
    flat = ops.concatenate(
        [
            ops.reshape(one, (-1, height * width, channels))
            for one, (height, width) in zip(pyramid, sizes, strict=True)
        ],
        axis=1,
    )
    starts = [sum(height * width for height, width in sizes[:index]) for index in range(len(sizes))]
    level = roi_levels(boxes, config) - FINEST_LEVEL

    def of_level(values: Sequence[int], dtype: str) -> Any:
        return ops.take(ops.convert_to_tensor(list(values), dtype=dtype), level, axis=0)

    stride = of_level(STRIDES_PX[: len(pyramid)], "float32")
    samples, ends = [], []
    for axis in (0, 1):
        end = of_level([size[axis] for size in sizes], "int32")[..., None]
        low, high = boxes[..., axis, None], boxes[..., axis + 2, None]
        if config.roi_sampling == "corners":
            extent_px = get_extent_px(config)
            cell = _place_corners(low / extent_px, high / extent_px, end - 1, pool_px)
        else:
            cell = _place_cells(low, high, stride[..., None], pool_px)
        samples.append(cell)
        ends.append(end)
    pooled = _gather_bilinear(flat, of_level(starts, "int32"), samples, ends)
    return pooled if config.roi_sampling == "cells" else _clear_outside(pooled, samples, ends)


def _place_cells(low: Any, high: Any, stride: Any, pool_px: int) -> Any:
    """Where the samples of an axis lie: float32 (B, N, P), in cells of the map."""
    steps = (ops.arange(pool_px, dtype="float32") + 0.5) / pool_px
    return (low + (high - low) * steps) / stride - 0.5


def _place_corners(low: Any, high: Any, last: Any, pool_px: int) -> Any:
    """The same from border to border of a box whose tile spans 0 to 1.

    In the order of operations that TensorFlow's kernel has: a box that ends with the tile must
    not come out an ulp beyond it.
    """
    last = ops.cast(last, "float32")
    step = (high - low) * last / (pool_px - 1)
    return low * last + ops.arange(pool_px, dtype="float32") * step


def _gather_bilinear(flat: Any, start: Any, samples: Sequence[Any], ends: Sequence[Any]) -> Any:
    """Mix the four cells round each sample.

    Args:
        flat: (B, cells, C), the levels end to end.
        start: int32 (B, N), where the level of a box begins.
        samples: where the samples lie along y and x, each float32 (B, N, P).
        ends: cells of the level along y and x, each int32 (B, N, 1).
    """
    (y_low, y_high, y_share), (x_low, x_high, x_share) = (
        _find_neighbours(cell, end) for cell, end in zip(samples, ends, strict=True)
    )
    width = ends[1]
    batch_offset = ops.arange(ops.shape(flat)[0], dtype="int32") * flat.shape[1]
    table = ops.reshape(flat, (-1, flat.shape[-1]))
    base = ops.reshape(batch_offset, (-1, 1)) + start

    def corner(y: Any, x: Any) -> Any:
        rows = ops.expand_dims(base, -1) + y * width
        return ops.take(table, ops.expand_dims(rows, -1) + ops.expand_dims(x, -2), axis=0)

    y_weight = ops.cast(y_share, flat.dtype)[..., :, None, None]
    x_weight = ops.cast(x_share, flat.dtype)[..., None, :, None]
    upper = corner(y_low, x_low) * (1 - x_weight) + corner(y_low, x_high) * x_weight
    lower = corner(y_high, x_low) * (1 - x_weight) + corner(y_high, x_high) * x_weight
    return upper * (1 - y_weight) + lower * y_weight


def _find_neighbours(cell: Any, end: Any) -> tuple[Any, Any, Any]:
    """Cells below and above each sample, int32 (B, N, P), and the share of the latter."""
    cell = ops.clip(cell, 0.0, ops.cast(end - 1, "float32"))
    lower = ops.floor(cell)
    low = ops.cast(lower, "int32")
    return low, ops.minimum(low + 1, end - 1), cell - lower


def _clear_outside(pooled: Any, samples: Sequence[Any], ends: Sequence[Any]) -> Any:
    """Pooled features (B, N, P, P, C) with zeros where samples lie beyond the map."""
    y_inside, x_inside = (
        ops.logical_and(cell >= 0, cell <= ops.cast(end - 1, "float32"))
        for cell, end in zip(samples, ends, strict=True)
    )
    inside = ops.logical_and(y_inside[..., :, None], x_inside[..., None, :])
    return ops.where(inside[..., None], pooled, ops.zeros_like(pooled))


def crop_masks(
    masks: Any, mask_boxes: Any, boxes: Any, size_px: int, sampling: str = "cells"
) -> Any:
    """Resample masks drawn in one box to the frame of another.

    Args:
        masks: float32 (B, N, M, M), 0..1, each over its own box.
        mask_boxes: float32 (B, N, 4).
        boxes: float32 (B, N, 4).
        size_px: side of the result.
        sampling: as `MaskRCNNConfig.roi_sampling`.

    Returns:
        float32 (B, N, size_px, size_px). "cells": bilinear between cell centres; beyond its box
        a mask goes on as cells of 0. "corners": bilinear from border to border, 0 beyond, then
        rounded to 0 and 1.
    """
    side = masks.shape[-1]
    steps = (ops.arange(size_px, dtype="float32") + 0.5) / size_px

    def weights(axis: int) -> Any:
        origin, end = mask_boxes[..., axis, None], mask_boxes[..., axis + 2, None]
        low, high = boxes[..., axis, None], boxes[..., axis + 2, None]
        extent = ops.maximum(end - origin, 1e-3)
        if sampling == "corners":
            cell = _place_corners(
                (low - origin) / extent, (high - origin) / extent, side - 1, size_px
            )
            # A box that is the object's own must not lose its last row to rounding.
            inside = ops.logical_and(cell >= -ON_BORDER, cell <= side - 1 + ON_BORDER)
        else:
            cell = (low + (high - low) * steps - origin) / extent * side - 0.5
            inside = ops.ones_like(cell)
        distance = ops.abs(cell[..., None] - ops.arange(side, dtype="float32"))
        return ops.maximum(1.0 - distance, 0.0) * ops.cast(inside, "float32")[..., None]

    # Interpolation as two small matrix products; weights vanish outside, which gives the zeros.
    rows = ops.matmul(weights(0), masks)
    cropped = ops.matmul(rows, ops.swapaxes(weights(1), -1, -2))
    return ops.round(cropped) if sampling == "corners" else cropped
