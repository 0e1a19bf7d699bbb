"""Where the ground of several rasters meets, in one metric frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoseg.crs import WGS84, transform_polygons

# Straight sides of a raster are curves in another CRS; so many chords in all follow them.
_NUM_CHORDS = 256


def outline_in_degrees(outline: shapely.Polygon, crs: CRS) -> shapely.Polygon:
    """The ground of a raster in WGS 84, its sides densified.

    Raises:
        CRSError: it reaches to where `crs` is not defined.
    """
    dense = shapely.segmentize(outline, outline.length / _NUM_CHORDS)
    return transform_polygons(np.array([dense], dtype=object), crs, WGS84)[0]


def find_frame(outlines: Sequence[shapely.Polygon]) -> CRS:
    """A metric CRS round the middle of rasters, wherever on Earth they are.

    The azimuthal equidistant projection: PROJ computes it along geodesics, so that it gives back
    in any CRS what it was given, to a few nanometres. The series of the equal-area one, which
    footprints are made in, would leave slivers of a millimetre between neighbours.

    Args:
        outlines: in WGS 84, at least one.
    """
    degrees = np.concatenate([shapely.get_coordinates(outline) for outline in outlines])
    lon, lat = np.radians(degrees).T
    # The mean of directions from the centre of the Earth knows no antimeridian.
    x, y, z = np.mean([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    middle_lon, middle_lat = np.degrees([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))])
    return CRS.from_proj4(
        f"+proj=aeqd +lat_0={middle_lat:.6f} +lon_0={middle_lon:.6f} +datum=WGS84 +units=m +no_defs"
    )


def find_zones(
    outlines: Sequence[shapely.Polygon], frame: CRS, reach_m: float
) -> list[shapely.Geometry | None]:
    """For each raster the ground of the others that meet it.

    Args:
        outlines: in WGS 84.
        frame: metric CRS of the result.
        reach_m: the ground of each is this much wider than its outline.

    Returns:
        Prepared geometries; None for a raster that meets no other.
    """
    on_ground = transform_polygons(np.array(outlines, dtype=object), WGS84, frame)
    wide: NDArray[np.object_] = shapely.buffer(on_ground, reach_m)
    one, other = shapely.STRtree(wide).query(wide, predicate="intersects")
    zones: list[shapely.Geometry | None] = []
    for number in range(len(wide)):
        others = other[(one == number) & (other != number)]
        zone = shapely.union_all(wide[others]) if len(others) else None
        shapely.prepare(zone)
        zones.append(zone)
    return zones
