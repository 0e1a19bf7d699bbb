from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.errors import ConfigError
from geoseg.tiles import ShardPlan, make_grid, make_shards, select_tiles

CONFIG = TileConfig(tile_size_px=300, overlap_px=64)

sizes = st.integers(1, 2500)


@given(height=sizes, width=sizes, side=st.integers(1, 5))
def test_shards_are_those_of_grouping_all_tiles(height: int, width: int, side: int) -> None:
    grid = make_grid((height, width), CONFIG)
    plan = ShardPlan(grid, tiles_per_side=side)
    assert list(plan) == make_shards(grid, side)
    assert (len(plan), plan.num_tiles) == (len(make_shards(grid, side)), len(grid))


@given(
    x=st.integers(-100, 2600),
    y=st.integers(-100, 2600),
    size=st.integers(1, 1800),
    side=st.integers(1, 4),
)
def test_shards_of_an_area_hold_its_tiles(x: int, y: int, size: int, side: int) -> None:
    grid = make_grid((2300, 2500), CONFIG)
    area = shapely.Polygon([(x, y), (x + size, y), (x, y + size)])
    plan = ShardPlan(grid, area, side)
    tiles = select_tiles(grid, area)
    assert list(plan) == make_shards(grid, side, tiles)
    assert plan.num_tiles == len(tiles)


@given(height=sizes, width=sizes, side=st.integers(1, 4), data=st.data())
def test_what_others_see_holds_the_windows_of_all_other_shards(
    height: int, width: int, side: int, data: st.DataObject
) -> None:
    plan = ShardPlan(make_grid((height, width), CONFIG), tiles_per_side=side)
    index = data.draw(st.integers(0, len(plan) - 1))
    for shard in plan:
        for tile in shard.tiles:
            y1, x1, y2, x2 = tile.window.box_yx
            if shard.index != index:
                # One of the rectangles holds the whole window.
                assert any(
                    top <= y1 and left <= x1 and y2 <= bottom and x2 <= right
                    for top, left, bottom, right in plan.seen_by_others(index)
                )
            if shard.index > index:
                assert any(
                    top <= y1 and left <= x1 and y2 <= bottom and x2 <= right
                    for top, left, bottom, right in plan.seen_after(index)
                )


def test_the_middle_of_a_shard_is_its_own() -> None:
    plan = ShardPlan(make_grid((2000, 2000), CONFIG), tiles_per_side=3)
    (tile,) = [tile for tile in plan.shard(4).tiles if (tile.row, tile.col) == (4, 4)]
    inner = (tile.core.row_off, tile.core.col_off, tile.core.row_off + 1, tile.core.col_off + 1)
    for top, left, bottom, right in plan.seen_by_others(4):
        assert inner[2] <= top or bottom <= inner[0] or inner[3] <= left or right <= inner[1]


def test_nothing_is_seen_after_the_last_shard() -> None:
    # Eight tiles a side.
    plan = ShardPlan(make_grid((1952, 1952), CONFIG), tiles_per_side=4)
    assert plan.seen_after(len(plan) - 1) == []
    assert [plan.ends_row(index) for index in range(len(plan))] == [False, True] * 2
    # The strip of a shard holds it and its neighbour to the left.
    assert plan.strip(0)[1] == 3 * 236 + 300
    assert plan.strip(1)[0] == 0


def test_an_area_elsewhere_has_no_shards() -> None:
    plan = ShardPlan(make_grid((900, 900), CONFIG), shapely.box(5000, 5000, 5100, 5100))
    assert (list(plan), plan.num_tiles) == ([], 0)


def test_a_shard_beyond_the_last_is_an_error() -> None:
    plan = ShardPlan(make_grid((900, 900), CONFIG))
    with pytest.raises(IndexError, match="below 1; got 1"):
        plan.shard(1)


def test_a_shard_needs_a_tile() -> None:
    with pytest.raises(ConfigError, match="at least 1; got 0"):
        ShardPlan(make_grid((900, 900), CONFIG), tiles_per_side=0)


def test_a_plan_for_a_country_is_made_at_once() -> None:
    # 100,000 km2 at 0.3 m: a plan that held its tiles would take gigabytes.
    plan = ShardPlan(make_grid((1_000_000, 1_100_000), CONFIG))
    assert plan.num_tiles > 19_000_000
    assert len(plan.shard(len(plan) // 2).tiles) == 64
