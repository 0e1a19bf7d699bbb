"""Formats that GDAL writes, and GeoParquet."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import shapely

from geoseg.errors import OutputError
from geoseg.export.table import GEOMETRY, dump_origin, make_table
from geoseg.types import Footprints, Origin


def write_geopackage(path: Path, footprints: Footprints, origin: Origin) -> None:
    """Write a GeoPackage of one layer; the origin is the layer's metadata item `geoseg`.

    The time of the run stands in for the time of writing: the same input gives the same bytes.
    """
    import pyogrio

    created = origin.created.replace("+00:00", "Z")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": created or None})
    try:
        _write_layer(
            path, footprints, origin, "GPKG", layer_metadata={"geoseg": dump_origin(origin)}
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_flatgeobuf(path: Path, footprints: Footprints, origin: Origin) -> None:
    """Write a FlatGeobuf; the origin is its description. Features are in the index's order."""
    _write_layer(
        path,
        footprints,
        origin,
        "FlatGeobuf",
        layer_options={"DESCRIPTION": dump_origin(origin)},
    )


def write_shapefile(path: Path, footprints: Footprints, origin: Origin) -> None:
    """Write a Shapefile with its sidecar files, texts in UTF-8."""
    _write_layer(path, footprints, origin, "ESRI Shapefile", layer_options={"ENCODING": "UTF-8"})


def write_geoparquet(path: Path, footprints: Footprints, origin: Origin) -> None:
    """Write GeoParquet 1.1, geometry as WKB; the origin is the file's metadata item `geoseg`."""
    import pyarrow.parquet as pq

    column = {
        "encoding": "WKB",
        "geometry_types": ["Polygon"] if len(footprints) else [],
        "crs": footprints.crs.to_json_dict(),
        "orientation": "counterclockwise",
    }
    if len(footprints):
        column["bbox"] = np.asarray(shapely.total_bounds(footprints.polygons)).tolist()
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    metadata = {"geo": json.dumps(geo), "geoseg": dump_origin(origin)}
    table = make_table(footprints, origin).replace_schema_metadata(metadata)
    pq.write_table(table, path, compression="zstd")


def _write_layer(
    path: Path, footprints: Footprints, origin: Origin, driver: str, **options: object
) -> None:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        pyogrio.write_arrow(
            make_table(footprints, origin),
            path,
            layer=path.stem,
            driver=driver,
            geometry_name=GEOMETRY,
            geometry_type="Polygon",
            crs=footprints.crs.to_wkt(),
            **options,
        )
    except (DataLayerError, DataSourceError) as error:
        raise OutputError(f"{path.name}: GDAL cannot write {driver}: {error}") from error
