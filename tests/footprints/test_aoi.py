from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoseg.crs import WGS84, local_metric_crs, transform_polygons
from geoseg.errors import AoiError
from geoseg.footprints import clip_to_aoi
from geoseg.types import Footprints

UTM = CRS.from_epsg(32645)


def _footprints() -> Footprints:
    polygons = np.array([shapely.box(x, 0, x + 10, 10) for x in (500_000, 500_020, 500_040)])
    return Footprints(polygons, np.array([0.1, 0.2, 0.3], np.float32), np.full(3, 100.0), UTM)


def test_footprints_are_kept_whole_by_their_centroid() -> None:
    # Reaches one metre beyond the second centroid and one metre into the third.
    found = clip_to_aoi(_footprints(), shapely.box(499_990, 0, 500_026, 10), UTM)
    assert found.scores.tolist() == pytest.approx([0.1, 0.2])
    assert found.polygons[1].bounds == (500_020, 0, 500_030, 10)
    assert len(found.areas_m2) == 2


def test_area_may_be_in_another_crs() -> None:
    (aoi,) = transform_polygons(np.array([shapely.box(500_035, -5, 500_060, 15)]), UTM, WGS84)
    assert clip_to_aoi(_footprints(), aoi, WGS84).scores.tolist() == pytest.approx([0.3])


def test_a_long_side_of_an_area_is_straight_in_the_crs_of_the_area() -> None:
    # In the middle of two degrees along the 60th parallel the chord is 200 m off.
    metric = local_metric_crs(WGS84, 31, 60)
    places = np.array([shapely.Point(31, 59.9995), shapely.Point(31, 60.0005)])
    houses = shapely.buffer(transform_polygons(places, WGS84, metric), 8)
    footprints = Footprints(houses, np.array([0.1, 0.2], np.float32), np.full(2, 200.0), metric)
    found = clip_to_aoi(footprints, shapely.box(30, 59, 32, 60), WGS84)
    assert found.scores.tolist() == pytest.approx([0.1])


def test_no_footprints_stay_none() -> None:
    none = clip_to_aoi(_footprints(), shapely.box(0, 0, 1, 1), UTM)
    assert len(clip_to_aoi(none, shapely.box(0, 0, 1, 1), UTM)) == 0


def test_empty_area_is_an_error() -> None:
    with pytest.raises(AoiError, match="must have an area"):
        clip_to_aoi(_footprints(), shapely.Polygon(), UTM)
