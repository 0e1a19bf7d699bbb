from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geoseg.crs import (
    WGS84,
    describe_crs,
    ground_gsd,
    local_metric_crs,
    parse_crs,
    pixel_to_xy,
    scale_transform,
    transform_polygons,
)
from geoseg.errors import CRSError

UTM = CRS.from_epsg(32645)
WEB_MERCATOR = CRS.from_epsg(3857)


def test_unknown_crs_is_one_line_that_names_it() -> None:
    with pytest.raises(CRSError, match="got 'EPSG:1'") as caught:
        parse_crs("EPSG:1")
    assert "\n" not in str(caught.value)


def test_utm_gsd_has_the_scale_factor_of_the_central_meridian() -> None:
    gsd = ground_gsd(UTM, Affine(0.3, 0, 500_000, 0, -0.3, 3_000_000), 0, 0)
    assert gsd == pytest.approx((0.3 / 0.9996, 0.3 / 0.9996), rel=1e-6)


def test_us_survey_feet_become_metres() -> None:
    crs = CRS.from_epsg(2263)
    gsd = ground_gsd(crs, Affine(1, 0, 1_000_000, 0, -1, 200_000), 0, 0)
    assert gsd == pytest.approx((0.3048006, 0.3048006), rel=1e-4)


def test_degrees_shrink_with_latitude_along_columns_only() -> None:
    step = 1e-5
    gsd_x_m, gsd_y_m = ground_gsd(CRS.from_epsg(4326), Affine(step, 0, 24, 0, -step, 60), 0, 0)
    radius_m = 6_378_137 / math.sqrt(1 - 0.00669438 * math.sin(math.radians(60)) ** 2)
    assert gsd_x_m == pytest.approx(math.radians(step) * radius_m * 0.5, rel=1e-5)
    assert gsd_y_m == pytest.approx(111_412 * step, rel=1e-4)


def test_web_mercator_gsd_is_true_ground_metres() -> None:
    y = 8_399_737.9
    gsd_x_m, _ = ground_gsd(WEB_MERCATOR, Affine(1, 0, 0, 0, -1, y), 0, 0)
    assert gsd_x_m == pytest.approx(0.5, rel=5e-3)


@given(angle_deg=st.floats(0, 360))
def test_rotation_does_not_change_the_gsd(angle_deg: float) -> None:
    angle = math.radians(angle_deg)
    cos, sin = 0.5 * math.cos(angle), 0.5 * math.sin(angle)
    gsd = ground_gsd(UTM, Affine(cos, sin, 500_000, sin, -cos, 3_000_000), 0, 0)
    assert gsd == pytest.approx((0.5 / 0.9996, 0.5 / 0.9996), rel=1e-5)


def test_place_outside_the_projection_is_an_error() -> None:
    with pytest.raises(CRSError, match="must lie where"):
        ground_gsd(UTM, Affine(1, 0, 1e12, 0, -1, 0), 0, 0)


def test_latitude_beyond_the_pole_is_an_error() -> None:
    with pytest.raises(CRSError, match="latitude 120"):
        ground_gsd(CRS.from_epsg(4326), Affine(1e-5, 0, 0, 0, -1e-5, 120), 0, 0)


def test_local_frame_is_metric_and_the_same_each_time() -> None:
    frame = local_metric_crs(UTM, 500_000, 3_000_000)
    assert frame == local_metric_crs(UTM, 500_000, 3_000_000)
    square = np.array([shapely.box(499_950, 2_999_950, 500_050, 3_000_050)])
    moved = transform_polygons(square, UTM, frame)[0]
    assert moved.area == pytest.approx(1e4 / 0.9996**2, rel=1e-5)
    assert abs(moved.centroid.x) < 1
    assert abs(moved.centroid.y) < 1


def test_axis_order_is_x_y_whatever_the_authority_says() -> None:
    point = np.array([shapely.box(85, 27, 85.1, 27.1)])
    moved = transform_polygons(point, CRS.from_epsg(4326), WEB_MERCATOR)[0]
    assert moved.bounds[0] == pytest.approx(85 * 6_378_137 * math.pi / 180)


@given(x=st.floats(300_000, 700_000), y=st.floats(100_000, 8_000_000))
def test_there_and_back_is_identity(x: float, y: float) -> None:
    geoms = np.array([shapely.box(x, y, x + 10, y + 10)])
    back = transform_polygons(transform_polygons(geoms, UTM, WGS84), WGS84, UTM)
    assert np.allclose(shapely.get_coordinates(back), shapely.get_coordinates(geoms), atol=1e-3)


def test_no_polygons_give_no_polygons() -> None:
    assert len(transform_polygons(np.empty(0, dtype=object), UTM, WGS84)) == 0


def test_heights_are_dropped_even_within_one_crs() -> None:
    solid = np.array([shapely.Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)])])
    assert not shapely.has_z(transform_polygons(solid, UTM, UTM)).any()
    assert not shapely.has_z(transform_polygons(solid, WGS84, WEB_MERCATOR)).any()


def test_polygon_off_the_earth_names_its_first_vertex() -> None:
    far = np.array([shapely.box(1e12, 0, 2e12, 5)])
    with pytest.raises(CRSError, match=r"x 2e\+12, y 0 in WGS 84 / UTM zone 45N"):
        transform_polygons(far, UTM, WGS84)


def test_transform_arithmetic_equals_affine() -> None:
    transform = Affine(0.3, 0.1, 5, 0.2, -0.4, 9)
    x, y = pixel_to_xy(transform, np.array([2.0]), np.array([7.0]))
    assert (x[0], y[0]) == pytest.approx(transform @ (2.0, 7.0))
    assert scale_transform(transform, 2, 3).almost_equals(transform @ Affine.scale(2, 3))


@given(
    col=st.floats(-1e5, 1e5),
    row=st.floats(-1e5, 1e5),
    angle_deg=st.floats(0, 360),
    gsd=st.floats(0.01, 10),
)
def test_pixel_to_crs_to_pixel_is_identity(
    col: float, row: float, angle_deg: float, gsd: float
) -> None:
    angle = math.radians(angle_deg)
    cos, sin = gsd * math.cos(angle), gsd * math.sin(angle)
    transform = Affine(cos, sin, 500_000, sin, -cos, 3_000_000)
    x, y = pixel_to_xy(transform, np.array([col]), np.array([row]))
    back = pixel_to_xy(~transform, x, y)
    assert (back[0][0], back[1][0]) == pytest.approx((col, row), abs=1e-3)


@pytest.mark.parametrize(
    "crs",
    [
        CRS.from_epsg(2154),
        CRS.from_proj4("+proj=laea +lat_0=27 +lon_0=85 +datum=WGS84 +units=m"),
        CRS.from_wkt(CRS.from_epsg(32645).to_wkt().replace("zone 45N", "my own", 1)),
    ],
)
def test_a_crs_told_as_text_is_the_same_again(crs: CRS) -> None:
    text = describe_crs(crs)
    assert "\n" not in text
    assert parse_crs(text).equals(crs, ignore_axis_order=True)
    assert text.startswith("EPSG:") == (crs.to_epsg(100) is not None)
