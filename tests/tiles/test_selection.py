from __future__ import annotations

import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.tiles import TileGrid, TileSelection, make_grid

GRID = make_grid((900, 1300), TileConfig(tile_size_px=300, overlap_px=0))


def select(grid: TileGrid, area: shapely.Geometry) -> list[tuple[int, int]]:
    """Rows and columns of the tiles of an area."""
    selection = TileSelection(grid, area)
    return [(row, col) for row in selection.rows for col in selection.cols(row).tolist()]


def test_area_in_one_tile_selects_it() -> None:
    assert select(GRID, shapely.box(310, 10, 320, 20)) == [(0, 1)]


def test_area_that_only_meets_an_edge_selects_nothing_there() -> None:
    assert select(GRID, shapely.box(300, 300, 600, 600)) == [(1, 1)]


def test_hole_leaves_out_the_tile_inside_it() -> None:
    ring = shapely.box(0, 0, 900, 900).difference(shapely.box(290, 290, 610, 610))
    chosen = select(GRID, ring)
    assert (1, 1) not in chosen
    assert len(chosen) == 8


def test_empty_area_selects_nothing() -> None:
    assert select(GRID, shapely.Polygon()) == []


@given(x=st.integers(0, 1200), y=st.integers(0, 800), side=st.integers(1, 500))
def test_every_owner_of_a_pixel_of_the_area_is_selected(x: int, y: int, side: int) -> None:
    right, bottom = min(x + side, 1300), min(y + side, 900)
    chosen = select(GRID, shapely.box(x, y, right, bottom))
    for owner in (GRID.owner(y, x), GRID.owner(bottom - 1, right - 1)):
        assert (owner.row, owner.col) in chosen


def test_area_on_a_raster_of_a_trillion_tiles_takes_no_longer() -> None:
    # As wide as a tile service at zoom 20; looking at every tile would take days.
    service = make_grid((2**28, 2**28), TileConfig())
    chosen = select(service, shapely.box(1e8, 1e8, 1e8 + 500, 1e8 + 500))
    assert 4 <= len(chosen) <= 16
