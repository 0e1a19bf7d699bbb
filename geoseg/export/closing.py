"""Whether a file that GDAL has closed is whole.

On a full disk GDAL may fail when it closes a file, and tell nobody. What each format then lacks was
seen on a file system of every size that is too small: the end of a FlatGeobuf, the spatial index
of a GeoPackage, the end of any file of a Shapefile.
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path


def is_whole_geopackage(path: Path, num_rows: int) -> bool:
    """Whether its only layer has all rows, and all are in its spatial index."""
    try:
        with closing(sqlite3.connect(path)) as database:
            ((num_features,),) = database.execute("SELECT feature_count FROM gpkg_ogr_contents")
            ((index,),) = database.execute(
                "SELECT 'rtree_' || table_name || '_' || column_name FROM gpkg_geometry_columns"
            )
            name = f"{index}_rowid".replace('"', '""')
            ((num_indexed,),) = database.execute(f'SELECT count(*) FROM "{name}"')
    except (sqlite3.Error, ValueError):
        return False
    return bool(num_features == num_indexed == num_rows)


def is_whole_flatgeobuf(path: Path, num_rows: int) -> bool:
    """Whether the last feature is there, and reaches to the end of the file."""
    import pyogrio

    try:
        # A count of 0 stands for one that is not known, which GDAL tells as -1.
        if num_rows == 0:
            return bool(pyogrio.read_info(path)["features"] <= 0)
        (geometry,) = pyogrio.raw.read(path, columns=[], fids=[num_rows - 1])[2]
        return bool(pyogrio.read_info(path)["features"] == num_rows and geometry is not None)
    except (RuntimeError, IndexError):
        return False


def is_whole_shapefile(path: Path, num_rows: int) -> bool:
    """Whether the three main files are as long as they should be."""
    shapes, index, attributes = (path.with_suffix(suffix) for suffix in (".shp", ".shx", ".dbf"))
    try:
        with shapes.open("rb") as file:
            (num_words,) = struct.unpack(">24xi", file.read(28))
        with attributes.open("rb") as file:
            num_records, header_bytes, record_bytes = struct.unpack("<4xIHH", file.read(12))
    except (FileNotFoundError, struct.error):
        return False
    return (
        num_records == num_rows
        and shapes.stat().st_size == 2 * num_words
        and index.stat().st_size == 100 + 8 * num_rows
        and attributes.stat().st_size == header_bytes + num_rows * record_bytes + 1
    )
