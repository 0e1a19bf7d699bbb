from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoseg.crs import WGS84, transform_polygons
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


def test_no_footprints_stay_none() -> None:
    none = clip_to_aoi(_footprints(), shapely.box(0, 0, 1, 1), UTM)
    assert len(clip_to_aoi(none, shapely.box(0, 0, 1, 1), UTM)) == 0


def test_empty_area_is_an_error() -> None:
    with pytest.raises(AoiError, match="must have an area"):
        clip_to_aoi(_footprints(), shapely.Polygon(), UTM)
