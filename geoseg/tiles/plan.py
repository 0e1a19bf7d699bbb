"""The shards of a raster, made when they are asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ConfigError
from geoseg.tiles.selection import TileSelection
from geoseg.tiles.shards import Shard, cover_windows

if TYPE_CHECKING:
    import shapely

    from geoseg.tiles.grid import TileGrid
    from geoseg.types import Tile

Rectangle = tuple[float, float, float, float]
"""(y1, x1, y2, x2) in pixels of the model grid, half-open; may be infinite."""

TILES_PER_SIDE = 8
"""8 x 8 tiles with the default overlap are 1952 px a side: 15 MB, few enough to read ahead, and
large enough that the halo costs little."""


class ShardPlan:
    """All shards of a run, in rows, and what each of them sees alone.

    A plan holds no tile, and of an area the places of its shards.

    Attributes:
        grid: the tiles of the whole raster.
        num_tiles: tiles in all shards.
    """

    def __init__(
        self,
        grid: TileGrid,
        area_px: shapely.Geometry | None = None,
        tiles_per_side: int = TILES_PER_SIDE,
    ) -> None:
        """Divide a grid into blocks of tiles.

        Args:
            grid: the whole grid; its division does not depend on the area.
            area_px: in pixels of the model grid; tiles that share no ground with it, and shards
                without tiles, are left out. None is everywhere.
            tiles_per_side: rows and columns of tiles in a shard.

        Raises:
            ConfigError: `tiles_per_side` is below 1.
        """
        if tiles_per_side < 1:
            raise ConfigError(f"tiles_per_side must be at least 1; got {tiles_per_side}.")
        self.grid = grid
        self._side = tiles_per_side
        self._num_block_cols = math.ceil(grid.num_cols / tiles_per_side)
        self._selection: TileSelection | None = None
        self._places: NDArray[np.int64] | None = None
        self.num_tiles = len(grid)
        self._num_shards = math.ceil(grid.num_rows / tiles_per_side) * self._num_block_cols
        if area_px is not None:
            self._selection = TileSelection(grid, area_px)
            counts = self._count_tiles(self._selection)
            self._places = np.array(list(counts), np.int64).reshape(-1, 2)
            self.num_tiles = sum(counts.values())
            self._num_shards = len(counts)

    def __len__(self) -> int:
        return self._num_shards

    def __iter__(self) -> Iterator[Shard]:
        return (self.shard(index) for index in range(len(self)))

    def shard(self, index: int) -> Shard:
        """One shard.

        Raises:
            IndexError: there are not so many.
        """
        row, col = self._place(index)
        tiles = tuple(self._pick_tiles(row, col))
        return Shard(index, row, col, tiles, cover_windows(tiles))

    def seen_by_others(self, index: int) -> list[Rectangle]:
        """The ground that tiles of other shards see too, or alone."""
        row, col = self._place(index)
        top, bottom = self._own_span(self.grid.row_offsets, row)
        left, right = self._own_span(self.grid.col_offsets, col)
        inf = math.inf
        return [
            (-inf, -inf, top, inf),
            (bottom, -inf, inf, inf),
            (-inf, -inf, inf, left),
            (-inf, right, inf, inf),
        ]

    def seen_after(self, index: int) -> list[Rectangle]:
        """The ground that tiles of later shards see; nothing after the last one."""
        if index + 1 >= len(self):
            return []
        row, col = self._place(index)
        next_row, next_col = self._place(index + 1)
        inf = math.inf
        if next_row > row:
            return [(self._first(self.grid.row_offsets, next_row), -inf, inf, inf)]
        rectangles = [
            (
                self._first(self.grid.row_offsets, row),
                self._first(self.grid.col_offsets, next_col),
                inf,
                inf,
            )
        ]
        if (row + 1) * self._side < self.grid.num_rows:
            rectangles.append((self._first(self.grid.row_offsets, row + 1), -inf, inf, inf))
        return rectangles

    def strip(self, index: int) -> tuple[float, float]:
        """Start and end, along x, of what a shard and the one to its left see."""
        _, col = self._place(index)
        end = (col + 1) * self._side
        start = self._first(self.grid.col_offsets, col - 1) if col else -math.inf
        if end >= self.grid.num_cols:
            return start, math.inf
        return start, float(self.grid.col_offsets[end - 1] + self.grid.tile_size_px)

    def ends_row(self, index: int) -> bool:
        """Whether a shard is the last one in its row."""
        return index + 1 >= len(self) or self._place(index + 1)[0] > self._place(index)[0]

    def _place(self, index: int) -> tuple[int, int]:
        """Row and column of a shard among the blocks of the whole grid."""
        if not 0 <= index < len(self):
            raise IndexError(f"shard must be below {len(self)}; got {index}.")
        if self._places is None:
            return divmod(index, self._num_block_cols)
        row, col = self._places[index].tolist()
        return row, col

    def _count_tiles(self, selection: TileSelection) -> dict[tuple[int, int], int]:
        """How many tiles each block (row, col) holds that holds any, in rows."""
        counts: dict[tuple[int, int], int] = {}
        for row in selection.rows:
            cols, numbers = np.unique(selection.cols(row) // self._side, return_counts=True)
            for col, number in zip(cols.tolist(), numbers.tolist(), strict=True):
                place = (row // self._side, col)
                counts[place] = counts.get(place, 0) + number
        return dict(sorted(counts.items()))

    def _pick_tiles(self, row: int, col: int) -> Iterator[Tile]:
        side, grid = self._side, self.grid
        first, end = col * side, min((col + 1) * side, grid.num_cols)
        for tile_row in range(row * side, min((row + 1) * side, grid.num_rows)):
            cols = (
                range(first, end)
                if self._selection is None
                else self._selection.cols(tile_row, first, end).tolist()
            )
            for tile_col in cols:
                yield grid.tile(tile_row, tile_col)

    def _first(self, offsets: tuple[int, ...], block: int) -> float:
        return float(offsets[block * self._side])

    def _own_span(self, offsets: tuple[int, ...], block: int) -> tuple[float, float]:
        """Along one axis, the span that no tile of another block reaches into."""
        first, end = block * self._side, (block + 1) * self._side
        start = float(offsets[first - 1] + self.grid.tile_size_px) if first else -math.inf
        return start, float(offsets[end]) if end < len(offsets) else math.inf
