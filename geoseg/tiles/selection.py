"""Tiles that lie on an area of interest."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.tiles.grid import TileGrid


class TileSelection:
    """The tiles of a grid whose windows share ground with an area, found row by row.

    Windows, not cores: a building on the border of the area is then seen whole.

    Attributes:
        rows: the rows of tiles that may hold any; empty when the area is empty or elsewhere.
    """

    def __init__(self, grid: TileGrid, area_px: shapely.Geometry) -> None:
        """Look for the tiles of an area; polygons in model-grid pixels, x columns, y rows."""
        self._grid = grid
        self._area = area_px
        if area_px.is_empty:
            self.rows = self._all_cols = range(0)
            return
        shapely.prepare(area_px)
        left, top, right, bottom = area_px.bounds
        # A tile service is a raster of 1e12 tiles: only those near the area are looked at.
        self._all_cols = _find_range(grid.col_offsets, grid.tile_size_px, left, right)
        self.rows = _find_range(grid.row_offsets, grid.tile_size_px, top, bottom)

    def cols(self, row: int, first: int = 0, end: int | None = None) -> NDArray[np.int64]:
        """Columns of the chosen tiles of one row, rising, from `first` up to but without `end`."""
        grid, size = self._grid, self._grid.tile_size_px
        start = max(first, self._all_cols.start)
        stop = self._all_cols.stop if end is None else min(end, self._all_cols.stop)
        if row not in self.rows or start >= stop:
            return np.zeros(0, np.int64)
        lefts = np.array(grid.col_offsets[start:stop])
        y = grid.row_offsets[row]
        boxes = shapely.box(lefts, y, lefts + size, y + size)
        hits = shapely.intersects(self._area, boxes) & ~shapely.touches(self._area, boxes)
        return start + np.flatnonzero(hits)


def _find_range(offsets: tuple[int, ...], size: int, start: float, end: float) -> range:
    """The tiles along one axis that may share ground with start..end."""
    return range(bisect_right(offsets, start - size), bisect_left(offsets, end))
