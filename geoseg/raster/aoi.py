"""The area of interest: where on a raster to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.crs import WGS84, pixel_to_xy, transform_polygons
from geoseg.errors import AoiError, CRSError
from geoseg.raster.vector import densify, read_polygons, take_polygons

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyproj import CRS

    from geoseg.types import RasterSource


def read_aoi(path: Path, crs: CRS) -> shapely.Geometry:
    """Read an area of interest from a vector file.

    Args:
        path: any format that GDAL reads; GeoJSON is in WGS 84 unless it says otherwise.
        crs: CRS of the result.

    Returns:
        The union of the polygons of the first layer, valid.

    Raises:
        AoiError: the file holds no polygon.
        VectorError: the file is absent, is no vector file, or names no CRS.
        CRSError: coordinates lie where one of the CRS is not defined.
    """
    polygons = read_polygons(path, crs)
    if not len(polygons):
        raise AoiError(f"{path}: an area of interest must hold a polygon; got none.")
    return shapely.union_all(polygons)


def bbox_aoi(bbox: Sequence[float], crs: CRS) -> shapely.Geometry:
    """A rectangle of longitude and latitude as an area of interest.

    Args:
        bbox: west, south, east, north in degrees, WGS 84.
        crs: CRS of the result.

    Raises:
        AoiError: the sides are not in order, or not degrees.
        CRSError: the rectangle reaches to where `crs` is not defined.
    """
    west, south, east, north = bbox
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise AoiError(f"bbox must be W,S,E,N in degrees with W < E and S < N; got {_join(bbox)}.")
    box = densify(np.array([shapely.box(west, south, east, north)]), WGS84)
    return shapely.union_all(take_polygons(transform_polygons(box, WGS84, crs)))


def find_area_centre(aoi: Path | None, bbox: Sequence[float] | None) -> tuple[float, float] | None:
    """Longitude and latitude in the middle of the area that the user asked for.

    Args:
        aoi: vector file, or None.
        bbox: west, south, east, north in degrees, or None.

    Returns:
        Degrees in WGS 84; None when both are None.

    Raises:
        AoiError: both are given, or the file holds no polygon.
        VectorError: the file cannot be read.
    """
    _check_one(aoi, bbox)
    if aoi is not None:
        west, south, east, north = read_aoi(aoi, WGS84).bounds
    elif bbox is not None:
        west, south, east, north = bbox
    else:
        return None
    return (west + east) / 2, (south + north) / 2


def aoi_in_pixels(aoi: shapely.Geometry, source: RasterSource, name: str) -> shapely.Geometry:
    """The part of an area of interest that lies on a raster, in pixels of its model grid.

    Args:
        aoi: polygons in the CRS of the source.
        source: opened raster.
        name: of the area, for messages.

    Returns:
        Polygons within 0..width, 0..height; x is columns, y is rows.

    Raises:
        AoiError: the area does not touch the raster.
    """
    height, width = source.shape_hw
    inverse = ~source.transform
    pixels = shapely.transform(
        aoi, lambda xy: np.column_stack(pixel_to_xy(inverse, xy[:, 0], xy[:, 1]))
    )
    inside = shapely.intersection(pixels, shapely.box(0, 0, width, height))
    parts = take_polygons(np.array([inside], dtype=object))
    if not len(parts):
        raster = raster_outline(source)
        raise AoiError(
            f"{name}: the area of interest must touch the raster; the area spans "
            f"{_extent(aoi, source.crs)}, {source.name} spans {_extent(raster, source.crs)} "
            "(W,S,E,N in degrees)."
        )
    return shapely.union_all(parts)


def read_area_px(
    source: RasterSource, aoi: Path | None, bbox: Sequence[float] | None
) -> shapely.Geometry | None:
    """The area that the user asked for, in pixels of the model grid.

    Args:
        source: opened raster.
        aoi: vector file, or None.
        bbox: west, south, east, north in degrees, or None.

    Returns:
        Polygons as `aoi_in_pixels` gives them; None when both are None.

    Raises:
        AoiError: both are given, or the area is empty, does not touch the raster, or reaches
            to where the raster's CRS is not defined.
        VectorError: the file cannot be read.
    """
    _check_one(aoi, bbox)
    name = "bbox" if aoi is None else str(aoi)
    try:
        if aoi is not None:
            area = read_aoi(aoi, source.crs)
        elif bbox is not None:
            area = bbox_aoi(bbox, source.crs)
        else:
            return None
    except CRSError as error:
        raise AoiError(
            f"{name}: the area of interest must touch the raster; the area reaches to where "
            f"{source.crs.name} is not defined, {source.name} spans "
            f"{_extent(raster_outline(source), source.crs)} (W,S,E,N in degrees)."
        ) from error
    return aoi_in_pixels(area, source, name)


def _check_one(aoi: Path | None, bbox: Sequence[float] | None) -> None:
    if aoi is not None and bbox is not None:
        raise AoiError(f"the area must be given by a file or a bbox; got both, {aoi} and a bbox.")


def raster_outline(source: RasterSource) -> shapely.Polygon:
    """The four sides of a raster, in its CRS."""
    height, width = source.shape_hw
    cols, rows = np.array([0, width, width, 0]), np.array([0, 0, height, height])
    return shapely.Polygon(np.column_stack(pixel_to_xy(source.transform, cols, rows)))


def _extent(geom: shapely.Geometry, crs: CRS) -> str:
    try:
        degrees = transform_polygons(densify(np.array([geom], dtype=object), crs), crs, WGS84)
    except CRSError:
        return "an unknown place"
    return _join(shapely.total_bounds(degrees))


def _join(numbers: Sequence[float]) -> str:
    return ",".join(f"{number:.5f}" for number in numbers)
