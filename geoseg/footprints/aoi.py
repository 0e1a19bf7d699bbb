"""Keep what lies in an area of interest."""

from __future__ import annotations

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
    # The centres are moved, not the area: its long straight edges would be curves elsewhere.
    centres = transform_polygons(shapely.centroid(footprints.polygons), footprints.crs, crs)
    shapely.prepare(aoi)
    is_inside = shapely.intersects(aoi, centres)
    return Footprints(
        polygons=footprints.polygons[is_inside],
        scores=footprints.scores[is_inside],
        areas_m2=footprints.areas_m2[is_inside],
        crs=footprints.crs,
    )
