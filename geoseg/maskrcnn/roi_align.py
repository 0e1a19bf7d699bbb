"""ROIAlign: features of a fixed size for boxes of any size (Mask R-CNN, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import ops

from geoseg.maskrcnn.anchors import STRIDES_PX
from geoseg.maskrcnn.architecture import (
    CANONICAL_LEVEL,
    CANONICAL_SIZE_PX,
    COARSEST_LEVEL,
    FINEST_LEVEL,
    LEVEL_TOLERANCE,
)


def roi_levels(boxes: Any) -> Any:
    """Pyramid level of each box (..., 4): int32 (...), 2 to 5 (FPN, equation 1)."""
    heights = ops.maximum(boxes[..., 2] - boxes[..., 0], 1e-3)
    widths = ops.maximum(boxes[..., 3] - boxes[..., 1], 1e-3)
    size = ops.sqrt(heights * widths)
    level = ops.floor(CANONICAL_LEVEL + ops.log2(size / CANONICAL_SIZE_PX) + LEVEL_TOLERANCE)
    return ops.cast(ops.clip(level, FINEST_LEVEL, COARSEST_LEVEL), "int32")


def roi_align(pyramid: Sequence[Any], boxes: Any, pool_px: int) -> Any:
    """Sample the pyramid at the centres of a `pool_px` x `pool_px` grid over each box.

    One bilinear sample a cell. Cell (i, j) of a map of stride s stands for the tile position
    ((i + 0.5) s, (j + 0.5) s); samples beyond the outermost centres take the edge's value. The
    levels are laid end to end and gathered from at once, so every box costs the same.

    Args:
        pyramid: P2..P5, each (B, H, W, C).
        boxes: float32 (B, N, 4) in tile pixels.
        pool_px: cells a side.

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
    level = roi_levels(boxes) - FINEST_LEVEL

    def of_level(values: Sequence[int], dtype: str) -> Any:
        return ops.take(ops.convert_to_tensor(list(values), dtype=dtype), level, axis=0)

    stride = of_level(STRIDES_PX[: len(pyramid)], "float32")
    height = of_level([size[0] for size in sizes], "int32")
    width = of_level([size[1] for size in sizes], "int32")
    y_low, y_share = _axis_samples(boxes[..., 0], boxes[..., 2], stride, height, pool_px)
    x_low, x_share = _axis_samples(boxes[..., 1], boxes[..., 3], stride, width, pool_px)
    start = of_level(starts, "int32")
    return _gather_bilinear(
        flat, start, (y_low, y_share, height[..., None]), (x_low, x_share, width[..., None])
    )


def _axis_samples(low: Any, high: Any, stride: Any, size: Any, pool_px: int) -> tuple[Any, Any]:
    """Lower cell (B, N, P) int32 and the share of the next one, along one axis."""
    steps = (ops.arange(pool_px, dtype="float32") + 0.5) / pool_px
    position = low[..., None] + (high - low)[..., None] * steps
    last = ops.cast(size - 1, "float32")[..., None]
    cell = ops.clip(position / stride[..., None] - 0.5, 0.0, last)
    lower = ops.floor(cell)
    return ops.cast(lower, "int32"), cell - lower


def _gather_bilinear(
    flat: Any, start: Any, y_axis: tuple[Any, Any, Any], x_axis: tuple[Any, Any, Any]
) -> Any:
    """Mix the four cells round each sample; an axis is (lower cell, share of the next, cells)."""
    y_low, y_share, height = y_axis
    x_low, x_share, width = x_axis
    y_high = ops.minimum(y_low + 1, height - 1)
    x_high = ops.minimum(x_low + 1, width - 1)
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


def crop_masks(masks: Any, mask_boxes: Any, boxes: Any, size_px: int) -> Any:
    """Resample masks drawn in one box to the frame of another.

    Args:
        masks: float32 (B, N, M, M), 0..1, each over its own box.
        mask_boxes: float32 (B, N, 4).
        boxes: float32 (B, N, 4).
        size_px: side of the result.

    Returns:
        float32 (B, N, size_px, size_px), bilinear between cell centres; beyond its box a mask
        goes on as cells of 0.
    """
    side = masks.shape[-1]
    steps = (ops.arange(size_px, dtype="float32") + 0.5) / size_px

    def weights(axis: int) -> Any:
        origin, end = mask_boxes[..., axis], mask_boxes[..., axis + 2]
        low, high = boxes[..., axis], boxes[..., axis + 2]
        position = low[..., None] + (high - low)[..., None] * steps
        extent = ops.maximum(end - origin, 1e-3)
        cell = (position - origin[..., None]) / extent[..., None] * side - 0.5
        distance = ops.abs(cell[..., None] - ops.arange(side, dtype="float32"))
        return ops.maximum(1.0 - distance, 0.0)

    # Interpolation as two small matrix products; weights vanish outside, which gives the zeros.
    rows = ops.matmul(weights(0), masks)
    return ops.matmul(rows, ops.swapaxes(weights(1), -1, -2))
