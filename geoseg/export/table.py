"""The attributes that every footprint carries into a file."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.export.stream import rebatch
from geoseg.types import FootprintBatches, Footprints, Origin

if TYPE_CHECKING:
    import pyarrow

GEOMETRY = "geometry"

ROWS_PER_BATCH = 2048
"""Rows that are in memory at once, a few MB, and of a row group of GeoParquet."""


def make_schema() -> pyarrow.Schema:
    """Columns of every table.

    `id` (int64, from 1), `score` (4 decimals, or null), `area_m2` (2 decimals), `geoseg`, `model`,
    `weights` (first 12 hex digits), `raster`, `date`, `geometry` (WKB). Names have at most ten
    ASCII characters, which is what a Shapefile holds.
    """
    import pyarrow as pa

    texts = [(name, pa.string()) for name in ("geoseg", "model", "weights", "raster", "date")]
    return pa.schema(
        [
            ("id", pa.int64()),
            ("score", pa.float64()),
            ("area_m2", pa.float64()),
            *texts,
            (GEOMETRY, pa.binary()),
        ]
    )


def make_rows(batches: FootprintBatches, origin: Origin) -> Iterator[pyarrow.RecordBatch]:
    """Attributes and geometry of footprints, `ROWS_PER_BATCH` at a time, however they came."""
    import pyarrow as pa

    first_id = 1
    for batch in rebatch(batches, ROWS_PER_BATCH):
        columns = {
            name: pa.repeat(pa.scalar(values), len(batch)) if isinstance(values, str) else values
            for name, values in make_attributes(batch, origin, first_id).items()
        }
        # Null where there is none, as of a building that somebody drew.
        columns["score"] = pa.array(columns["score"], from_pandas=True)
        columns[GEOMETRY] = pa.array(shapely.to_wkb(batch.polygons), type=pa.binary())
        yield pa.record_batch(columns, schema=make_schema())
        first_id += len(batch)


def make_attributes(
    footprints: Footprints, origin: Origin, first_id: int = 1
) -> dict[str, np.ndarray | str]:
    """Attributes by name: an array (N,), or one text that all footprints share."""
    raster: np.ndarray | str = origin.raster
    date: np.ndarray | str = origin.raster_date
    if footprints.rasters is not None:
        raster = np.array([one.name for one in origin.rasters], dtype=object)[footprints.rasters]
        date = np.array([one.date for one in origin.rasters], dtype=object)[footprints.rasters]
    scores, areas_m2 = round_values(footprints)
    return {
        "id": np.arange(first_id, first_id + len(footprints), dtype=np.int64),
        "score": scores,
        "area_m2": areas_m2,
        "geoseg": origin.geoseg_version,
        "model": origin.model,
        "weights": origin.weights_sha256[:12],
        "raster": raster,
        "date": date,
    }


def round_values(footprints: Footprints) -> tuple[np.ndarray, np.ndarray]:
    """Scores to 4 decimals and areas in m2 to 2: float64 (N,) both."""
    return np.round(footprints.scores.astype(np.float64), 4), np.round(footprints.areas_m2, 2)


def describe_origin(origin: Origin) -> dict[str, object]:
    """The whole origin as plain values."""
    values = dataclasses.asdict(origin)
    if not origin.rasters:
        del values["rasters"]
    return values


def dump_origin(origin: Origin, indent: int | None = None) -> str:
    """The whole origin as JSON text, keys in order."""
    return json.dumps(describe_origin(origin), indent=indent, sort_keys=True)
