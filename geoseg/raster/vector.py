"""Polygons from vector files, in the CRS of a raster."""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.crs import parse_crs, transform_polygons
from geoseg.errors import CRSError, VectorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pyproj import CRS

# A chord of 1 km leaves the curve it stands for by about 2 cm.
_LONGEST_EDGE_M = 1000.0
_LONGEST_EDGE_DEG = 0.01


def read_polygons(
    path: Path, crs: CRS, within: shapely.Geometry | None = None
) -> NDArray[np.object_]:
    """Read the polygons of the first layer of a vector file.

    Multipolygons are taken apart, invalid polygons repaired, points, lines and heights left
    out. Long edges are densified before they are reprojected, as a straight edge in one CRS is
    a curve in another.

    Args:
        path: any format that GDAL reads; GeoJSON is in WGS 84 unless it says otherwise.
        crs: CRS of the result.
        within: in `crs`; polygons whose bounds do not meet those of this one may be left out,
            so that the labels of a country are not read for one town.

    Returns:
        object (N,) of valid shapely Polygon; an empty array when the file holds none.

    Raises:
        VectorError: the file is absent, is no vector file, or names no CRS.
        CRSError: coordinates lie where one of the CRS is not defined.
    """
    layer, source_crs = _read_header(path)
    bounds = None if within is None else _bounds_in(within, crs, source_crs)
    polygons = take_polygons(_read_geometries(path, layer, bounds))
    if source_crs is None:
        if len(polygons):
            raise VectorError(f"{path}: the file must name its CRS; a .prj file may be missing.")
        return polygons
    if source_crs == crs or not len(polygons):
        return polygons
    _check_degrees(path, polygons, source_crs)
    try:
        return take_polygons(transform_polygons(densify(polygons, source_crs), source_crs, crs))
    except CRSError as error:
        raise CRSError(f"{path}: {error}") from error


def take_polygons(geoms: NDArray[np.object_]) -> NDArray[np.object_]:
    """All polygons in geometries of any kind, repaired and taken apart.

    Args:
        geoms: object (N,) of shapely geometries or None.

    Returns:
        object (M,) of valid, two-dimensional Polygon with an area.
    """
    parts = shapely.get_parts(shapely.force_2d(geoms[~shapely.is_missing(geoms)]))
    parts = parts[shapely.get_dimensions(parts) == 2]
    bad = ~shapely.is_valid(parts)
    parts[bad] = shapely.make_valid(parts[bad])
    # Repair may give multipolygons, and collections of a polygon and its spikes.
    for _ in range(2):
        parts = shapely.get_parts(parts)
    return parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)]


def densify(polygons: NDArray[np.object_], crs: CRS) -> NDArray[np.object_]:
    """Polygons with vertices added on edges that are longer than about a kilometre.

    Args:
        polygons: object (N,) of shapely geometries.
        crs: theirs.
    """
    step = _LONGEST_EDGE_DEG
    if not crs.is_geographic:
        step = _LONGEST_EDGE_M / crs.axis_info[0].unit_conversion_factor
    return shapely.segmentize(polygons, step)


def _read_header(path: Path) -> tuple[str | None, CRS | None]:
    """Name and CRS of the first layer; None where there is none."""
    import pyogrio

    if not path.exists():
        raise VectorError(f"{path}: no such file.")
    with _vector_errors(path):
        layers = pyogrio.list_layers(path)
        if not len(layers):
            return None, None
        layer = str(layers[0][0])
        text = pyogrio.read_info(path, layer=layer)["crs"]
    return layer, None if text is None else parse_crs(text)


def _read_geometries(
    path: Path, layer: str | None, bounds: tuple[float, ...] | None
) -> NDArray[np.object_]:
    import pyogrio

    if layer is None:
        return np.empty(0, dtype=object)
    with _vector_errors(path):
        _, _, wkb, _ = pyogrio.raw.read(path, layer=layer, columns=[], bbox=bounds)
    if wkb is None or not len(wkb):
        return np.empty(0, dtype=object)
    return shapely.from_wkb(wkb, on_invalid="ignore")


def _bounds_in(geom: shapely.Geometry, crs: CRS, target: CRS | None) -> tuple[float, ...] | None:
    """Bounds in another CRS; None, so that all is read, where they cannot be told."""
    if target is None:
        return None
    try:
        moved = transform_polygons(densify(np.array([geom], dtype=object), crs), crs, target)
    except CRSError:
        return None
    return tuple(shapely.total_bounds(moved).tolist())


def _check_degrees(path: Path, polygons: NDArray[np.object_], crs: CRS) -> None:
    west, south, east, north = shapely.total_bounds(polygons)
    if crs.is_geographic and (max(abs(west), abs(east)) > 540 or max(-south, north) > 90):
        raise VectorError(
            f"{path}: coordinates must be degrees of {crs.name}; got x {west:.10g} to "
            f"{east:.10g}, y {south:.10g} to {north:.10g}."
        )


@contextlib.contextmanager
def _vector_errors(path: Path) -> Iterator[None]:
    from pyogrio.errors import DataLayerError, DataSourceError

    with warnings.catch_warnings():
        # GDAL's remarks on ring order and dates help nobody here: polygons are repaired.
        warnings.simplefilter("ignore")
        try:
            yield
        except (DataSourceError, DataLayerError) as error:
            raise VectorError(
                f"{path}: not a vector file that GDAL can read, or damaged."
            ) from error
