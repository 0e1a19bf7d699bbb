"""Tiles that lie on an area of interest."""

from __future__ import annotations

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
    shapely.prepare(area_px)
    cols = np.array(grid.col_offsets)
    chosen = []
    # Row by row: a grid of millions of tiles never has all its boxes in memory.
    for row, top in enumerate(grid.row_offsets):
        boxes = shapely.box(cols, top, cols + size, top + size)
        hits = shapely.intersects(area_px, boxes) & ~shapely.touches(area_px, boxes)
        chosen += [grid.tile(row, int(col)) for col in np.flatnonzero(hits)]
    return chosen
