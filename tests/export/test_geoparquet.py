from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import CRS

from geoseg.export import table, write_footprints
from tests.export.made import METRIC, ORIGIN, batch_up, make_footprints, make_town

TOWN = make_town(40)
WHOLE = batch_up(TOWN, []).batches[0]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A town in row groups of 50."""
    monkeypatch.setattr(table, "ROWS_PER_BATCH", 50)
    write_footprints(tmp_path / "b.parquet", batch_up(TOWN, range(0, 40, 3)), ORIGIN)
    return tmp_path / "b.parquet"


def test_row_groups_have_one_size_however_the_batches_came(path: Path) -> None:
    metadata = pq.read_metadata(path)
    sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    assert sizes == [50] * 7 + [10]


def test_metadata_are_those_of_geoparquet(path: Path) -> None:
    geo = json.loads(pq.read_schema(path).metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert column["bbox"] == shapely.total_bounds(WHOLE.polygons).tolist()
    assert column["geometry_types"] == ["Polygon"]
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert CRS.from_json_dict(column["crs"]) == METRIC


def test_box_of_each_row_is_that_of_its_polygon(path: Path) -> None:
    boxes = pq.read_table(path, columns=["bbox"])["bbox"].combine_chunks().flatten()
    assert np.column_stack(boxes).tolist() == shapely.bounds(WHOLE.polygons).tolist()


def test_readers_find_what_lies_in_a_place_and_skip_the_rest(path: Path) -> None:
    # The second row of blocks: 20 of 40, in some of the row groups.
    west, south, east, north = 0.0, 50.0, 3000.0, 80.0
    inside = shapely.intersects(WHOLE.polygons, shapely.box(west, south, east, north))
    assert 0 < inside.sum() < len(WHOLE)
    frame = geopandas.read_parquet(path, bbox=(west, south, east, north))
    assert frame["id"].tolist() == (np.flatnonzero(inside) + 1).tolist()
    is_there = (ds.field("bbox", "ymax") >= south) & (ds.field("bbox", "ymin") <= north)
    (fragment,) = ds.dataset(path).get_fragments()
    num_groups = len(fragment.row_groups)
    assert 0 < len(fragment.subset(filter=is_there).row_groups) < num_groups


def test_an_empty_file_has_no_extent(tmp_path: Path) -> None:
    write_footprints(tmp_path / "b.parquet", make_footprints(), ORIGIN)
    geo = json.loads(pq.read_schema(tmp_path / "b.parquet").metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert "bbox" not in column
    assert column["geometry_types"] == []
    assert len(geopandas.read_parquet(tmp_path / "b.parquet")) == 0
