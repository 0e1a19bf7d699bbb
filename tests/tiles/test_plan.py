from __future__ import annotations

from collections.abc import Iterable

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.errors import ConfigError
from geoseg.tiles import Shard, ShardPlan, TileGrid, make_grid
from geoseg.types import Tile, Window

CONFIG = TileConfig(tile_size_px=300, overlap_px=64)

sizes = st.integers(1, 2500)


def group_tiles(tiles: Iterable[Tile], side: int) -> list[Shard]:
    """What a plan should hold, found by looking at every tile."""
    blocks: dict[tuple[int, int], list[Tile]] = {}
    for tile in tiles:
        blocks.setdefault((tile.row // side, tile.col // side), []).append(tile)
    shards = []
    for index, ((row, col), members) in enumerate(sorted(blocks.items())):
        members.sort(key=lambda tile: tile.index)
        left, top, right, bottom = shapely.total_bounds([box_of(tile) for tile in members]).tolist()
        window = Window(int(left), int(top), int(right - left), int(bottom - top))
        shards.append(Shard(index, row, col, tuple(members), window))
    return shards


def tiles_on(grid: TileGrid, area: shapely.Geometry) -> list[Tile]:
    """All tiles that share ground with an area, found by looking at every tile."""
    return [tile for tile in grid if area.intersection(box_of(tile)).area > 0]


def box_of(tile: Tile) -> shapely.Polygon:
    """The window of a tile; x columns, y rows."""
    top, left, bottom, right = tile.window.box_yx
    return shapely.box(left, top, right, bottom)


def test_worked_example() -> None:
    grid = make_grid((500, 900), TileConfig(tile_size_px=300, overlap_px=100))
    shards = list(ShardPlan(grid, tiles_per_side=2))
    assert [(shard.index, shard.row, shard.col) for shard in shards] == [(0, 0, 0), (1, 0, 1)]
    assert [[tile.index for tile in shard.tiles] for shard in shards] == [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
    ]
    assert shards[1].window == Window(400, 0, 500, 500)


@given(height=sizes, width=sizes, side=st.integers(1, 5))
def test_shards_are_those_of_grouping_all_tiles(height: int, width: int, side: int) -> None:
    grid = make_grid((height, width), CONFIG)
    plan = ShardPlan(grid, tiles_per_side=side)
    shards = group_tiles(grid, side)
    assert list(plan) == shards
    assert (len(plan), plan.num_tiles) == (len(shards), len(grid))


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
    tiles = tiles_on(grid, area)
    assert list(plan) == group_tiles(tiles, side)
    assert plan.num_tiles == len(tiles)


@given(height=sizes, width=sizes, side=st.integers(1, 12))
def test_each_tile_is_in_one_shard_whose_window_holds_it(
    height: int, width: int, side: int
) -> None:
    grid = make_grid((height, width), CONFIG)
    shards = list(ShardPlan(grid, tiles_per_side=side))
    indices = [tile.index for shard in shards for tile in shard.tiles]
    assert sorted(indices) == list(range(len(grid)))
    assert [shard.index for shard in shards] == list(range(len(shards)))
    for shard in shards:
        top, left, bottom, right = shard.window.box_yx
        assert len(shard.tiles) <= side**2
        for tile in shard.tiles:
            y1, x1, y2, x2 = tile.window.box_yx
            assert top <= y1 < y2 <= bottom
            assert left <= x1 < x2 <= right


def test_blocks_stay_where_they_are_when_tiles_are_left_out() -> None:
    grid = make_grid((900, 900), TileConfig(tile_size_px=300, overlap_px=100))
    # Beyond the tiles above, which end at 700, and inside the column from 400 to 700 alone.
    (shard,) = ShardPlan(grid, shapely.box(510, 710, 590, 890), tiles_per_side=2)
    assert (shard.row, shard.col) == (1, 1)
    assert shard.tiles == (grid.tile(3, 2),)
    assert shard.window == grid.tile(3, 2).window


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


@pytest.mark.parametrize("area", [shapely.box(5000, 5000, 5100, 5100), shapely.Polygon()])
def test_an_area_elsewhere_has_no_shards(area: shapely.Polygon) -> None:
    plan = ShardPlan(make_grid((900, 900), CONFIG), area)
    assert (list(plan), len(plan), plan.num_tiles) == ([], 0, 0)


def test_a_shard_beyond_the_last_is_an_error() -> None:
    plan = ShardPlan(make_grid((900, 900), CONFIG))
    with pytest.raises(IndexError, match="below 1; got 1"):
        plan.shard(1)


def test_a_shard_needs_a_tile() -> None:
    with pytest.raises(ConfigError, match="tiles_per_side must be at least 1; got 0"):
        ShardPlan(make_grid((900, 900), CONFIG), tiles_per_side=0)


def test_a_plan_for_a_country_is_made_at_once() -> None:
    # 100,000 km2 at 0.3 m: a plan that held its tiles would take gigabytes.
    plan = ShardPlan(make_grid((1_000_000, 1_100_000), CONFIG))
    assert plan.num_tiles > 19_000_000
    assert len(plan.shard(len(plan) // 2).tiles) == 64
