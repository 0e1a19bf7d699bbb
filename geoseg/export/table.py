"""The attributes that every footprint carries into a file."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.types import Footprints, Origin

if TYPE_CHECKING:
    import pyarrow

GEOMETRY = "geometry"


def make_table(footprints: Footprints, origin: Origin) -> pyarrow.Table:
    """Attributes and geometry of footprints as columns.

    Names have at most ten ASCII characters, which is what a Shapefile holds.

    Returns:
        Columns `id` (int64, from 1), `score` (4 decimals), `area_m2` (2 decimals), `geoseg`,
        `model`, `weights` (first 12 hex digits), `raster`, `date`, `geometry` (WKB).
    """
    import pyarrow as pa

    size = len(footprints)
    attributes = make_attributes(footprints, origin)
    columns = {
        name: pa.array(
            [values] * size if isinstance(values, str) else values,
            type=pa.string() if isinstance(values, str) else None,
        )
        for name, values in attributes.items()
    }
    columns[GEOMETRY] = pa.array(shapely.to_wkb(footprints.polygons), type=pa.binary())
    return pa.table(columns)


def make_attributes(footprints: Footprints, origin: Origin) -> dict[str, np.ndarray | str]:
    """Attributes by name: an array (N,), or one text that all footprints share."""
    return {
        "id": np.arange(1, len(footprints) + 1, dtype=np.int64),
        "score": np.round(footprints.scores.astype(np.float64), 4),
        "area_m2": np.round(footprints.areas_m2, 2),
        "geoseg": origin.geoseg_version,
        "model": origin.model,
        "weights": origin.weights_sha256[:12],
        "raster": origin.raster,
        "date": origin.raster_date,
    }


def dump_origin(origin: Origin, indent: int | None = None) -> str:
    """The whole origin as JSON text, keys in order."""
    return json.dumps(dataclasses.asdict(origin), indent=indent, sort_keys=True)
