"""GeoJSON as RFC 7946 wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from shapely import MultiPolygon

from geoseg.export.table import dump_origin, make_attributes
from geoseg.export.wgs84 import UNITS_PER_DEGREE, round_to_grid
from geoseg.types import FootprintBatches, Footprints, Origin


def write_geojson(path: Path, footprints: FootprintBatches, origin: Origin) -> None:
    """Write a FeatureCollection, one feature a line.

    WGS 84 longitude and latitude with 7 decimals, exteriors counter-clockwise, no `crs`
    member; a footprint across the antimeridian is a MultiPolygon cut there. The origin is the
    foreign member `geoseg` of the collection.
    """
    separator, first_id = "\n", 1
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"type":"FeatureCollection","geoseg":{dump_origin(origin)},"features":[')
        for batch in footprints:
            for feature in _make_features(batch, origin, first_id):
                file.write(separator + feature)
                separator = ",\n"
            first_id += len(batch)
        file.write("\n]}\n")


def _make_features(footprints: Footprints, origin: Origin, first_id: int) -> Iterator[str]:
    """Features of one batch as JSON; neighbours, which share nodes, are never in another."""
    grid = round_to_grid(footprints)
    in_degrees = shapely.transform(grid.polygons, lambda points: points / UNITS_PER_DEGREE)
    owners, first, num_parts = np.unique(grid.owners, return_index=True, return_counts=True)
    geometries = in_degrees[first]
    for index in np.flatnonzero(num_parts > 1).tolist():
        geometries[index] = MultiPolygon(list(in_degrees[grid.owners == owners[index]]))
    attributes = {
        name: values if isinstance(values, str) else values[owners].tolist()
        for name, values in make_attributes(footprints, origin, first_id).items()
    }
    # JSON knows no nan: a building that somebody drew has no score.
    scores = attributes["score"]
    attributes["score"] = [None if np.isnan(score) else score for score in scores]
    for index, geometry in enumerate(shapely.to_geojson(geometries)):
        properties = {
            name: values if isinstance(values, str) else values[index]
            for name, values in attributes.items()
        }
        yield (f'{{"type":"Feature","properties":{json.dumps(properties)},"geometry":{geometry}}}')
