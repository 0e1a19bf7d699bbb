"""Writing of images as tiled GeoTIFFs with overviews."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError

from geoseg.errors import OutputError, OutputExistsError, RasterError

if TYPE_CHECKING:
    from affine import Affine
    from pyproj import CRS

Compression = Literal["deflate", "jpeg"]

_BLOCK_PX = 256
_SMALLEST_OVERVIEW_PX = 256


def write_geotiff(
    path: Path,
    image: NDArray[np.uint8],
    *,
    crs: CRS,
    transform: Affine,
    compression: Compression = "deflate",
    overwrite: bool = False,
) -> None:
    """Write an RGB image where it lies on Earth.

    The file appears whole or not at all: it is written beside its place and renamed.

    Args:
        path: the file to write; its folder must exist.
        image: uint8 (h, w, 3), RGB.
        crs: CRS of the transform.
        transform: pixel (col, row) -> CRS (x, y).
        compression: "deflate" keeps every value, "jpeg" is five times smaller.
        overwrite: whether a file that is there may be replaced.

    Raises:
        RasterError: the image is not uint8 (h, w, 3) or is empty.
        OutputExistsError: the file is there and is not to be replaced.
        OutputError: the name has another ending, or the file cannot be written.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise RasterError(
            f"{path.name}: image must be uint8 (h, w, 3) and not empty; "
            f"got {image.dtype} {image.shape}."
        )
    check_geotiff(path, overwrite=overwrite)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tif")
    try:
        _write(temporary, image, crs, transform, compression)
        temporary.replace(path)
    except (RasterioError, OSError) as error:
        raise OutputError(f"{path} cannot be written: {error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def check_geotiff(path: Path, *, overwrite: bool = False) -> None:
    """Make sure that a GeoTIFF can be written, before the image is made.

    Raises:
        OutputError: the name has another ending, or the folder is missing.
        OutputExistsError: the file is there and is not to be replaced.
    """
    if path.suffix.lower() not in (".tif", ".tiff"):
        raise OutputError(f"{path.name}: the name of a GeoTIFF must end in .tif or .tiff.")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: the folder {path.parent} must exist.")
    if path.is_dir():
        raise OutputError(f"{path}: an output must be a file; got a folder.")
    if path.exists() and not overwrite:
        raise OutputExistsError(f"{path} exists; ask to overwrite it, or choose a new name.")


def _write(
    path: Path, image: NDArray[np.uint8], crs: CRS, transform: Affine, compression: Compression
) -> None:
    height, width = image.shape[:2]
    profile: dict[str, object] = {
        "driver": "GTiff",
        "height": height,
        "width": width,
        "count": 3,
        "dtype": "uint8",
        "crs": crs.to_wkt(),
        "transform": transform,
        "tiled": True,
        "blockxsize": _BLOCK_PX,
        "blockysize": _BLOCK_PX,
        "compress": compression,
        "bigtiff": "if_safer",
    }
    if compression == "jpeg":
        profile |= {"photometric": "ycbcr", "jpeg_quality": 90, "interleave": "pixel"}
    else:
        profile |= {"photometric": "rgb", "predictor": 2, "interleave": "pixel"}
    with rasterio.open(path, "w", **profile) as target:
        target.write(np.moveaxis(image, 2, 0))
        target.colorinterp = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
    factors = _overview_factors(max(height, width))
    if factors:
        with rasterio.open(path, "r+") as target:
            target.build_overviews(factors, Resampling.average)


def _overview_factors(side_px: int) -> list[int]:
    """2, 4, 8, ... until the longer side fits into one block."""
    factors = []
    factor = 2
    while side_px / factor >= _SMALLEST_OVERVIEW_PX:
        factors.append(factor)
        factor *= 2
    return factors
