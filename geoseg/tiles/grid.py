"""The grid of overlapping tiles over a raster, and which pixels each tile owns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from geoseg.config import TileConfig
from geoseg.errors import ConfigError
from geoseg.types import Tile, Window


def spread_offsets(length_px: int, tile_size_px: int, stride_px: int) -> tuple[int, ...]:
    """Starts of the tiles along one axis; the last one is shifted to end with the axis.

    Args:
        length_px: length of the axis, at least 1.
        tile_size_px: length of a tile.
        stride_px: distance between neighbours, but for the last.

    Returns:
        Strictly rising starts; a single 0 when the axis is no longer than a tile.

    Example:
        >>> spread_offsets(700, 300, 236)
        (0, 236, 400)
    """
    last = length_px - tile_size_px
    if last <= 0:
        return (0,)
    return (*range(0, last, stride_px), last)


def divide_axis(length_px: int, tile_size_px: int, offsets: tuple[int, ...]) -> tuple[int, ...]:
    """Borders between what the tiles along one axis own: the middle of each overlap.

    Returns:
        One more than there are tiles, strictly rising from 0 to `length_px`.

    Example:
        >>> divide_axis(700, 300, (0, 236, 400))
        (0, 268, 468, 700)
    """
    pairs = zip(offsets, offsets[1:], strict=False)
    return (0, *((left + tile_size_px + right) // 2 for left, right in pairs), length_px)


@dataclass(frozen=True)
class TileGrid:
    """All tiles over a raster, in rows; made by `make_grid`.

    Tiles are computed when asked for: a grid of millions takes the memory of its two axes.

    Attributes:
        shape_hw: size of the model grid in pixels.
        tile_size_px: side of a tile.
        row_offsets, col_offsets: starts of the tiles along each axis.
    """

    shape_hw: tuple[int, int]
    tile_size_px: int
    row_offsets: tuple[int, ...]
    col_offsets: tuple[int, ...]
    _row_borders: tuple[int, ...] = field(init=False, repr=False)
    _col_borders: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        height, width = self.shape_hw
        row_borders = divide_axis(height, self.tile_size_px, self.row_offsets)
        col_borders = divide_axis(width, self.tile_size_px, self.col_offsets)
        object.__setattr__(self, "_row_borders", row_borders)
        object.__setattr__(self, "_col_borders", col_borders)

    @property
    def num_rows(self) -> int:
        """Number of rows of tiles."""
        return len(self.row_offsets)

    @property
    def num_cols(self) -> int:
        """Number of tiles in a row."""
        return len(self.col_offsets)

    def __len__(self) -> int:
        return self.num_rows * self.num_cols

    def __iter__(self) -> Iterator[Tile]:
        return (self.tile(row, col) for row in range(self.num_rows) for col in range(self.num_cols))

    def tile(self, row: int, col: int) -> Tile:
        """The tile at a place in the grid.

        Raises:
            IndexError: the grid has no such row or column.
        """
        if not (0 <= row < self.num_rows and 0 <= col < self.num_cols):
            raise IndexError(
                f"tile must be within {self.num_rows} rows and {self.num_cols} columns; "
                f"got {row} and {col}."
            )
        size = self.tile_size_px
        top, bottom = self._row_borders[row : row + 2]
        left, right = self._col_borders[col : col + 2]
        return Tile(
            index=row * self.num_cols + col,
            row=row,
            col=col,
            window=Window(self.col_offsets[col], self.row_offsets[row], size, size),
            core=Window(left, top, right - left, bottom - top),
        )

    def tile_at(self, index: int) -> Tile:
        """The tile of an index.

        Raises:
            IndexError: the grid has no such tile.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"index must be in 0..{len(self) - 1}; got {index}.")
        return self.tile(*divmod(index, self.num_cols))

    def owner(self, row_px: int, col_px: int) -> Tile:
        """The tile whose core holds a pixel.

        Raises:
            IndexError: the pixel lies outside the raster.
        """
        height, width = self.shape_hw
        if not (0 <= row_px < height and 0 <= col_px < width):
            raise IndexError(f"pixel must be within {height} x {width}; got {row_px} and {col_px}.")
        row = bisect_right(self._row_borders, row_px) - 1
        return self.tile(row, bisect_right(self._col_borders, col_px) - 1)

    def neighbours(self, tile: Tile) -> list[Tile]:
        """The other tiles whose windows share pixels with this one's, in the grid's order.

        Eight at most when tiles overlap by half or less; more when they overlap by more.
        """
        rows = self._near(self.row_offsets, tile.row)
        cols = self._near(self.col_offsets, tile.col)
        return [
            self.tile(row, col)
            for row in rows
            for col in cols
            if (row, col) != (tile.row, tile.col)
        ]

    def _near(self, offsets: tuple[int, ...], position: int) -> list[int]:
        start = offsets[position]
        return [
            index for index, offset in enumerate(offsets) if abs(offset - start) < self.tile_size_px
        ]


def make_grid(shape_hw: tuple[int, int], config: TileConfig) -> TileGrid:
    """Lay tiles over a raster.

    Tiles at the right and lower edge are shifted inside, not padded. Only where the raster is
    smaller than a tile does the one tile there reach beyond it, and starts at 0.

    Args:
        shape_hw: size of the model grid in pixels.
        config: size and overlap of the tiles.

    Returns:
        A grid whose cores cover the raster exactly once.

    Raises:
        ConfigError: the raster has no pixels.
    """
    height, width = shape_hw
    if height < 1 or width < 1:
        raise ConfigError(f"shape_hw must be at least 1 x 1 pixels; got {height} and {width}.")
    size, stride = config.tile_size_px, config.stride_px
    return TileGrid(
        shape_hw=(height, width),
        tile_size_px=size,
        row_offsets=spread_offsets(height, size, stride),
        col_offsets=spread_offsets(width, size, stride),
    )
