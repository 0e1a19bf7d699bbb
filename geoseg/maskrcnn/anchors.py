"""Anchors: the fixed boxes that the RPN scores and refines (Faster R-CNN, section 3.1.1)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig

# Pyramid levels P2..P6, pixels of the tile per cell.
STRIDES_PX = (4, 8, 16, 32, 64)


def level_sizes(tile_size_px: int) -> tuple[int, ...]:
    """Side of the feature map of each level.

    Each halving rounds up, as a stride-2 convolution with "same" padding does.

    Example:
        >>> level_sizes(300)
        (75, 38, 19, 10, 5)
    """
    return tuple(math.ceil(tile_size_px / stride_px) for stride_px in STRIDES_PX)


def make_anchors(config: MaskRCNNConfig) -> NDArray[np.float32]:
    """Anchors of all levels, row by row, the ratios innermost.

    Returns:
        float32 (A, 4), (y1, x1, y2, x2) in tile pixels, centred `anchor_offset` into the cells;
        they may reach beyond the tile. A is `len(anchor_ratios)` times the number of cells.
    """
    levels = []
    for size, stride_px, scale_px in zip(
        level_sizes(config.tile_size_px), STRIDES_PX, config.anchor_scales_px, strict=True
    ):
        centres = (np.arange(size) + config.anchor_offset) * stride_px
        roots = np.sqrt(np.asarray(config.anchor_ratios))
        half_sizes = 0.5 * scale_px * np.stack([roots, 1.0 / roots], axis=-1)
        y, x = np.meshgrid(centres, centres, indexing="ij")
        middle = np.stack([y, x], axis=-1)[:, :, None, :]
        corners = np.concatenate([middle - half_sizes, middle + half_sizes], axis=-1)
        levels.append(corners.reshape(-1, 4))
    return np.concatenate(levels).astype(np.float32)


def anchors_per_level(config: MaskRCNNConfig) -> tuple[int, ...]:
    """Number of anchors of each level, in the order of `make_anchors`."""
    ratios = len(config.anchor_ratios)
    return tuple(size * size * ratios for size in level_sizes(config.tile_size_px))
