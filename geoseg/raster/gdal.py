"""Opening files through GDAL: its settings, and its errors in one line."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from geoseg.errors import RasterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rasterio.io import DatasetReader

# GDAL's own choice is a share of the machine's memory, which large rasters fill.
_LEAST_CACHE_BYTES = 64 * 1024 * 1024
_MOST_CACHE_BYTES = 256 * 1024 * 1024
# Files that a mosaic keeps open, about 1 MB each; a window of 8 x 8 tiles seldom meets so many.
_MAX_OPEN_FILES = 32


def is_remote(name: str) -> bool:
    """Whether GDAL reaches the raster over a network."""
    schemes = ("http://", "https://", "s3://", "gs://", "az://")
    networks = ("/vsicurl", "/vsis3", "/vsigs", "/vsiaz", "/vsiswift", "/vsioss", "/vsihdfs")
    return name.startswith(schemes + networks)


def short_name(name: str) -> str:
    """The last part of a path or address, for file names and origin.

    The query of an address is left out: it may hold a key that is nobody else's business.

    Example:
        >>> short_name("https://example.org/a/ortho.tif?key=1/2")
        'ortho.tif'
    """
    path = name.split("?", 1)[0] if is_remote(name) else name
    return path.rstrip("/").rsplit("/", 1)[-1] or name


@contextlib.contextmanager
def gdal_env(name: str, cache_bytes: int = _LEAST_CACHE_BYTES) -> Iterator[None]:
    """GDAL set up for fast reading of one raster, and silent.

    What the user has set in the environment goes before our choice.

    Args:
        name: of the raster.
        cache_bytes: memory for decoded blocks, see `choose_cache_bytes`.
    """
    options: dict[str, object] = {
        "GDAL_NUM_THREADS": "ALL_CPUS",
        # rasterio hands an int over in bytes.
        "GDAL_CACHEMAX": cache_bytes,
        "GDAL_MAX_DATASET_POOL_SIZE": _MAX_OPEN_FILES,
    }
    if is_remote(name):
        options |= {
            "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
            "GDAL_HTTP_MAX_RETRY": 3,
            "GDAL_HTTP_RETRY_DELAY": 1,
            "VSI_CACHE": True,
        }
    for logger in ("rasterio._env", "rasterio._err"):
        logging.getLogger(logger).addFilter(_keep_gdal_message)
    with rasterio.Env(**{key: value for key, value in options.items() if key not in os.environ}):
        yield


def choose_cache_bytes(dataset: DatasetReader, dtype: str, num_rows: int) -> int:
    """Memory for the blocks that are needed again when windows are read from left to right.

    Of blocks that are tiles, only those along the borders of the windows are: the least will do.
    Strips as wide as the raster are needed by every window of a row.

    Args:
        dataset: the raster.
        dtype: numpy name of the type of its bands.
        num_rows: height of the windows in pixels of the raster.

    Returns:
        64 to 256 MiB, whatever the size of the raster.
    """
    block_height, block_width = dataset.block_shapes[0]
    if block_width < dataset.width:
        return _LEAST_CACHE_BYTES
    row_bytes = dataset.width * dataset.count * np.dtype(dtype).itemsize
    # Twice: the next row of windows comes in while the last blocks of this one are in use.
    wanted = 2 * row_bytes * (num_rows + block_height)
    return min(max(wanted, _LEAST_CACHE_BYTES), _MOST_CACHE_BYTES)


def _keep_gdal_message(record: logging.LogRecord) -> bool:
    # rasterio logs what it raises as well: second and third lines beside our own message.
    return logging.getLogger(record.name).isEnabledFor(logging.DEBUG)


@contextlib.contextmanager
def no_place_warnings() -> Iterator[None]:
    """Without rasterio's warning about rasters that lack a transform: geoseg has an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def open_dataset(name: str, **options: object) -> DatasetReader:
    """Open a raster for reading; call inside `gdal_env`.

    Args:
        name: path, address, or GDAL's own /vsi... name.
        options: opening options of the driver.

    Raises:
        RasterError: nothing is there, or GDAL cannot read it.
    """
    try:
        return rasterio.open(name, **options)
    except RasterioError as error:
        raise RasterError(_open_message(name)) from error


def _open_message(name: str) -> str:
    if is_remote(name):
        return f"{name}: cannot be opened; check the address, the network and the access rights."
    if name.startswith("/vsi") or "://" in name:
        return f"{name}: cannot be opened as a raster."
    path = Path(name)
    if not path.exists():
        return f"{name}: no such file."
    if path.is_dir():
        return f"{name}: a raster must be a file; got a folder."
    if path.stat().st_size == 0:
        return f"{name}: the file is empty."
    if not os.access(path, os.R_OK):
        return f"{name}: permission denied."
    return f"{name}: not a raster that GDAL can read, or damaged ({path.stat().st_size:,} bytes)."


@contextlib.contextmanager
def read_errors(name: str, what: str) -> Iterator[None]:
    """Turn a failed read into one line that names the file and what was being read.

    Raises:
        RasterError: GDAL could not read.
    """
    try:
        yield
    except RasterioError as error:
        reason = "the network failed, or the file is damaged"
        if not is_remote(name):
            reason = "the file is damaged or cut off"
        raise RasterError(f"{name}: {what} cannot be read; {reason}.") from error
