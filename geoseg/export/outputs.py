"""Where results may go: checked before the work, put in place in one step after it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyproj import CRS

from geoseg.crs import WGS84
from geoseg.errors import GeosegError, OutputError, OutputExistsError

ENDINGS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GeoPackage",
    ".fgb": "FlatGeobuf",
    ".parquet": "GeoParquet",
    ".shp": "Shapefile",
    ".osm": "OSM XML",
}
"""File-name ending -> format."""

_ONLY_WGS84 = ("GeoJSON", "OSM XML")
_SHAPEFILE_SIDECARS = (".shx", ".dbf", ".prj", ".cpg")


def find_format(path: Path) -> str:
    """Name of the format that a file name asks for.

    Raises:
        OutputError: the ending is unknown.
    """
    try:
        return ENDINGS[path.suffix.lower()]
    except KeyError:
        raise OutputError(
            f"{path.name}: the name must end in {', '.join(ENDINGS)}; got {path.suffix!r}."
        ) from None


def holds_any_crs(path: Path) -> bool:
    """Whether the format of a file name takes any CRS; GeoJSON and OSM are always in WGS 84.

    Raises:
        OutputError: the ending is unknown.
    """
    return find_format(path) not in _ONLY_WGS84


def origin_path(path: Path) -> Path:
    """The file beside a result that says where the result comes from."""
    return path.with_name(f"{path.name}.origin.json")


def check_outputs(paths: Sequence[Path], overwrite: bool = False, crs: CRS | None = None) -> None:
    """Make sure that results can be written, before a long run rather than after it.

    Args:
        paths: results to write.
        overwrite: existing results may be replaced.
        crs: CRS asked for, None for each format's own.

    Raises:
        OutputError: a name has an unknown ending or is given twice, its folder is missing or
            cannot be written to, or the format cannot hold the CRS.
        OutputExistsError: a result is there already and `overwrite` is False.
    """
    seen: set[Path] = set()
    for path in paths:
        file_format = find_format(path)
        if crs is not None and not holds_any_crs(path) and not _is_wgs84(crs):
            raise OutputError(
                f"{path.name}: {file_format} is always in WGS 84; "
                f"got {crs.name}, for which .gpkg is the right format."
            )
        if path.resolve() in seen:
            raise OutputError(f"each output must have its own name; got {path} twice.")
        seen.add(path.resolve())
        check_target(path, overwrite)


def check_target(path: Path, overwrite: bool) -> None:
    """Make sure that one result of any kind can be written.

    Raises:
        OutputError: the folder is missing or cannot be written to, or the name is a folder's.
        OutputExistsError: the result or a part of it exists and `overwrite` is False.
    """
    folder = path.parent
    if not folder.is_dir():
        raise OutputError(f"{path}: the folder {folder} must exist.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: the folder {folder} must be writable.")
    if path.is_dir():
        raise OutputError(f"{path}: an output must be a file; got a folder.")
    existing = find_existing(path)
    if existing and not overwrite:
        raise OutputExistsError(f"{existing[0]} exists; ask to overwrite it, or choose a new name.")


@contextmanager
def replacing(path: Path, overwrite: bool) -> Iterator[Path]:
    """Write a result of one or more files under a temporary name, then put it in place.

    Files of the same result that were there before and are not written again, such as the
    parts of a longer OSM output, are removed. After an error everything is as before.

    Args:
        path: the result.
        overwrite: an existing result may be replaced.

    Yields:
        A path of the same name in an empty folder on the same disk; all files in that
        folder are moved beside `path`.

    Raises:
        OutputError: `path` cannot be written.
        OutputExistsError: the result exists and `overwrite` is False.
    """
    check_target(path, overwrite)
    try:
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.stem}-"))
        try:
            yield folder / path.name
            _publish(folder, path, overwrite)
        finally:
            # Not TemporaryDirectory, which fails with a RecursionError where it may not remove.
            shutil.rmtree(folder, ignore_errors=True)
    except GeosegError:
        raise
    except OSError as error:
        reason = error.strerror or error
        if error.errno is not None:
            # The command line names the file of the cause: not one in a folder that is gone.
            error.filename = str(path)
        raise OutputError(f"{path}: cannot be written: {reason}.") from error


def _publish(folder: Path, path: Path, overwrite: bool) -> None:
    written = sorted(folder.iterdir())
    stale = set(find_existing(path)) - {path.parent / file.name for file in written}
    if not overwrite:
        clash = next((file for file in written if (path.parent / file.name).exists()), None)
        if clash is not None:
            raise OutputExistsError(
                f"{path.parent / clash.name} exists; ask to overwrite it, or choose a new name."
            )
    for file in written:
        _flush(file)
    for file in written:
        file.replace(path.parent / file.name)
    for file in stale:
        file.unlink()


def _flush(path: Path) -> None:
    """Wait until a file is on its disk: some tell only then that they are full."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def find_existing(path: Path) -> list[Path]:
    """Files of an earlier result of the same name, the one of its origin among them."""
    candidates = [path, origin_path(path)]
    suffix = path.suffix.lower()
    if suffix == ".shp":
        candidates += [path.with_suffix(sidecar) for sidecar in _SHAPEFILE_SIDECARS]
    elif suffix == ".osm":
        part = re.compile(re.escape(path.stem) + r"_\d{3,}" + re.escape(path.suffix))
        candidates += sorted(file for file in path.parent.iterdir() if part.fullmatch(file.name))
    return [candidate for candidate in candidates if candidate.exists()]


def _is_wgs84(crs: CRS) -> bool:
    return crs.equals(WGS84, ignore_axis_order=True)
