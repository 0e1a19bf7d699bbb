"""Buildings that `geoseg predict --live` tells of while it goes on, and what it says at the end."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from affine import Affine
from click.testing import CliRunner, Result
from numpy.typing import NDArray
from pyproj import CRS

import geoseg.tiles
from geoseg.cli import live
from geoseg.cli.main import cli
from geoseg.types import Detection
from tests.bright import BrightDetector, load_bright_detector, make_scene, write_raster
from tests.cli.refusal import assert_refused

LOAD = "geoseg.detections.detector.load_detector"
ROOFS = [(y, x, y + 50, x + 60) for y in range(20, 620, 110) for x in range(15, 600, 130)]


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan = functools.partial(geoseg.tiles.ShardPlan, tiles_per_side=1)
    monkeypatch.setattr(geoseg.tiles, "ShardPlan", plan)
    monkeypatch.setattr(LOAD, load_bright_detector)
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    """A raster of 9 shards and 30 buildings."""
    return write_raster(tmp_path / "town.tif", make_scene((700, 700), ROOFS))


def run(*arguments: object) -> Result:
    words = ["predict", *map(str, arguments), "--progress", "json", "--live"]
    return CliRunner().invoke(cli, words)


def read_events(result: Result, kind: str) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in result.stdout.splitlines()]
    return [event for event in events if event["event"] == kind]


def read_footprints(result: Result) -> list[dict[str, Any]]:
    return [one for event in read_events(result, "footprints") for one in event["footprints"]]


def assert_same_as_file(told: list[dict[str, Any]], path: Path, num_buildings: int) -> None:
    table = geopandas.read_file(path)
    assert [one["id"] for one in told] == table["id"].tolist() == [*range(1, num_buildings + 1)]
    assert [one["score"] for one in told] == table["score"].tolist()
    assert [one["area_m2"] for one in told] == table["area_m2"].tolist()
    shapes = shapely.from_wkb([one["wkb"] for one in told])
    assert shapely.equals_exact(shapes, table.geometry.to_numpy()).all()
    assert shapely.is_ccw(shapely.get_exterior_ring(shapes)).all()


def test_buildings_are_told_as_they_come_with_the_ids_of_the_files(raster: Path) -> None:
    result = run(raster, "-o", "b.gpkg")
    assert result.exit_code == 0, result.stderr
    events = read_events(result, "footprints")
    assert len(events) > 3
    assert {event["crs"] for event in events} == {"EPSG:32636"}
    assert_same_as_file(read_footprints(result), Path("b.gpkg"), 30)
    # Some before the last tile.
    kinds = [json.loads(line)["event"] for line in result.stdout.splitlines()]
    assert kinds.index("footprints") < kinds.index("finish")
    assert kinds[-1] == "result"


def test_a_line_holds_no_more_than_a_bound(raster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MAX_PER_LINE", 2)
    result = run(raster, "-o", "b.gpkg")
    sizes = [len(event["footprints"]) for event in read_events(result, "footprints")]
    assert max(sizes) == 2
    assert_same_as_file(read_footprints(result), Path("b.gpkg"), 30)


def test_a_crs_without_a_code_is_told_as_text_on_one_line(tmp_path: Path) -> None:
    crs = CRS.from_proj4("+proj=laea +lat_0=60 +lon_0=33 +datum=WGS84 +units=m +no_defs")
    place = Affine(0.3, 0, 100, 0, -0.3, 200)
    path = write_raster(
        tmp_path / "own.tif", make_scene((700, 700), ROOFS), crs=crs.to_wkt(), transform=place
    )
    result = run(path, "-o", "b.gpkg")
    (text,) = {event["crs"] for event in read_events(result, "footprints")}
    assert text.startswith("PROJCRS[")
    assert CRS.from_wkt(text).equals(crs, ignore_axis_order=True)
    assert_same_as_file(read_footprints(result), Path("b.gpkg"), 30)


def test_a_run_that_goes_on_tells_of_all_buildings(
    raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(BrightDetector):
        def detect(self, images: NDArray[np.uint8], windows: Any = None) -> list[list[Detection]]:
            if sum(self.num_seen) == 5:
                raise KeyboardInterrupt
            return super().detect(images, windows)

    with monkeypatch.context() as patch:
        patch.setattr(LOAD, lambda *_, **__: Interrupted())
        first = run(raster, "-o", "b.gpkg")
    assert first.exit_code == 130
    before = read_footprints(first)
    result = run(raster, "-o", "b.gpkg", "--resume")
    assert result.exit_code == 0
    told = read_footprints(result)
    assert_same_as_file(told, Path("b.gpkg"), 30)
    assert 0 < len(before) < len(told)
    assert told[: len(before)] == before


def test_live_needs_events(raster: Path) -> None:
    result = CliRunner().invoke(cli, ["predict", str(raster), "-o", "b.gpkg", "--live"])
    assert result.exit_code == 2
    assert "--live goes with --progress json" in result.stderr


def write_second(tmp_path: Path) -> Path:
    place = Affine(0.3, 0, 500_100, 0, -0.3, 6_650_000)
    return write_raster(tmp_path / "west.tif", make_scene(), transform=place)


def test_a_folder_gets_each_raster_told_after_its_event(raster: Path, tmp_path: Path) -> None:
    Path("results").mkdir()
    result = run(raster, write_second(tmp_path), "-o", "results/", "--format", "gpkg")
    assert result.exit_code == 0, result.stderr
    parts: list[list[dict[str, Any]]] = []
    for line in result.stdout.splitlines():
        event = json.loads(line)
        if event["event"] == "raster":
            parts.append([])
        elif event["event"] == "footprints":
            parts[-1] += event["footprints"]
    assert [len(part) for part in parts] == [30, 5]
    assert_same_as_file(parts[0], Path("results/town_buildings.gpkg"), 30)
    assert_same_as_file(parts[1], Path("results/west_buildings.gpkg"), 5)
    assert "origin" not in read_events(result, "result")[0]


def test_one_result_of_several_rasters_cannot_be_told_live(raster: Path, tmp_path: Path) -> None:
    words = ["predict", str(raster), str(write_second(tmp_path)), "-o", "b.gpkg", "--live"]
    result = CliRunner().invoke(cli, [*words, "--progress", "json"])
    assert json.loads(result.stdout)["event"] == "error"
    result.stdout_bytes = b""
    assert_refused(result, "live of one raster at a time, so results go to a folder")
    assert list(Path().iterdir()) == []


def test_the_result_says_where_it_comes_from(raster: Path, tmp_path: Path) -> None:
    words = ["predict", str(raster), "-o", "b.geojson", "--progress", "json"]
    result = CliRunner().invoke(cli, words)
    (told,) = read_events(result, "result")
    assert told["origin"] == json.loads(Path("b.geojson.origin.json").read_text())
    assert told["origin"]["raster"] == "town.tif"
    words = ["predict", str(raster), str(write_second(tmp_path)), "-o", "all.gpkg"]
    result = CliRunner().invoke(cli, [*words, "--progress", "json"])
    (told,) = read_events(result, "result")
    assert told["origin"] == json.loads(Path("all.gpkg.origin.json").read_text())
    assert [one["name"] for one in told["origin"]["rasters"]] == ["town.tif", "west.tif"]
