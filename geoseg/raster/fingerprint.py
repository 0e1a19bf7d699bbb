"""What tells one raster from another, without reading its pixels."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from geoseg.errors import RasterError
from geoseg.raster.gdal import gdal_env, no_place_warnings, open_dataset, short_name

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

# The directories of a TIFF stand at its beginning or at its end.
_EDGE_BYTES = 64 * 1024

# Digits of a digest that tell two apart, and that a line has room for.
_NUM_DIGITS = 12

_ASK_SECONDS = 10
_HTTP_FACTS = ("Content-Length", "ETag", "Last-Modified")


def fingerprint_raster(name: str) -> dict[str, str]:
    """What must be the same for a raster to be the same, one text for each part of it.

    The parts of a local raster are its files: sidecars, and the sources of a VRT. Of each the
    size, the time of its last change, and a digest of its first and last 64 KiB are taken. Of
    all rasters, and so of a tile service, what GDAL says counts too: format, size, types, place,
    tags. A file at an http address has the size, ETag and time that its server gives.

    Args:
        name: path, address, or GDAL's own /vsi... name.

    Returns:
        Facts by name of the part; local names are relative to the raster's folder; of an archive
        the whole counts, and of an address only the last part is told: the rest may hold a key.

    Raises:
        RasterError: nothing is there, or GDAL cannot read it.
    """
    with gdal_env(name), no_place_warnings(), open_dataset(name) as dataset:
        parts = dict.fromkeys(part.removeprefix("/vsicurl/") for part in [name, *dataset.files])
        facts = {short_name(name): _describe_dataset(dataset)}
    files = list(dict.fromkeys(filter(None, map(_find_file, parts))))
    for path in files:
        facts[f"file {_name_part(path, files[0].parent)}"] = _describe_file(path)
    addresses = [part for part in parts if part.startswith(("http://", "https://"))]
    for number, address in enumerate(addresses):
        label = f"{short_name(address)} {number}" if number else short_name(address)
        facts[f"address {label}"] = _ask_server(address)
    return facts


def _describe_dataset(dataset: DatasetReader) -> str:
    """Digest of all that GDAL knows without reading pixels."""
    known = {
        "driver": dataset.driver,
        "shape": dataset.shape,
        "dtypes": dataset.dtypes,
        "nodata": [repr(value) for value in dataset.nodatavals],
        "transform": list(dataset.transform),
        "crs": dataset.crs.to_wkt() if dataset.crs else "",
        "gcps": [repr(point.asdict()) for point in dataset.gcps[0]],
        "colours": [colour.name for colour in dataset.colorinterp],
        "blocks": dataset.block_shapes,
        "overviews": [dataset.overviews(band) for band in dataset.indexes],
        "scales": [repr(value) for value in (*dataset.scales, *dataset.offsets)],
        "tags": [dataset.tags(), dataset.tags(ns="IMAGERY"), dataset.tags(ns="RPC")],
        "band tags": [dataset.tags(band) for band in dataset.indexes],
    }
    return (
        f"{dataset.width} x {dataset.height} x {dataset.count} {dataset.driver}, described by "
        f"{_digest(json.dumps(known, sort_keys=True).encode())}"
    )


def _find_file(part: str) -> Path | None:
    """The local file that GDAL reads a part from, or the archive that it lies in."""
    for archive in ("/vsizip/", "/vsitar/", "/vsigzip/"):
        if part.startswith(archive):
            inside = Path(part.removeprefix(archive))
            return next((path for path in (inside, *inside.parents) if path.is_file()), None)
    return Path(part) if Path(part).is_file() else None


def _name_part(path: Path, folder: Path) -> str:
    """Relative to the folder of the first file, so that the raster may be moved as a whole."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # Windows: on another drive
        return path.as_posix()


def _describe_file(path: Path) -> str:
    try:
        facts = path.stat()
        with path.open("rb") as file:
            content = file.read(_EDGE_BYTES)
            file.seek(max(len(content), facts.st_size - _EDGE_BYTES))
            content += file.read(_EDGE_BYTES)
    except OSError as error:
        raise RasterError(f"{path}: cannot be read: {error.strerror}.") from error
    seconds, nanoseconds = divmod(facts.st_mtime_ns, 10**9)
    changed = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{facts.st_size:,} bytes of {changed}.{nanoseconds:09d}Z, header {_digest(content)}"


def _ask_server(address: str) -> str:
    """Size, ETag and time of a file at an http address, where its server tells them."""
    from urllib.error import URLError
    from urllib.request import Request, urlopen

    try:
        with urlopen(Request(address, method="HEAD"), timeout=_ASK_SECONDS) as answer:
            told = {name: answer.headers.get(name) for name in _HTTP_FACTS}
    except (URLError, OSError, ValueError):
        # GDAL may have keys that this question lacks; what it says of the raster must do then.
        return "not told"
    return ", ".join(f"{name} {value}" for name, value in told.items() if value) or "not told"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_NUM_DIGITS]
