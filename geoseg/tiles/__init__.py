"""Stage 2: the grid of tiles over a raster. Integer arithmetic, no input or output."""

from geoseg.tiles.grid import TileGrid, make_grid
from geoseg.tiles.plan import Rectangle, ShardPlan
from geoseg.tiles.selection import select_tiles
from geoseg.tiles.shards import Shard, make_shards

__all__ = [
    "Rectangle",
    "Shard",
    "ShardPlan",
    "TileGrid",
    "make_grid",
    "make_shards",
    "select_tiles",
]
