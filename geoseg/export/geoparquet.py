"""GeoParquet, with a box for each row, so that readers can skip what lies elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.export.table import GEOMETRY, dump_origin, make_rows, make_schema
from geoseg.types import FootprintBatches, Origin

if TYPE_CHECKING:
    import pyarrow
    from numpy.typing import NDArray
    from pyproj import CRS

_BOX = "bbox"
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def write_geoparquet(path: Path, footprints: FootprintBatches, origin: Origin) -> None:
    """Write GeoParquet 1.1, geometry as WKB; the origin is the file's metadata item `geoseg`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    box_type = pa.struct([(side, pa.float64()) for side in _SIDES])
    schema = make_schema().append(pa.field(_BOX, box_type))
    extent = np.empty((0, 4))
    with pq.ParquetWriter(path, schema, compression="zstd", store_schema=False) as writer:
        for rows in make_rows(footprints, origin):
            boxes = shapely.bounds(shapely.from_wkb(rows[GEOMETRY].to_numpy(zero_copy_only=False)))
            writer.write_batch(rows.append_column(_BOX, _as_structs(boxes, box_type)))
            extent = _join_boxes(np.vstack([extent, boxes]))
        metadata = {"geo": _describe(extent, footprints.crs), "geoseg": dump_origin(origin)}
        writer.add_key_value_metadata(metadata)


def _as_structs(boxes: NDArray[np.float64], box_type: pyarrow.DataType) -> pyarrow.Array:
    import pyarrow as pa

    columns = [pa.array(np.ascontiguousarray(side)) for side in boxes.T]
    return pa.StructArray.from_arrays(columns, fields=list(box_type))


def _join_boxes(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])[None]


def _describe(extent: NDArray[np.float64], crs: CRS) -> str:
    """The metadata that makes Parquet GeoParquet; extent (1, 4), or (0, 4) of no footprints."""
    column = {
        "encoding": "WKB",
        "geometry_types": ["Polygon"] if len(extent) else [],
        "crs": crs.to_json_dict(),
        "orientation": "counterclockwise",
        "covering": {_BOX: {side: [_BOX, side] for side in _SIDES}},
    }
    if len(extent):
        column["bbox"] = extent[0].tolist()
    return json.dumps(
        {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    )
