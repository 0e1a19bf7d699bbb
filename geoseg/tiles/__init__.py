"""Stage 2: the grid of tiles over a raster. Integer arithmetic, no input or output."""

from geoseg.tiles.grid import TileGrid, make_grid
from geoseg.tiles.plan import Rectangle, ShardPlan
from geoseg.tiles.selection import TileSelection
from geoseg.tiles.shards import Shard

__all__ = [
    "Rectangle",
    "Shard",
    "ShardPlan",
    "TileGrid",
    "TileSelection",
    "make_grid",
]
