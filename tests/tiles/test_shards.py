from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.tiles import make_grid
from geoseg.tiles.shards import cover_windows
from geoseg.types import Window

GRID = make_grid((900, 1300), TileConfig(tile_size_px=300, overlap_px=100))


def test_worked_example() -> None:
    # Tiles start at 0, 200, 400 and so on.
    assert cover_windows([GRID.tile(0, 2), GRID.tile(1, 1)]) == Window(200, 0, 500, 500)


def test_the_window_of_one_tile_is_its_own() -> None:
    assert cover_windows([GRID.tile(3, 2)]) == GRID.tile(3, 2).window


@given(st.lists(st.integers(0, len(GRID) - 1), min_size=1))
def test_the_window_ends_where_its_tiles_do(indices: list[int]) -> None:
    windows = [GRID.tile_at(index).window for index in indices]
    covered = cover_windows([GRID.tile_at(index) for index in indices])
    tops, lefts, bottoms, rights = zip(*(window.box_yx for window in windows), strict=True)
    assert covered.box_yx == (min(tops), min(lefts), max(bottoms), max(rights))
