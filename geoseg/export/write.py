"""One call that writes footprints to any format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyproj import CRS

from geoseg.export.geojson import write_geojson
from geoseg.export.geoparquet import write_geoparquet
from geoseg.export.ogr import write_flatgeobuf, write_geopackage, write_shapefile
from geoseg.export.osm import write_osm
from geoseg.export.outputs import check_outputs, find_format, origin_path, replacing
from geoseg.export.stream import MovedBatches
from geoseg.export.table import dump_origin
from geoseg.types import FootprintBatches, Footprints, Origin, as_batches

_WRITERS: dict[str, Callable[[Path, FootprintBatches, Origin], None]] = {
    "GeoJSON": write_geojson,
    "GeoPackage": write_geopackage,
    "FlatGeobuf": write_flatgeobuf,
    "GeoParquet": write_geoparquet,
    "Shapefile": write_shapefile,
    "OSM XML": write_osm,
}


def write_footprints(
    path: Path,
    footprints: Footprints | FootprintBatches,
    origin: Origin,
    *,
    overwrite: bool = False,
    crs: CRS | None = None,
) -> list[Path]:
    """Write footprints in the format that the file name asks for.

    Nothing is visible under the final name before everything is written. The whole origin
    stands beside the result as `<name>.origin.json`, and inside it except in Shapefile and OSM.
    Batches are written as they come, and what is in memory does not grow with their number,
    except for an index of about 150 bytes a footprint in FlatGeobuf. The `id` counts from 1 in
    the order of the batches. How footprints are cut into batches changes nothing in the file;
    in OSM of more than half a million elements, only which file a building is in.

    Args:
        path: ends in .geojson, .json, .gpkg, .fgb, .parquet, .shp or .osm.
        footprints: what to write, whole or in batches; none gives a valid file without features.
        origin: where they come from.
        overwrite: an existing result may be replaced, with all its parts.
        crs: CRS of the file; None takes that of the footprints. GeoJSON and OSM are always
            in WGS 84.

    Returns:
        The files written, without the one of the origin: one, unless OSM needs several
        (`name_001.osm`, ...) or Shapefile has sidecars; the file to open comes first.

    Raises:
        OutputError: the ending is unknown, the format cannot hold the CRS, or writing fails.
        OutputExistsError: the result exists and `overwrite` is False.
    """
    check_outputs([path], overwrite, crs)
    batches = as_batches(footprints)
    if crs is not None:
        batches = MovedBatches(batches, crs)
    with replacing(path, overwrite) as temporary:
        _WRITERS[find_format(path)](temporary, batches, origin)
        names = sorted(file.name for file in temporary.parent.iterdir())
        origin_path(temporary).write_text(dump_origin(origin, indent=2) + "\n", encoding="utf-8")
    return [path.with_name(name) for name in sorted(names, key=lambda name: name != path.name)]
