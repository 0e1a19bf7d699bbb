"""`geoseg export`: footprints that people have drawn or reviewed, in other formats."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner, Result
from numpy.typing import NDArray

import geoseg
from geoseg.cli.main import cli
from geoseg.export import write_footprints
from geoseg.types import Footprints, Origin
from tests.bright import UTM
from tests.cli.events import read_result_keys
from tests.cli.refusal import assert_refused

ORIGIN = Origin(
    "0.0.9", "small", "ab" * 32, "town.tif", "2021-03-04", "2021-05-06T07:08:09+00:00", {"a.b": 1}
)
FORMATS = ["b.gpkg", "b.geojson", "b.fgb", "b.parquet", "b.shp"]


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["export", *map(str, arguments)])


def make_row(num_houses: int) -> NDArray[np.object_]:
    """Houses of 80 m2 that share walls, in UTM."""
    x = 500_000 + 10.0 * np.arange(num_houses)
    boxes: NDArray[np.object_] = shapely.box(x, 6_650_000, x + 10, 6_650_008)
    return boxes


def write_result(path: str, polygons: NDArray[np.object_]) -> None:
    scores = np.linspace(0.95, 0.5, len(polygons)).astype(np.float32)
    found = Footprints(polygons, scores, shapely.area(polygons), UTM)
    write_footprints(Path(path), found, ORIGIN)


def draw(path: str, polygons: Any, **columns: Any) -> Path:
    """A file as people make them in a GIS."""
    geopandas.GeoDataFrame(columns, geometry=list(polygons), crs=UTM).to_file(path)
    return Path(path)


def read_origin(name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(Path(f"{name}.origin.json").read_text())
    return values


@pytest.mark.parametrize("source", FORMATS)
def test_a_result_keeps_its_buildings_and_its_origin(source: str) -> None:
    write_result(source, make_row(4))
    result = run(source, "-o", "out.gpkg", "-o", "out.geojson")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "4 buildings: out.gpkg, out.geojson\n"
    table = geopandas.read_file("out.gpkg")
    # FlatGeobuf has an order of its own, and GeoJSON another CRS.
    assert sorted(table["score"]) == [0.5, 0.65, 0.8, 0.95]
    assert table["id"].tolist() == [1, 2, 3, 4]
    assert table["area_m2"].to_numpy() == pytest.approx(80, rel=5e-3)
    if not source.endswith(("json", "fgb")):
        same = shapely.equals_exact(table.geometry.to_numpy(), make_row(4), normalize=True)
        assert same.all()
    origin = read_origin("out.gpkg")
    assert origin["config"] == {"a.b": 1, "export.input": source}
    assert (origin["model"], origin["raster"], origin["created"]) == (
        "small", "town.tif", "2021-05-06T07:08:09+00:00",
    )  # fmt: skip


@pytest.mark.parametrize("source", FORMATS[:4])
def test_an_origin_inside_of_a_file_is_found_without_the_one_beside_it(source: str) -> None:
    write_result(source, make_row(2))
    Path(f"{source}.origin.json").unlink()
    assert run(source, "-o", "out.osm").exit_code == 0
    assert read_origin("out.osm")["model"] == "small"


def test_a_drawing_says_what_is_known_of_it_and_has_no_scores() -> None:
    draw("drawn.gpkg", make_row(3), review=["accepted", "rejected", "accepted"])
    Path("drawn.gpkg.origin.json").write_text('{"not": "ours"}')
    words = ["--where", "review = 'accepted'"]
    result = run("drawn.gpkg", *words, *(word for name in FORMATS for word in ("-o", name)))
    assert result.exit_code == 0, result.stderr
    assert read_origin("b.gpkg") == {
        "geoseg_version": geoseg.__version__, "model": "", "weights_sha256": "", "raster": "",
        "raster_date": "", "created": "2023-11-14T22:13:20+00:00",
        "config": {"export.input": "drawn.gpkg", "export.where": "review = 'accepted'"},
    }  # fmt: skip
    for name in FORMATS:
        read = geopandas.read_parquet if name.endswith("parquet") else geopandas.read_file
        assert read(name)["score"].isna().tolist() == [True, True]
    features = json.loads(Path("b.geojson").read_text())["features"]
    assert [one["properties"]["score"] for one in features] == [None, None]


def test_what_is_asked_for_is_kept_and_the_rest_counted(repository: Path) -> None:
    polygons = [*make_row(4), shapely.box(500_100, 6_650_000, 500_102, 6_650_002)]
    draw("drawn.gpkg", polygons, score=[0.9, 0.2, 0.5, None, 0.9])
    words = ["--score", "0.5", "--min-area", "10", "--progress", "json"]
    result = run("drawn.gpkg", "-o", "b.gpkg", *words)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events] == ["start", "progress", "finish", "result"]
    assert set(events[-1]) == read_result_keys(repository, "export")
    assert (events[-1]["buildings"], events[-1]["left_out"]) == (3, 2)
    assert events[-1]["outputs"] == ["b.gpkg"]
    # What somebody has drawn has no score, and is kept.
    assert geopandas.read_file("b.gpkg")["score"].fillna(-1).tolist() == [0.9, 0.5, -1]
    assert read_origin("b.gpkg")["config"]["export.score"] == 0.5


def test_an_area_is_measured_and_not_believed() -> None:
    draw("edited.gpkg", make_row(1), area_m2=[1234.0], score=[0.9])
    run("edited.gpkg", "-o", "b.geojson")
    (feature,) = json.loads(Path("b.geojson").read_text())["features"]
    assert feature["properties"]["area_m2"] == pytest.approx(80, rel=1e-3)


def test_parts_become_buildings_and_crossed_outlines_are_repaired() -> None:
    bow = shapely.Polygon([(500_000, 6_650_000), (500_010, 6_650_010), (500_010, 6_650_000),
                           (500_000, 6_650_010)])  # fmt: skip
    two = shapely.MultiPolygon(list(shapely.box([500_050, 500_090], 6_650_000, [500_060, 500_099],
                                                6_650_008)))  # fmt: skip
    overlapping = shapely.box(500_055, 6_650_000, 500_070, 6_650_008)
    draw("drawn.gpkg", [bow, two, overlapping])
    result = run("drawn.gpkg", "-o", "b.gpkg")
    assert result.stderr.splitlines() == [
        "geoseg: warning: drawn.gpkg: 1 buildings had outlines that cross themselves, and were "
        "repaired.",
        "5 buildings: b.gpkg",
    ]
    table = geopandas.read_file("b.gpkg")
    assert table.is_valid.all()
    # Nothing is cut where buildings overlap.
    assert sorted(table.area.round()) == [25, 25, 72, 80, 120]


def test_of_several_layers_the_first_is_taken_and_said() -> None:
    for layer, count in (("east", 1), ("west", 2)):
        table = geopandas.GeoDataFrame(geometry=list(make_row(count)), crs=UTM)
        pyogrio.write_dataframe(table, "drawn.gpkg", layer=layer)
    result = run("drawn.gpkg", "-o", "b.gpkg")
    assert "the layer east is exported; --layer chooses another of west" in result.stderr
    assert "1 buildings" in result.stderr
    result = run("drawn.gpkg", "-o", "c.gpkg", "--layer", "west")
    assert result.stderr == "2 buildings: c.gpkg\n"
    assert_refused(run("drawn.gpkg", "-o", "d.gpkg", "--layer", "north"), "one of east, west; got")


def test_first_wrong_steps_are_one_line() -> None:
    source = draw("drawn.gpkg", make_row(2), review=["accepted", "rejected"])
    assert_refused(run("absent.gpkg", "-o", "b.osm"), "absent.gpkg: no such file")
    assert_refused(run(source, "-o", "b.doc"), "must end in")
    assert_refused(run(source, "-o", source), "exists")
    assert_refused(run(source, "-o", source, "--overwrite"), "must not replace an input")
    assert_refused(run(source, "-o", "b.osm", "--score", "0.5"), "must have scores to choose by")
    where = run(source, "-o", "b.osm", "--where", "revue = 'accepted'")
    assert_refused(where, "must be SQL on its columns (review); got revue")
    result = run(source)
    assert (result.exit_code, result.stdout) == (2, "")
    assert list(Path().iterdir()) == [source]


def test_nothing_gives_valid_files() -> None:
    draw("drawn.gpkg", make_row(2), review=["accepted", "rejected"])
    outputs = ["-o", "b.osm", "-o", "b.geojson", "-o", "b.parquet"]
    result = run("drawn.gpkg", *outputs, "--where", "review = 'edited'")
    assert result.stderr.startswith("0 buildings: ")
    assert json.loads(Path("b.geojson").read_text())["features"] == []
    assert ElementTree.parse("b.osm").getroot().tag == "osm"


def test_neighbours_stay_in_one_batch_and_share_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoseg.conversion._BATCH_SIZE", 2)
    order = [0, 3, 1, 4, 2, 5]
    rows = np.concatenate([make_row(3), shapely.transform(make_row(3), lambda xy: xy + [0, 90])])
    draw("drawn.gpkg", rows[order])
    assert run("drawn.gpkg", "-o", "b.osm", "-o", "b.gpkg").exit_code == 0
    # Of each row, four walls of two nodes.
    assert len(ElementTree.parse("b.osm").getroot().findall("node")) == 16
    assert geopandas.read_file("b.gpkg").geometry.centroid.y.diff().gt(1).sum() == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("josm") is None, reason="JOSM is not installed")
def test_josm_has_neither_errors_nor_warnings() -> None:
    yard = shapely.box(500_200, 6_650_000, 500_230, 6_650_030)
    yard = yard.difference(shapely.box(500_210, 6_650_010, 500_220, 6_650_020))
    draw("drawn.gpkg", [*make_row(12), yard, shapely.box(500_230, 6_650_004, 500_240, 6_650_014)])
    assert run("drawn.gpkg", "-o", "b.osm").exit_code == 0
    command = ["josm", "validate", "--input", "b.osm", "--output", "report.geojson"]
    subprocess.run(command, check=True, capture_output=True)
    findings = [
        feature["properties"]
        for line in Path("report.geojson").read_text().replace("\x1e", "").splitlines()
        for feature in json.loads(line)["features"]
    ]
    assert [one for one in findings if one.get("severity") in ("Errors", "Warnings")] == []
