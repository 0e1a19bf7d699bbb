"""Shards: blocks of tiles that are read and processed as one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def cover_windows(tiles: Sequence[Tile]) -> Window:
    """The smallest window that covers the windows of tiles, at least one."""
    boxes = [tile.window.box_yx for tile in tiles]
    top, left = min(box[0] for box in boxes), min(box[1] for box in boxes)
    bottom, right = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return Window(left, top, right - left, bottom - top)
