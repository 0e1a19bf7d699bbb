"""Where a raster lies: CRS and transform, from the file, the user or control points."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from affine import Affine
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCRSError
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from geoseg.crs import parse_crs
from geoseg.errors import CRSError, MissingCRSError, RasterError

if TYPE_CHECKING:
    from rasterio.io import DatasetReader


@dataclass(frozen=True)
class Georeference:
    """CRS and place of a raster.

    Attributes:
        crs: CRS of `transform`.
        transform: raster pixel (col, row) -> CRS (x, y).
        gcps: whether they come from ground control points, so that the raster must be warped.
    """

    crs: CRS
    transform: Affine
    gcps: bool = False


def read_georeference(dataset: DatasetReader, name: str, crs: str | None) -> Georeference:
    """Find out where a raster lies.

    Args:
        dataset: opened raster.
        name: for messages.
        crs: CRS given by the user; goes before the raster's own, with a warning.

    Returns:
        Its place; for a raster with control points, that of the warped raster.

    Raises:
        CRSError: the given CRS is unknown, or the raster's own cannot be used.
        MissingCRSError: neither the raster nor the user names a CRS.
        RasterError: the raster has no place at all, or only RPCs.
    """
    given = None if crs is None else parse_crs(crs)
    points, points_crs = dataset.gcps
    has_gcps = bool(points) and dataset.transform == Affine.identity()
    if dataset.transform == Affine.identity() and not has_gcps:
        raise RasterError(_no_place_message(dataset, name))
    own = _own_crs(points_crs if has_gcps else dataset.crs, name)
    chosen = own if given is None else given
    if chosen is None:
        raise MissingCRSError(f"{name}: the raster names no CRS; give one with --crs EPSG:CODE.")
    if own is not None and own != chosen:
        warnings.warn(
            f"{name}: --crs {crs} is used in place of the raster's own {own.name}.", stacklevel=3
        )
    if chosen.is_geocentric or not (chosen.is_projected or chosen.is_geographic):
        raise CRSError(f"{name}: the CRS must be projected or geographic; got {chosen.name}.")
    if has_gcps:
        with warp_by_gcps(dataset, chosen) as warped:
            return Georeference(chosen, warped.transform, gcps=True)
    if dataset.transform.is_degenerate:
        raise RasterError(f"{name}: the pixel size must not be 0; got {dataset.transform!r}.")
    return Georeference(chosen, dataset.transform)


def warp_by_gcps(dataset: DatasetReader, crs: CRS) -> WarpedVRT:
    """A straightened view of a raster with ground control points in `crs`.

    The view has an alpha band, so that what lies outside the raster is invalid.
    """
    wkt = crs.to_wkt()
    return WarpedVRT(dataset, src_crs=wkt, crs=wkt, resampling=Resampling.bilinear, add_alpha=True)


def _own_crs(crs: object, name: str) -> CRS | None:
    if not crs:
        return None
    try:
        return CRS.from_wkt(crs.to_wkt())  # type: ignore[attr-defined]
    except ProjCRSError as error:
        raise CRSError(f"{name}: the raster's CRS is not understood; got {crs}.") from error


def _no_place_message(dataset: DatasetReader, name: str) -> str:
    if dataset.rpcs is not None:
        return (
            f"{name}: a raster must be orthorectified; this one has only RPCs. "
            "Make one with: gdalwarp -rpc IN OUT."
        )
    return (
        f"{name}: a raster must be georeferenced; this one has no transform, world file or "
        "control points."
    )
