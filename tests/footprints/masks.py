"""Soft masks of known polygons."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

_SAMPLES = 4


def make_mask(
    house: Polygon,
    box: NDArray[np.floating],
    *,
    num_cells: int = 28,
    noise: float = 0.0,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Share of each cell that a polygon (x, y) in a box (y1, x1, y2, x2) covers, with noise."""
    fine = (np.arange(num_cells * _SAMPLES) + 0.5) / (num_cells * _SAMPLES)
    x, y = np.meshgrid(box[1] + fine * (box[3] - box[1]), box[0] + fine * (box[2] - box[0]))
    inside = shapely.contains_xy(house, x, y)
    share = inside.reshape(num_cells, _SAMPLES, num_cells, _SAMPLES).mean(axis=(1, 3))
    share += np.random.default_rng(seed).normal(0, noise, share.shape) if noise else 0
    return np.clip(share, 0, 1).astype(np.float32)
