"""Formats that GDAL writes."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from geoseg.export.closing import is_whole_flatgeobuf, is_whole_geopackage, is_whole_shapefile
from geoseg.export.table import GEOMETRY, dump_origin, make_rows, make_schema
from geoseg.types import FootprintBatches, Origin

if TYPE_CHECKING:
    import pyarrow

_IS_WHOLE: dict[str, Callable[[Path, int], bool]] = {
    "ESRI Shapefile": is_whole_shapefile,
    "FlatGeobuf": is_whole_flatgeobuf,
    "GPKG": is_whole_geopackage,
}
# Enough for the index of a million footprints; what comes after is added to it on disk. Without
# it GDAL takes a tenth of the machine's memory.
_INDEX_BYTES = 64 << 20
# Less than GDAL writes at once.
_LITTLE_BYTES = 1 << 20


def write_geopackage(path: Path, footprints: FootprintBatches, origin: Origin) -> None:
    """Write a GeoPackage of one layer; the origin is the layer's metadata item `geoseg`.

    The time of the run stands in for the time of writing, and the spatial index is built in as
    much memory on every machine: the same input gives the same bytes.
    """
    import pyogrio

    created = origin.created.replace("+00:00", "Z")
    options = {
        "OGR_CURRENT_DATE": created or None,
        "OGR_GPKG_MAX_RAM_USAGE_RTREE": str(_INDEX_BYTES),
    }
    pyogrio.set_gdal_config_options(options)
    try:
        _write_layer(
            path, footprints, origin, "GPKG", layer_metadata={"geoseg": dump_origin(origin)}
        )
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(options))


def write_flatgeobuf(path: Path, footprints: FootprintBatches, origin: Origin) -> None:
    """Write a FlatGeobuf; the origin is its description. Features are in the index's order.

    To make the index, GDAL keeps about 150 bytes of each footprint in memory.
    """
    _write_layer(
        path,
        footprints,
        origin,
        "FlatGeobuf",
        layer_options={"DESCRIPTION": dump_origin(origin)},
    )


def write_shapefile(path: Path, footprints: FootprintBatches, origin: Origin) -> None:
    """Write a Shapefile with its sidecar files, texts in UTF-8."""
    _write_layer(path, footprints, origin, "ESRI Shapefile", layer_options={"ENCODING": "UTF-8"})


class _Rows:
    """Rows that GDAL asks for; remembers what it does not tell: how many, and what went wrong."""

    def __init__(self, batches: Iterator[pyarrow.RecordBatch]) -> None:
        self._batches = batches
        self.num_rows = 0
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[pyarrow.RecordBatch]:
        try:
            for batch in self._batches:
                self.num_rows += batch.num_rows
                yield batch
        except BaseException as error:
            self.error = error
            raise


def _write_layer(
    path: Path, footprints: FootprintBatches, origin: Origin, driver: str, **options: object
) -> None:
    """Write the one layer of a file.

    Raises:
        OSError: GDAL cannot write it, or left it incomplete.
    """
    import pyarrow as pa
    import pyogrio

    rows = _Rows(make_rows(footprints, origin))
    try:
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(make_schema(), iter(rows)),
            path,
            layer=path.stem,
            driver=driver,
            geometry_name=GEOMETRY,
            geometry_type="Polygon",
            crs=footprints.crs.to_wkt(),
            **options,
        )
    except RuntimeError as error:  # The root of pyogrio's errors.
        if rows.error is not None:
            raise rows.error from None
        raise _explain(str(error), path) from error
    if not _IS_WHOLE[driver](path, rows.num_rows):
        raise _explain("the file is incomplete", path)


def _explain(text: str, path: Path) -> OSError:
    """What GDAL said, or that the disk is full, which it seldom says."""
    is_said = any(words in text for words in ("disk is full", "No space left"))
    if is_said or _is_full(path.parent):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    return OSError(f"GDAL: {text.replace(str(path), path.name)}; the disk may be full")


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _LITTLE_BYTES
    except OSError:
        return False
