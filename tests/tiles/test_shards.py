from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.errors import ConfigError
from geoseg.tiles import make_grid, make_shards
from geoseg.types import Window

CONFIG = TileConfig(tile_size_px=300, overlap_px=100)


def test_worked_example() -> None:
    grid = make_grid((500, 900), CONFIG)
    shards = make_shards(grid, 2)
    assert [(shard.index, shard.row, shard.col) for shard in shards] == [(0, 0, 0), (1, 0, 1)]
    assert [[tile.index for tile in shard.tiles] for shard in shards] == [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
    ]
    assert shards[1].window == Window(400, 0, 500, 500)


@given(shape=st.tuples(st.integers(1, 3000), st.integers(1, 3000)), per_side=st.integers(1, 12))
def test_each_tile_is_in_one_shard_whose_window_holds_it(
    shape: tuple[int, int], per_side: int
) -> None:
    grid = make_grid(shape, CONFIG)
    shards = make_shards(grid, per_side)
    indices = [tile.index for shard in shards for tile in shard.tiles]
    assert sorted(indices) == list(range(len(grid)))
    assert [shard.index for shard in shards] == list(range(len(shards)))
    for shard in shards:
        top, left, bottom, right = shard.window.box_yx
        assert len(shard.tiles) <= per_side**2
        for tile in shard.tiles:
            y1, x1, y2, x2 = tile.window.box_yx
            assert top <= y1 < y2 <= bottom
            assert left <= x1 < x2 <= right


def test_blocks_stay_where_they_are_when_tiles_are_left_out() -> None:
    grid = make_grid((900, 900), CONFIG)
    (shard,) = make_shards(grid, 2, tiles=[grid.tile(3, 2)])
    assert (shard.row, shard.col) == (1, 1)
    assert shard.window == grid.tile(3, 2).window


def test_no_tiles_make_no_shards() -> None:
    assert make_shards(make_grid((900, 900), CONFIG), 2, tiles=[]) == []


def test_shards_of_no_tiles_are_refused() -> None:
    with pytest.raises(ConfigError, match="tiles_per_side must be at least 1; got 0"):
        make_shards(make_grid((900, 900), CONFIG), 0)
