"""Keep what lies in an area of interest."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS
from shapely import MultiPolygon, Polygon

from geoseg.crs import transform_polygons
from geoseg.errors import AoiError
from geoseg.types import Footprints


def clip_to_aoi(footprints: Footprints, aoi: Polygon | MultiPolygon, crs: CRS) -> Footprints:
    """Keep the footprints whose centroid lies in an area; none is cut.

    Args:
        footprints: footprints in any CRS; may be empty.
        aoi: the area.
        crs: CRS of `aoi`.

    Raises:
        AoiError: the area is empty.
    """
    if aoi.is_empty:
        raise AoiError("The area of interest must have an area; got an empty geometry.")
    (area,) = transform_polygons(np.array([aoi], dtype=object), crs, footprints.crs)
    shapely.prepare(area)
    is_inside = shapely.intersects(area, shapely.centroid(footprints.polygons))
    return Footprints(
        polygons=footprints.polygons[is_inside],
        scores=footprints.scores[is_inside],
        areas_m2=footprints.areas_m2[is_inside],
        crs=footprints.crs,
    )
