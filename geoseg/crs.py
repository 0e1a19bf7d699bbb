"""Coordinate reference systems: ground distances, local metric frames, reprojection.

Coordinates are always in x, y order (easting, northing or longitude, latitude), whatever the
authority says about its axes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError as ProjCRSError
from pyproj.exceptions import ProjError

from geoseg.errors import CRSError

if TYPE_CHECKING:
    from affine import Affine
    from numpy.typing import NDArray

WGS84 = CRS.from_string("OGC:CRS84")
"""Longitude, latitude in degrees on WGS 84."""


def parse_crs(text: str) -> CRS:
    """Read a CRS from an authority code, PROJ string or WKT.

    Raises:
        CRSError: PROJ does not know it.

    Example:
        >>> parse_crs("EPSG:32645").name
        'WGS 84 / UTM zone 45N'
    """
    try:
        return CRS.from_user_input(text)
    except ProjCRSError as error:
        raise CRSError(
            f"crs must be an authority code, PROJ string or WKT, e.g. EPSG:32645; got {text!r}."
        ) from error


@lru_cache(maxsize=32)
def describe_crs(crs: CRS) -> str:
    """A CRS as text that any program understands, and `parse_crs` too.

    Returns:
        An authority code where one means exactly this CRS, else WKT 2 on one line.

    Example:
        >>> describe_crs(CRS.from_wkt(parse_crs("EPSG:32645").to_wkt()))
        'EPSG:32645'
        >>> describe_crs(parse_crs("+proj=utm +zone=45 +ellps=intl"))[:17]
        'PROJCRS["unknown"'
    """
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.to_wkt("WKT2_2019")


def transform_xy(
    x: NDArray[np.float64], y: NDArray[np.float64], source: CRS, target: CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Reproject coordinates.

    Args:
        x: float64 (N,), easting or longitude in `source`.
        y: float64 (N,), northing or latitude in `source`.
        source: CRS of the input.
        target: CRS of the result.

    Returns:
        x and y in `target`, float64 (N,), all finite.

    Raises:
        CRSError: there is no way from one CRS to the other, or a coordinate lies where one of
            them is not defined.
    """
    try:
        transformer = _find_way(source, target)
        # The first one twice: some versions of pyproj take an array of one element for a number.
        twice_x, twice_y = transformer.transform(np.append(x, x[:1]), np.append(y, y[:1]))
    except ProjError as error:
        raise CRSError(f"{source.name} cannot be reprojected to {target.name}: {error}.") from error
    new_x, new_y = twice_x[: len(x)], twice_y[: len(y)]
    bad = ~(np.isfinite(new_x) & np.isfinite(new_y))
    if bad.any():
        first = int(np.argmax(bad))
        raise CRSError(
            f"coordinates must lie where {source.name} and {target.name} are defined; got "
            f"x {float(x[first]):.10g}, y {float(y[first]):.10g} in {source.name}."
        )
    return new_x, new_y


@lru_cache(maxsize=32)
def _find_way(source: CRS, target: CRS) -> Transformer:
    """Kept, as batch after batch goes the same way, and to find one takes 30 ms and more."""
    return Transformer.from_crs(source, target, always_xy=True)


def pixel_to_xy(
    transform: Affine, cols: NDArray[np.float64], rows: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where places in a raster lie.

    Args:
        transform: pixel (col, row) -> CRS (x, y).
        cols: float64 (N,), pixels from the left edge.
        rows: float64 (N,), pixels from the upper edge.

    Returns:
        x and y in the CRS of the transform, float64 (N,).
    """
    # Written out: affine 3 deprecates the operator that is the only one in affine 2.
    a, b, c, d, e, f = transform[:6]
    return a * cols + b * rows + c, d * cols + e * rows + f


def scale_transform(transform: Affine, factor_x: float, factor_y: float) -> Affine:
    """The transform of the same raster in pixels `factor_x` by `factor_y` times as large."""
    a, b, c, d, e, f = transform[:6]
    return type(transform)(a * factor_x, b * factor_y, c, d * factor_x, e * factor_y, f)


def ground_gsd(crs: CRS, transform: Affine, col: float, row: float) -> tuple[float, float]:
    """Ground metres covered by one pixel step at a place in a raster.

    Measured along the geodesic between two points half a pixel to either side, so that feet,
    degrees, rotation and the scale error of the projection (60th parallel in Web Mercator: a
    factor of two) are all accounted for.

    Args:
        crs: CRS of the raster.
        transform: pixel (col, row) -> CRS (x, y).
        col: where to measure, in pixels from the left edge.
        row: where to measure, in pixels from the upper edge.

    Returns:
        Metres per step along the columns' and along the rows' direction.

    Raises:
        CRSError: the CRS has no known relation to the ground, or does not cover the place.
    """
    cols = np.array([col - 0.5, col + 0.5, col, col])
    rows = np.array([row, row, row - 0.5, row + 0.5])
    x, y = pixel_to_xy(transform, cols, rows)
    lon, lat = transform_xy(x, y, crs, WGS84)
    if np.abs(lat).max() > 90:
        raise CRSError(f"a raster must lie on Earth; got latitude {lat[0]:.10g} in {crs.name}.")
    geod = Geod(ellps="WGS84")
    _, _, metres = geod.inv(lon[0::2], lat[0::2], lon[1::2], lat[1::2])
    return float(metres[0]), float(metres[1])


def local_metric_crs(crs: CRS, x: float, y: float) -> CRS:
    """The frame in which lengths and areas round a place are true metres.

    Lambert's azimuthal equal-area projection centred there on the WGS 84 datum: areas are
    exact everywhere, lengths to 1 in 100,000 within 50 km. The centre is rounded to 1e-6
    degree, so the same place always gives the same CRS.

    Args:
        crs: CRS of x and y.
        x: easting or longitude of the centre.
        y: northing or latitude of the centre.

    Raises:
        CRSError: the place lies outside what `crs` covers.
    """
    lon, lat = transform_xy(np.array([x]), np.array([y]), crs, WGS84)
    return CRS.from_proj4(
        f"+proj=laea +lat_0={lat[0]:.6f} +lon_0={lon[0]:.6f} +datum=WGS84 +units=m +no_defs"
    )


def transform_polygons(geoms: NDArray[np.object_], source: CRS, target: CRS) -> NDArray[np.object_]:
    """Reproject geometries vertex by vertex, all at once.

    Args:
        geoms: object (N,) of shapely geometries; heights are dropped.
        source: CRS of the geometries.
        target: CRS of the result.

    Returns:
        New geometries, object (N,); an empty array for an empty array.

    Raises:
        CRSError: a vertex lies where one of the two CRS is not defined.
    """
    if source == target:
        return shapely.force_2d(geoms)

    def reproject(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform_xy(points[:, 0], points[:, 1], source, target))

    return shapely.transform(geoms, reproject)
