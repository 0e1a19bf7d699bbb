"""Footprints in batches: the files say nothing of how many there were."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoseg.crs import transform_polygons
from geoseg.errors import RasterError
from geoseg.export import osm, table, write_footprints
from geoseg.export.stream import rebatch
from geoseg.types import (
    FootprintBatches,
    FootprintList,
    Footprints,
    RasterOrigin,
    as_batches,
)
from tests.export.made import METRIC, ORIGIN, batch_up, make_footprints, make_row, make_town

SUFFIXES = [".gpkg", ".fgb", ".parquet", ".shp", ".geojson", ".osm"]
TOWN = make_town(60)
WHOLE = batch_up(TOWN, []).batches[0]


def write(
    folder: Path, suffix: str, footprints: Footprints | FootprintBatches, crs: CRS | None = None
) -> dict[str, bytes]:
    """Bytes of the files of a result, by name."""
    files = write_footprints(folder / f"b{suffix}", footprints, ORIGIN, overwrite=True, crs=crs)
    return {file.name: file.read_bytes() for file in files}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_batches_give_the_same_bytes_as_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(table, "ROWS_PER_BATCH", 100)
    expected = write(tmp_path, suffix, WHOLE)
    rng = np.random.default_rng(3)
    for num_cuts in (1, 4, len(TOWN)):
        # A block cut off twice in the same place: some batches are empty.
        cuts = rng.integers(0, len(TOWN) + 1, num_cuts).tolist()
        batches = batch_up(TOWN, cuts)
        assert len(batches) == len(WHOLE) == 9 * len(TOWN)
        assert write(tmp_path, suffix, batches) == expected
    empty = batch_up([], []).batches
    padded = FootprintList((*empty, *batch_up(TOWN, [7]).batches, *empty), METRIC)
    assert write(tmp_path, suffix, padded) == expected


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet"])
def test_batches_in_another_crs_give_the_same_bytes_too(tmp_path: Path, suffix: str) -> None:
    utm = CRS.from_epsg(32645)
    expected = write(tmp_path, suffix, WHOLE, utm)
    assert write(tmp_path, suffix, batch_up(TOWN, range(1, 60)), utm) == expected


@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(1, 11), max_size=11))
def test_geojson_is_the_same_however_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, cuts: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    town = TOWN[:12]
    expected = write(folder, ".geojson", batch_up(town, []))
    assert write(folder, ".geojson", batch_up(town, cuts)) == expected


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_batches_without_a_footprint_are_an_empty_result(tmp_path: Path, suffix: str) -> None:
    expected = write(tmp_path, suffix, make_footprints())
    assert write(tmp_path, suffix, FootprintList((), METRIC)) == expected
    assert write(tmp_path, suffix, as_batches(make_footprints())) == expected


@pytest.mark.parametrize("suffix", SUFFIXES[:-1])
def test_ids_count_on_over_the_batches(tmp_path: Path, suffix: str) -> None:
    write(tmp_path, suffix, batch_up(TOWN, [1, 2, 30]))
    read = geopandas.read_parquet if suffix == ".parquet" else pyogrio.read_dataframe
    frame = read(tmp_path / f"b{suffix}").sort_values("id")
    assert frame["id"].tolist() == list(range(1, len(WHOLE) + 1))
    assert frame["area_m2"].to_numpy() == pytest.approx(WHOLE.areas_m2, abs=0.006)
    back = transform_polygons(frame.geometry.to_numpy(), CRS(frame.crs), METRIC)
    assert (shapely.hausdorff_distance(back, WHOLE.polygons) < 0.012).all()


class Interrupted:
    """Batches that end in an error after the first."""

    crs = METRIC

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __len__(self) -> int:
        return len(WHOLE)

    def __iter__(self) -> Iterator[Footprints]:
        yield TOWN[0]
        raise self.error


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("rows_per_batch", [2, 1000])
def test_an_error_in_the_batches_comes_through_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, rows_per_batch: int
) -> None:
    monkeypatch.setattr(table, "ROWS_PER_BATCH", rows_per_batch)
    write(tmp_path, suffix, make_footprints(*make_row(1)))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    for error in (RasterError("b.tif: cannot be read."), ZeroDivisionError(), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught:
            write(tmp_path, suffix, Interrupted(error))
        assert caught.value is error
        assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_osm_elements_of_many_batches_are_gathered_and_then_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osm, "MAX_ELEMENTS", 500)
    monkeypatch.setattr(osm, "_MAX_GATHERED", 1200)
    names = write(tmp_path, ".osm", batch_up(TOWN, range(1, 60)))
    assert len(names) > 6
    ids: list[str] = []
    num_nodes = num_buildings = 0
    for content in names.values():
        elements = [one for one in ElementTree.fromstring(content) if "id" in one.attrib]
        assert 0 < len(elements) < 500
        ids += [one.attrib["id"] for one in elements]
        num_nodes += sum(one.tag == "node" for one in elements)
        tags = [tag.attrib["k"] for one in elements for tag in one.iter("tag")]
        num_buildings += tags.count("building")
    assert sorted(map(int, ids)) == list(range(-len(ids), 0))
    assert num_buildings == len(WHOLE)
    # With walls shared in full: 18 nodes a row of eight, 8 a courtyard.
    assert num_nodes == 60 * (18 + 8)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=9), st.integers(1, 40))
def test_rebatching_keeps_what_there_is_and_makes_the_size(sizes: list[int], size: int) -> None:
    starts = np.cumsum([0, *sizes])
    batches = [
        Footprints(
            shapely.points(np.arange(start, start + count), 0),
            np.arange(start, start + count, dtype=np.float32),
            np.arange(start, start + count, dtype=np.float64),
            METRIC,
        )
        for start, count in zip(starts, sizes, strict=False)
    ]
    cut = list(rebatch(batches, size))
    num_whole, rest = divmod(int(starts[-1]), size)
    assert [len(one) for one in cut] == [size] * num_whole + [rest] * (rest > 0)
    places = [one.areas_m2 for one in cut]
    assert np.concatenate([np.empty(0), *places]).tolist() == list(range(starts[-1]))
    for one in cut:
        assert shapely.get_x(one.polygons).tolist() == one.scores.tolist() == one.areas_m2.tolist()


def test_each_footprint_names_the_raster_that_it_was_found_on(tmp_path: Path) -> None:
    rasters = (RasterOrigin("a.tif", "2020-05-01"), RasterOrigin("b.tif", ""))
    origin = replace(ORIGIN, raster="a.tif, b.tif", raster_date="2020-05-01", rasters=rasters)
    batches = [
        replace(one, rasters=np.full(len(one), number % 2, np.int32))
        for number, one in enumerate(TOWN[:4])
    ]
    for path in (tmp_path / "b.gpkg", tmp_path / "b.geojson"):
        crs = CRS.from_epsg(32645) if path.suffix == ".gpkg" else None
        write_footprints(path, FootprintList(tuple(batches), METRIC), origin, crs=crs)
        frame = pyogrio.read_dataframe(path, datetime_as_string=True).sort_values("id")
        assert frame["raster"].tolist() == (["a.tif"] * 9 + ["b.tif"] * 9) * 2
        dates = [str(date or "")[:10] for date in frame["date"]]
        assert dates == (["2020-05-01"] * 9 + [""] * 9) * 2
