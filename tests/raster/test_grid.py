from __future__ import annotations

import warnings

import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geoseg.raster.georeference import Georeference
from geoseg.raster.grid import choose_grid, find_pixel, warn_of_gsd_range

UTM = CRS.from_epsg(32645)


def _place(gsd: float) -> Georeference:
    return Georeference(UTM, Affine(gsd, 0, 500_000, 0, -gsd, 3_000_000))


def test_raster_near_the_wanted_gsd_is_read_as_it_is() -> None:
    grid = choose_grid(_place(0.28), (1000, 801), 0.3)
    assert grid.shape_hw == (1000, 801)
    assert grid.transform == _place(0.28).transform


def test_finer_raster_is_shrunk_and_covers_the_same_ground() -> None:
    grid = choose_grid(_place(0.1), (1000, 803), 0.3)
    assert grid.shape_hw == (333, 268)
    assert grid.gsd_m == pytest.approx(0.3, rel=5e-3)
    assert grid.transform @ (268, 333) == pytest.approx((500_080.3, 2_999_900))


def test_raster_without_a_wanted_gsd_keeps_its_own() -> None:
    assert choose_grid(_place(0.07), (50, 60), None).shape_hw == (50, 60)


def test_degrees_far_north_become_square_on_the_ground() -> None:
    step = 5e-6
    place = Georeference(CRS.from_epsg(4326), Affine(step, 0, 24, 0, -step, 60))
    grid = choose_grid(place, (2000, 2000), 0.3)
    gsd_x_m, gsd_y_m = grid.raster_gsd_m
    assert gsd_x_m / gsd_y_m == pytest.approx(0.5, rel=1e-2)
    assert gsd_x_m * grid.cols.factor == pytest.approx(0.3, rel=1e-3)
    assert gsd_y_m * grid.rows.factor == pytest.approx(0.3, rel=1e-3)


@given(gsd=st.floats(0.02, 3), height=st.integers(1, 5000), width=st.integers(1, 5000))
def test_grid_covers_the_raster_exactly(gsd: float, height: int, width: int) -> None:
    grid = choose_grid(_place(gsd), (height, width), 0.3)
    rows, cols = grid.shape_hw
    corner = grid.transform @ (cols, rows)
    assert corner == pytest.approx((500_000 + gsd * width, 3_000_000 - gsd * height))


def test_coarser_raster_is_read_as_it_is_up_to_twice_the_models_gsd() -> None:
    assert choose_grid(_place(0.3), (100, 100), None, 0.2).shape_hw == (100, 100)
    assert choose_grid(_place(0.1), (100, 100), None, 0.2).shape_hw == (50, 50)
    assert choose_grid(_place(0.8), (100, 100), None, 0.2).shape_hw == (200, 200)


def test_wanted_gsd_goes_before_the_models() -> None:
    assert choose_grid(_place(0.3), (100, 100), 0.15, 0.2).shape_hw == (200, 200)


def test_ground_metres_are_measured_where_the_area_is() -> None:
    # Web Mercator over the whole Earth: at 60 degrees north a pixel covers half the ground.
    side = 40_075_016.68
    place = Georeference(
        CRS.from_epsg(3857), Affine(side / 1e6, 0, -side / 2, 0, -side / 1e6, side / 2)
    )
    at_px = find_pixel(place, (10.0, 60.0))
    grid = choose_grid(place, (10**6, 10**6), None, None, at_px)
    equator = choose_grid(place, (10**6, 10**6), None, None)
    assert grid.gsd_m / equator.gsd_m == pytest.approx(0.5, rel=0.01)


def test_a_place_outside_the_raster_is_moved_to_its_edge() -> None:
    far = choose_grid(_place(0.3), (100, 100), 0.3, at_px=(1e9, -1e9))
    assert far.shape_hw == (100, 100)


@pytest.mark.parametrize(
    ("gsd_m", "effect"),
    [(0.13, "large"), (0.14, None), (0.3, None), (0.46, None), (0.47, "small"), (1.0, "small")],
)
def test_what_the_weights_have_not_seen_is_warned_of(gsd_m: float, effect: str | None) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_gsd_range(gsd_m, "ortho.tif", (0.15, 0.42))
        warn_of_gsd_range(gsd_m, "ortho.tif", None)
    if effect is None:
        assert caught == []
    else:
        (warning,) = caught
        assert str(warning.message) == (
            f"ortho.tif: read at {gsd_m:.3g} m per pixel, where buildings are too {effect} for "
            "the model, which works from 0.15 to 0.42 m."
        )
