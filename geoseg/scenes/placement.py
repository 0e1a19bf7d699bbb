"""Where on Earth an invented scene lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray

from geoseg.crs import WGS84, ground_gsd, scale_transform, transform_xy
from geoseg.errors import CRSError

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry import Polygon

# Hills above Kampala, in UTM zone 36 north.
DEFAULT_LON_LAT = (32.58, 0.35)
# The equator needs one round; a projection near its pole a few more.
_NUM_ROUNDS = 4


def place_scene(crs: CRS, shape_hw: tuple[int, int], gsd_m: float) -> Affine:
    """A transform that puts an image on Earth with true ground distances in its middle.

    The upper left corner lies near Kampala, or in the middle of the area that the CRS is
    made for where that is elsewhere.

    Args:
        crs: projected or geographic CRS.
        shape_hw: size of the image in pixels.
        gsd_m: ground metres per pixel.

    Returns:
        pixel (col, row) -> CRS (x, y), north up.

    Raises:
        CRSError: the CRS has no relation to the ground.
    """
    lon, lat = _choose_lon_lat(crs)
    x, y = transform_xy(np.array([lon]), np.array([lat]), WGS84, crs)
    if crs.is_projected:
        x, y = np.round(x, -2), np.round(y, -2)
    step = gsd_m / 111_320 if crs.is_geographic else gsd_m
    transform = Affine(step, 0.0, float(x[0]), 0.0, -step, float(y[0]))
    for _ in range(_NUM_ROUNDS):
        wide, high = ground_gsd(crs, transform, shape_hw[1] / 2, shape_hw[0] / 2)
        if not (wide > 0 and high > 0):
            raise CRSError(f"crs must be made for maps; got {crs.name}.")
        transform = scale_transform(transform, gsd_m / wide, gsd_m / high)
    return transform


def _choose_lon_lat(crs: CRS) -> tuple[float, float]:
    area = crs.area_of_use
    lon, lat = DEFAULT_LON_LAT
    if area is None or (area.west <= lon <= area.east and area.south <= lat <= area.north):
        return lon, lat
    east = area.east if area.east >= area.west else area.east + 360
    middle = ((area.west + east) / 2 + 180) % 360 - 180
    return middle, (area.south + area.north) / 2


def place_footprints(polygons_px: Sequence[Polygon], transform: Affine) -> NDArray[np.object_]:
    """Move footprints from pixels into the CRS of the transform.

    Returns:
        object (N,) of polygons, exteriors counter-clockwise; empty for none.
    """
    a, b, c, d, e, f = transform[:6]
    matrix = np.array([[a, b], [d, e]])
    moved = shapely.transform(
        np.array(list(polygons_px), dtype=object), lambda points: points @ matrix.T + (c, f)
    )
    return shapely.orient_polygons(moved)
