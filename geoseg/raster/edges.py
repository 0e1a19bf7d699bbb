"""Which outlines are cut by the edge of a raster, or by ground without data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import shapely

from geoseg.crs import pixel_to_xy
from geoseg.errors import RasterError
from geoseg.types import RasterSource, Window

if TYPE_CHECKING:
    from affine import Affine
    from numpy.typing import NDArray
    from shapely import Polygon

REACH_PX = 3
"""The box that the network puts round a cut building may end this far inside of the edge."""


def find_cut(source: RasterSource, polygons_px: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which polygons come within `REACH_PX` of a pixel without data.

    Beyond the raster there is no data either. Each polygon's surroundings are read by
    themselves, so the cost goes with the number of polygons and not with the raster.

    Args:
        source: opened raster.
        polygons_px: object (N,) of non-empty Polygon, x columns and y rows of the model grid.

    Returns:
        bool (N,); True also where the raster cannot be read.
    """
    is_cut = np.zeros(len(polygons_px), dtype=bool)
    for index in _along_rows(polygons_px):
        is_cut[index] = _is_cut(source, polygons_px[index])
    return is_cut


def to_grid(polygons: NDArray[np.object_], transform: Affine) -> NDArray[np.object_]:
    """Polygons in the CRS of a raster as `find_cut` takes them.

    Args:
        polygons: object (N,) of shapely geometries.
        transform: model-grid pixel (col, row) -> CRS (x, y).
    """
    inverse = ~transform
    return shapely.transform(
        polygons, lambda xy: np.column_stack(pixel_to_xy(inverse, xy[:, 0], xy[:, 1]))
    )


def _along_rows(polygons_px: NDArray[np.object_]) -> list[int]:
    """In the order in which the blocks of a raster lie, as GDAL keeps those read last."""
    bounds = shapely.bounds(polygons_px).reshape(-1, 4)
    order = np.lexsort([bounds[:, 0], bounds[:, 1] // 512])
    return [int(index) for index in order]


def _is_cut(source: RasterSource, polygon: Polygon) -> bool:
    min_x, min_y, max_x, max_y = polygon.bounds
    left, top = math.floor(min_x) - REACH_PX, math.floor(min_y) - REACH_PX
    right, bottom = math.ceil(max_x) + REACH_PX, math.ceil(max_y) + REACH_PX
    try:
        valid = source.read(Window(left, top, right - left, bottom - top)).valid
    except RasterError:
        return True
    if valid.all():
        return False
    # Pixel (0, 0) of the window has its centre at (0.5, 0.5).
    corners = np.asarray(polygon.exterior.coords)[:, :2] - [left + 0.5, top + 0.5]
    inside = np.zeros(valid.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 1)
    side = 2 * REACH_PX + 1
    near = cv2.dilate(inside, np.ones((side, side), np.uint8))
    return bool((near.astype(bool) & ~valid).any())
