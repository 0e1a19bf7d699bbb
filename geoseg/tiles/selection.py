"""Tiles that lie on an area of interest."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.tiles.grid import TileGrid

if TYPE_CHECKING:
    from geoseg.types import Tile


def select_tiles(grid: TileGrid, area_px: shapely.Geometry) -> list[Tile]:
    """Pick the tiles whose windows share ground with an area.

    Windows, not cores: a building on the border of the area is then seen whole.

    Args:
        grid: the whole grid.
        area_px: polygons in pixels of the model grid, x columns, y rows.

    Returns:
        Tiles in the grid's order; none when the area is empty or elsewhere.
    """
    size = grid.tile_size_px
    if area_px.is_empty:
        return []
    shapely.prepare(area_px)
    left, top, right, bottom = area_px.bounds
    # A tile service is a raster of 1e12 tiles: only those near the area are looked at.
    first_col, end_col = _find_range(grid.col_offsets, size, left, right)
    first_row, end_row = _find_range(grid.row_offsets, size, top, bottom)
    cols = np.array(grid.col_offsets[first_col:end_col])
    chosen = []
    # Row by row: a grid of millions of tiles never has all its boxes in memory.
    for row in range(first_row, end_row):
        y = grid.row_offsets[row]
        boxes = shapely.box(cols, y, cols + size, y + size)
        hits = shapely.intersects(area_px, boxes) & ~shapely.touches(area_px, boxes)
        chosen += [grid.tile(row, first_col + int(col)) for col in np.flatnonzero(hits)]
    return chosen


def _find_range(offsets: tuple[int, ...], size: int, start: float, end: float) -> tuple[int, int]:
    """First and end of the tiles along one axis that may share ground with start..end."""
    return bisect_right(offsets, start - size), bisect_left(offsets, end)
