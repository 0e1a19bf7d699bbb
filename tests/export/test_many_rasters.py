"""Results of several rasters: each footprint names its own."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS

from geoseg.export.stream import MovedBatches, rebatch
from geoseg.export.table import dump_origin, make_attributes, make_rows
from geoseg.types import FootprintList, Footprints, RasterOrigin
from tests.export.made import ORIGIN

UTM = CRS.from_epsg(32645)
MANY = replace(
    ORIGIN,
    raster="a.tif, b.tif",
    raster_date="2023-01-02/2024-05-06",
    rasters=(RasterOrigin("a.tif", "2023-01-02"), RasterOrigin("b.tif", "2024-05-06")),
)


def make_batches(*rasters: list[int]) -> FootprintList:
    return FootprintList(tuple(make_batch(np.array(some, np.int32)) for some in rasters), UTM)


def make_batch(rasters: np.ndarray) -> Footprints:
    size = len(rasters)
    x = 500_000 + 20.0 * np.arange(size)
    boxes = shapely.box(x, 3_000_000, x + 10, 3_000_010)
    return Footprints(boxes, np.ones(size, np.float32), np.full(size, 100.0), UTM, rasters)


def test_each_row_has_the_name_and_the_date_of_its_raster() -> None:
    rows = pa.Table.from_batches(make_rows(make_batches([0, 1], [1]), MANY))
    assert rows["raster"].to_pylist() == ["a.tif", "b.tif", "b.tif"]
    assert rows["date"].to_pylist() == ["2023-01-02", "2024-05-06", "2024-05-06"]


def test_of_one_raster_all_share_its_name() -> None:
    batch = replace(make_batch(np.zeros(2, np.int32)), rasters=None)
    attributes = make_attributes(batch, ORIGIN)
    assert (attributes["raster"], attributes["date"]) == (ORIGIN.raster, ORIGIN.raster_date)


def test_rasters_stay_with_their_footprints_however_batches_are_cut() -> None:
    batches = MovedBatches(make_batches([0, 1, 1], [0], [1, 0, 1]), CRS.from_epsg(4326))
    cut = list(rebatch(batches, 2))
    assert [len(batch) for batch in cut] == [2, 2, 2, 1]
    assert np.concatenate([batch.rasters for batch in cut]).tolist() == [0, 1, 1, 0, 1, 0, 1]  # type: ignore[misc]


def test_the_origin_lists_rasters_only_where_there_are_several() -> None:
    assert "rasters" not in json.loads(dump_origin(ORIGIN))
    assert json.loads(dump_origin(MANY))["rasters"] == [
        {"name": "a.tif", "date": "2023-01-02"},
        {"name": "b.tif", "date": "2024-05-06"},
    ]
