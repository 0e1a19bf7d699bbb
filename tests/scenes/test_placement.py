from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS
from shapely.geometry import box

from geoseg.crs import WGS84, ground_gsd, transform_xy
from geoseg.errors import CRSError
from geoseg.scenes.placement import place_footprints, place_scene


@pytest.mark.parametrize("code", ["EPSG:32636", "EPSG:3857", "EPSG:4326", "EPSG:2263", "EPSG:3413"])
def test_a_pixel_covers_the_ground_that_was_asked_for(code: str) -> None:
    crs = CRS.from_user_input(code)
    transform = place_scene(crs, (300, 500), 0.3)
    assert ground_gsd(crs, transform, 250, 150) == pytest.approx((0.3, 0.3), rel=1e-4)


def test_the_default_place_is_used_where_the_crs_covers_it() -> None:
    crs = CRS.from_epsg(32636)
    transform = place_scene(crs, (10, 10), 0.3)
    lon, lat = transform_xy(np.array([transform.c]), np.array([transform.f]), crs, WGS84)
    assert (lon[0], lat[0]) == pytest.approx((32.58, 0.35), abs=0.001)


def test_a_crs_without_the_earth_is_refused() -> None:
    local = CRS.from_wkt('LOCAL_CS["site",UNIT["metre",1]]')
    with pytest.raises(CRSError):
        place_scene(local, (10, 10), 0.3)


def test_footprints_move_to_map_coordinates() -> None:
    transform = place_scene(CRS.from_epsg(32636), (100, 100), 1.0)
    (moved,) = place_footprints([box(10, 20, 14, 26)], transform)
    west, south, _, north = moved.bounds
    assert west == pytest.approx(transform.c + 10 * transform.a)
    assert north == pytest.approx(transform.f + 20 * transform.e)
    assert north - south == pytest.approx(6, rel=1e-3)
    assert moved.exterior.is_ccw


def test_no_footprints_are_fine() -> None:
    assert place_footprints([], place_scene(CRS.from_epsg(32636), (9, 9), 1.0)).shape == (0,)
