"""Shards: blocks of tiles that are read and processed as one unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geoseg.errors import ConfigError
from geoseg.tiles.grid import TileGrid
from geoseg.types import Tile, Window


@dataclass(frozen=True)
class Shard:
    """A block of tiles.

    Attributes:
        index: position among the shards, row by row.
        row, col: position in the division of the whole grid into blocks.
        tiles: its tiles in the grid's order, at least one.
        window: covers the windows of all its tiles, so that one read serves them.
    """

    index: int
    row: int
    col: int
    tiles: tuple[Tile, ...]
    window: Window


def make_shards(
    grid: TileGrid, tiles_per_side: int, tiles: Iterable[Tile] | None = None
) -> list[Shard]:
    """Group tiles into shards of up to `tiles_per_side` x `tiles_per_side`.

    Args:
        grid: the whole grid; its division into blocks does not depend on `tiles`.
        tiles_per_side: rows and columns of tiles in a shard.
        tiles: the tiles to process, all when None.

    Returns:
        Shards row by row that hold each tile once; blocks without tiles are left out.

    Raises:
        ConfigError: `tiles_per_side` is below 1.
    """
    if tiles_per_side < 1:
        raise ConfigError(f"tiles_per_side must be at least 1; got {tiles_per_side}.")
    blocks: dict[tuple[int, int], list[Tile]] = {}
    for tile in grid if tiles is None else tiles:
        blocks.setdefault((tile.row // tiles_per_side, tile.col // tiles_per_side), []).append(tile)
    return [
        Shard(index, row, col, tuple(sorted(members, key=_index)), cover_windows(members))
        for index, ((row, col), members) in enumerate(sorted(blocks.items()))
    ]


def _index(tile: Tile) -> int:
    return tile.index


def cover_windows(tiles: Sequence[Tile]) -> Window:
    """The smallest window that covers the windows of tiles, at least one."""
    boxes = [tile.window.box_yx for tile in tiles]
    top, left = min(box[0] for box in boxes), min(box[1] for box in boxes)
    bottom, right = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return Window(left, top, right - left, bottom - top)
