"""Footprints and origins made for the tests."""

from __future__ import annotations

import numpy as np
import shapely
import shapely.affinity
from pyproj import CRS
from shapely import Polygon

from geoseg.crs import WGS84, local_metric_crs
from geoseg.types import Footprints, Origin

METRIC = local_metric_crs(WGS84, 85.52, 27.63)

ORIGIN = Origin(
    geoseg_version="0.1.0",
    model="compact",
    weights_sha256="0123456789abcdef" * 4,
    raster="Kāṭhmāṇḍū & co.tif",
    raster_date="2020-05-01",
    created="2025-01-02T03:04:05Z",
    config={"footprints.tolerance_m": 0.5},
)


def make_footprints(*polygons: Polygon, crs: CRS = METRIC) -> Footprints:
    """Footprints with scores 0.91234, 0.81234, ... and planar areas."""
    array = np.empty(len(polygons), dtype=object)
    array[:] = polygons
    scores = (0.91234 - 0.1 * np.arange(len(array)) % 0.9).astype(np.float32)
    return Footprints(shapely.orient_polygons(array), scores, shapely.area(array), crs)


def make_row(size: int, gap_m: float = 0.0) -> list[Polygon]:
    """A row of turned houses of 10 m x 8 m, `gap_m` between their walls."""
    return [
        shapely.affinity.rotate(
            shapely.box(index * (10 + gap_m), 0, index * (10 + gap_m) + 10, 8), 17, origin=(0, 0)
        )
        for index in range(size)
    ]


COURTYARD = shapely.box(100, 0, 130, 30).difference(shapely.box(110, 10, 120, 20))
