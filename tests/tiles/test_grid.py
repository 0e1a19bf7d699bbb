from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.errors import ConfigError
from geoseg.tiles import TileGrid, make_grid
from geoseg.types import Window


@st.composite
def grids(draw: st.DrawFn) -> TileGrid:
    size = draw(st.integers(32, 60))
    overlap = draw(st.integers(0, min(size - 1, 50)))
    shape = draw(st.tuples(st.integers(1, 200), st.integers(1, 200)))
    return make_grid(shape, TileConfig(tile_size_px=size, overlap_px=overlap))


def test_worked_example() -> None:
    grid = make_grid((300, 700), TileConfig(tile_size_px=300, overlap_px=64))
    assert (grid.num_rows, grid.num_cols, len(grid)) == (1, 3, 3)
    assert [tile.window.col_off for tile in grid] == [0, 236, 400]
    assert [tile.core for tile in grid] == [
        Window(0, 0, 268, 300),
        Window(268, 0, 200, 300),
        Window(468, 0, 232, 300),
    ]


def test_edge_tile_is_shifted_not_padded() -> None:
    grid = make_grid((301, 300), TileConfig(overlap_px=0))
    assert [tile.window.row_off for tile in grid] == [0, 1]


def test_raster_smaller_than_a_tile_has_one_that_reaches_beyond() -> None:
    (tile,) = make_grid((7, 299), TileConfig())
    assert tile.window == Window(0, 0, 300, 300)
    assert tile.core == Window(0, 0, 299, 7)


def test_empty_raster_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1 x 1 pixels; got 0 and 5"):
        make_grid((0, 5), TileConfig())


@given(grids())
def test_cores_cover_every_pixel_once(grid: TileGrid) -> None:
    seen = np.zeros(grid.shape_hw, dtype=int)
    for tile in grid:
        y1, x1, y2, x2 = tile.core.box_yx
        assert tile.core.area_px > 0
        seen[y1:y2, x1:x2] += 1
    assert (seen == 1).all()


@given(grids())
def test_windows_hold_their_cores_and_stay_inside_where_they_fit(grid: TileGrid) -> None:
    height, width = grid.shape_hw
    for tile in grid:
        y1, x1, y2, x2 = tile.window.box_yx
        cy1, cx1, cy2, cx2 = tile.core.box_yx
        assert y1 <= cy1 < cy2 <= y2
        assert x1 <= cx1 < cx2 <= x2
        assert (y2 - y1, x2 - x1) == (grid.tile_size_px, grid.tile_size_px)
        assert y1 == 0 or y2 <= height
        assert x1 == 0 or x2 <= width


@given(length=st.integers(1, 3000), size=st.integers(32, 400), overlap=st.integers(0, 399))
def test_neighbours_share_at_least_the_overlap(length: int, size: int, overlap: int) -> None:
    overlap = min(overlap, size - 1)
    grid = make_grid((1, length), TileConfig(tile_size_px=size, overlap_px=overlap))
    offsets = grid.col_offsets
    assert all(
        size - overlap >= right - left > 0
        for left, right in zip(offsets, offsets[1:], strict=False)
    )
    # A border is at least half the overlap away from the end of either window.
    for left, right in zip(list(grid), list(grid)[1:], strict=False):
        border = right.core.col_off
        assert left.window.col_off + size - border >= overlap // 2
        assert border - right.window.col_off >= overlap // 2


@given(grids(), st.data())
def test_owner_has_the_pixel_in_its_core(grid: TileGrid, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, grid.shape_hw[0] - 1))
    col = data.draw(st.integers(0, grid.shape_hw[1] - 1))
    y1, x1, y2, x2 = grid.owner(row, col).core.box_yx
    assert y1 <= row < y2
    assert x1 <= col < x2


@given(grids())
def test_neighbours_are_those_whose_windows_meet(grid: TileGrid) -> None:
    tiles = list(grid)[:40]
    for tile in tiles[:5]:
        y1, x1, y2, x2 = tile.window.box_yx
        expected = [
            other
            for other in grid
            if other != tile
            and max(y1, other.window.row_off) < min(y2, other.window.box_yx[2])
            and max(x1, other.window.col_off) < min(x2, other.window.box_yx[3])
        ]
        assert grid.neighbours(tile) == expected


def test_index_counts_row_by_row() -> None:
    grid = make_grid((700, 700), TileConfig())
    assert [tile.index for tile in grid] == list(range(9))
    assert grid.tile(1, 2).index == 5


def test_tiles_are_found_by_their_index() -> None:
    grid = make_grid((500, 900), TileConfig())
    assert [grid.tile_at(index) for index in range(len(grid))] == list(grid)


@pytest.mark.parametrize("index", [-1, 9])
def test_index_outside_the_grid_is_refused(index: int) -> None:
    with pytest.raises(IndexError, match=r"index must be in 0\.\.8; got"):
        make_grid((700, 700), TileConfig()).tile_at(index)


@pytest.mark.parametrize(("row", "col"), [(-1, 0), (0, 3), (3, 0)])
def test_tile_outside_the_grid_is_refused(row: int, col: int) -> None:
    with pytest.raises(IndexError, match="within 3 rows and 3 columns"):
        make_grid((700, 700), TileConfig()).tile(row, col)


def test_pixel_outside_the_raster_has_no_owner() -> None:
    with pytest.raises(IndexError, match="within 700 x 700"):
        make_grid((700, 700), TileConfig()).owner(700, 0)
