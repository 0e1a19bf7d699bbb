from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from affine import Affine
from click.testing import CliRunner, Result
from PIL import Image

from geoseg.cli.main import cli
from geoseg.crs import WGS84, transform_polygons
from geoseg.detections.detector import load_detector
from tests.bright import (
    PLACE,
    UTM,
    BrightDetector,
    assert_same_buildings,
    damage_block,
    load_bright_detector,
    make_scene,
    place_roofs,
    write_raster,
)
from tests.cli.events import read_result_keys
from tests.cli.refusal import assert_refused


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "town.tif", make_scene())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["predict", *map(str, arguments)])


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading the model, which takes seconds, is a failure."""

    def load(*_: object, **__: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr("geoseg.detections.detector.load_detector", load)


def test_every_output_holds_the_same_buildings(raster: Path) -> None:
    endings = ["geojson", "gpkg", "fgb", "parquet", "shp", "osm"]
    outputs = [word for ending in endings for word in ("-o", f"b.{ending}")]
    result = run(raster, *outputs, "--preview", "b.png")
    assert (result.exit_code, result.stdout) == (0, "")
    assert re.fullmatch(
        r"5 buildings, 0\.0125 km2, [\d.]+ s, [\d.e+]+ km2/h: b\.geojson, b\.gpkg, b\.fgb, "
        r"b\.parquet, b\.shp, .*b\.osm, b\.png\n",
        result.stderr,
    )
    for ending in endings[:-1]:
        read = geopandas.read_parquet if ending == "parquet" else geopandas.read_file
        table = read(f"b.{ending}")
        assert table.crs.to_epsg() == (4326 if ending == "geojson" else 32636)
        found = table.to_crs("OGC:CRS84").geometry
        # A Shapefile's rings run the other way round.
        assert_same_buildings(shapely.orient_polygons(found) if ending == "shp" else found,
                              place_roofs())  # fmt: skip
    osm = Path("b.osm").read_text()
    assert osm.count('<tag k="building" v="yes"/>') == 5
    assert 'upload="never"' in osm
    with Image.open("b.png") as picture:
        assert picture.width > 420


def test_the_output_is_named_after_the_raster_by_default(raster: Path) -> None:
    assert run(raster).exit_code == 0
    assert {path.name for path in Path().iterdir()} == {
        "town_buildings.geojson",
        "town_buildings.geojson.origin.json",
    }


def test_quiet_says_nothing(raster: Path) -> None:
    result = run(raster, "-q", "--preview", "b.png")
    assert (result.exit_code, result.output) == (0, "")


def test_events_end_with_the_result(raster: Path, repository: Path) -> None:
    result = run(raster, "-o", "b.gpkg", "--progress", "json", "-q")
    assert (result.exit_code, result.stderr) == (0, "")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events if event["event"] != "progress"] == [
        "start",
        "finish",
        "result",
    ]
    assert events[0]["stage"] == "tiles"
    assert events[0]["total"] == events[-2]["done"] == events[-1]["tiles"]
    assert set(events[-1]) == read_result_keys(repository, "predict")
    assert events[-1]["buildings"] == 5
    assert events[-1]["outputs"] == ["b.gpkg"]


def test_a_failure_ends_the_events_with_an_error(raster: Path) -> None:
    raster.write_bytes(raster.read_bytes()[:100_000])
    result = run(raster, "--progress", "json")
    assert result.exit_code == 1
    last = json.loads(result.stdout.splitlines()[-1])
    assert last["event"] == "error"
    assert "damaged or cut off" in last["message"]


def test_a_warning_is_one_line_and_one_event(tmp_path: Path) -> None:
    coarse = write_raster(
        tmp_path / "a.tif", make_scene(), transform=Affine(2, 0, 500_000, 0, -2, 6_650_000)
    )
    result = run(coarse, "--progress", "json", "-q")
    assert result.exit_code == 0
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"geoseg: warning: {coarse}: pixels of 2 m are far from")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events].count("warning") == 1
    asked_for = run(coarse, "--gsd", 1, "-o", "b.gpkg", "-q").output
    assert "far from" not in asked_for
    assert asked_for.startswith(f"geoseg: warning: {coarse.name}: read at 1 m per pixel")
    assert len(asked_for.splitlines()) == 1


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        (["-o", "gone/b.gpkg"], "the folder gone must exist"),
        (["-o", "b.dxf"], "the name must end in .geojson"),
        (["-o", "b"], "the name must end in .geojson"),
        (["-o", "b.gpkg", "-o", "./b.gpkg"], "each output must have its own name"),
        (["-o", "folder.gpkg"], "an output must be a file; got a folder"),
        (["-o", "old.gpkg"], "old.gpkg exists"),
        (["-o", "b.gpkg", "--preview", "b.tiff"], "a preview must end in .png"),
        (["-o", "b.gpkg", "--preview", "gone/b.png"], "the folder gone must exist"),
        (["-o", "b.gpkg", "--preview", "old.png"], "old.png exists"),
    ],
)
@pytest.mark.usefixtures("no_model")
def test_a_bad_output_is_refused_before_the_work(
    outputs: list[str], reason: str, raster: Path
) -> None:
    Path("folder.gpkg").mkdir()
    for name in ("old.gpkg", "old.png"):
        Path(name).write_text("old")
    assert_refused(run(raster, *outputs), reason)
    assert {path.name for path in Path().iterdir()} == {"folder.gpkg", "old.gpkg", "old.png"}
    assert Path("old.gpkg").read_text() == "old"


@pytest.mark.parametrize("option", ["-o", "--preview"])
@pytest.mark.usefixtures("no_model")
def test_an_unwritable_folder_is_refused_before_the_work(
    option: str, raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In place of `chmod`, which does not bind the superuser.
    Path("locked").mkdir()
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "locked")
    name = "locked/b.gpkg" if option == "-o" else "locked/b.png"
    assert_refused(run(raster, option, name), "the folder locked must be writable")


@pytest.mark.parametrize("inputs", [["r.gpkg"], ["town.tif", "--aoi", "r.gpkg"]])
@pytest.mark.usefixtures("no_model")
def test_an_output_never_replaces_an_input(inputs: list[str], raster: Path) -> None:
    raster.rename("town.tif")
    Path("r.gpkg").write_text("precious")
    assert_refused(run(*inputs, "-o", "r.gpkg", "--overwrite"), "must not replace an input")
    assert Path("r.gpkg").read_text() == "precious"


def test_an_old_result_is_replaced_when_asked(raster: Path) -> None:
    assert run(raster, "-o", "b.gpkg", "--min-area", 300).exit_code == 0
    assert len(geopandas.read_file("b.gpkg")) == 3
    assert_refused(run(raster, "-o", "b.gpkg"), "b.gpkg exists; ask to overwrite it")
    assert run(raster, "-o", "b.gpkg", "--overwrite").exit_code == 0
    assert len(geopandas.read_file("b.gpkg")) == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ["--score", "2"],
        ["--bbox", "5,5,4,6"],
        ["--bands", "1,2"],
        ["--batch-size", "0"],
        ["--overlap", "-1"],
        ["--progress", "loud"],
        ["--nonsense"],
    ],
)
@pytest.mark.usefixtures("no_model")
def test_a_wrong_option_is_a_usage_error(arguments: list[str], raster: Path) -> None:
    result = run(raster, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert arguments[0] in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--crs", "EPSG:0"], "crs must be an authority code"),
        (["--overlap", "300"], "below tile_size_px; got 300 and 300"),
        (["--bands", "1,2,9"], "bands must be within the raster's 3; got 9"),
        (["--gsd", "0"], "gsd_m must be above 0"),
        (["--scale", "5,5"], "scale must be LO,HI with LO < HI"),
    ],
)
@pytest.mark.usefixtures("no_model")
def test_a_value_that_does_not_fit_is_one_line(
    arguments: list[str], reason: str, raster: Path
) -> None:
    assert_refused(run(raster, *arguments), reason)


@pytest.mark.parametrize("name", ["text.npz", "cut.npz", "gone.npz", "model.onnx"])
@pytest.mark.usefixtures("no_model")
def test_bad_weights_are_named_before_the_work(name: str, raster: Path) -> None:
    Path("text.npz").write_text("not weights")
    np.savez("cut.npz", a=np.zeros(1000, np.float32))
    Path("cut.npz").write_bytes(Path("cut.npz").read_bytes()[:2000])
    assert_refused(run(raster, "--weights", name), name)


def test_an_absent_gpu_is_one_line(raster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_detector)
    monkeypatch.setattr("geoseg.detections.device.list_gpus", list)
    assert_refused(run(raster, "--device", "gpu"), "it sees none")
    assert_refused(run(raster, "--device", "tpu"), "device must be auto, cpu, gpu or gpu:N")


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_the_folder_of_the_raster_is_left_as_it_is(dtype: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    raster = write_raster(folder / "town.tif", make_scene().astype(dtype), nodata=0)
    before = raster.read_bytes()
    folder.chmod(0o555)
    assert run(raster, "-o", "b.gpkg", "--preview", "b.png").exit_code == 0
    assert [path.name for path in folder.iterdir()] == ["town.tif"]
    assert raster.read_bytes() == before


class InterruptedDetector(BrightDetector):
    """Is interrupted as by Ctrl-C at the second step."""

    def detect(self, images: Any, windows: Any = None) -> Any:
        if self.num_seen:
            raise KeyboardInterrupt
        return super().detect(images)


def test_an_interrupted_run_leaves_nothing(raster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "geoseg.detections.detector.load_detector", lambda *_, **__: InterruptedDetector()
    )
    result = run(raster, "-o", "b.gpkg", "--preview", "b.png", "--batch-size", 1)
    assert (result.exit_code, result.stderr) == (130, "geoseg: error: interrupted.\n")
    assert list(Path().iterdir()) == []


def test_what_cannot_be_read_ends_the_run_or_is_left_out_and_named(tmp_path: Path) -> None:
    raster = write_raster(
        tmp_path / "town.tif", make_scene((900, 420)), tiled=True, blockxsize=128, blockysize=128,
        compress="deflate",
    )  # fmt: skip
    # In the lower two of four rows of tiles; all roofs are above them.
    damage_block(raster, row=5, col=0)
    result = run(raster, "-o", "b.gpkg")
    assert result.exit_code == 1
    assert re.search(r"town\.tif: window .* cannot be read", result.stderr)
    assert list(Path().iterdir()) == []

    result = run(
        raster, "-o", "b.gpkg", "--preview", "b.png", "--on-error", "skip", "--progress", "json"
    )
    assert result.exit_code == 0
    assert "left out the preview: town.tif" in result.stderr.replace(f"{tmp_path}/", "")
    assert not Path("b.png").exists()
    assert re.search(r"warning: \d tiles could not be read .* the first at [\d.]+,", result.stderr)
    last = json.loads(result.stdout.splitlines()[-1])
    # Both of a row see the block.
    assert (len(last["unread"]), last["tiles"]) == (4, 8)
    assert_same_buildings(geopandas.read_file("b.gpkg").to_crs(WGS84).geometry, place_roofs())


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_result_that_is_cut_short_leaves_what_is_finished(
    failure: BaseException, raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(path: Path, *_: object) -> None:
        path.write_text("half")
        raise failure

    monkeypatch.setitem(sys.modules["geoseg.export.write"].__dict__["_WRITERS"], "GeoJSON", write)
    result = run(raster, "-o", "b.geojson")
    assert result.exit_code == (130 if isinstance(failure, KeyboardInterrupt) else 1)
    assert len(result.stderr.splitlines()) == 1
    assert "--resume" in result.stderr
    # The finished shards stay, and nothing else.
    assert [path.name for path in Path().iterdir()] == [".b.geojson.partial"]


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The real command with the real model, in a process of its own."""
    command = [sys.executable, "-m", "geoseg", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, **options)


def test_the_bundled_model_finds_the_buildings_of_a_sample() -> None:
    arguments = ["sample", "-o", "town.tif", "--size", "480", "--seed", "2", "-q"]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    command = start("predict", "town.tif", "-o", "b.gpkg", "--progress", "json")
    events, errors = command.communicate(timeout=280)
    assert command.returncode == 0, errors
    # Neither TensorFlow nor GDAL adds a word.
    assert re.fullmatch(r"[\d,]+ buildings, .* km2/h: b\.gpkg\n", errors)
    assert json.loads(events.splitlines()[-1])["event"] == "result"
    arguments = ["evaluate", "b.gpkg", "town_truth.geojson", "--json", "-"]
    scores = json.loads(CliRunner().invoke(cli, arguments).stdout)
    assert scores["f1"] > 0.3


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_a_real_run_and_leaves_nothing() -> None:
    write_raster(Path("town.tif"), make_scene((2000, 2000)))
    command = start(
        *("predict", "town.tif", "-o", "b.gpkg", "--progress", "json"),
        # A shell that runs the tests in the background has them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert command.stdout is not None
    assert json.loads(command.stdout.readline())["event"] == "start"
    assert json.loads(command.stdout.readline())["event"] == "progress"
    command.send_signal(signal.SIGINT)
    events, errors = command.communicate(timeout=100)
    assert command.returncode == 130, errors
    assert json.loads(events.splitlines()[-1]) == {
        "v": 1,
        "event": "error",
        "message": "interrupted.",
    }
    assert errors == "geoseg: error: interrupted.\n"
    assert [path.name for path in Path().iterdir()] == ["town.tif"]


def test_places_are_those_of_the_scene() -> None:
    # The tests above compare with these outlines; here they are checked by hand.
    (first, *_) = transform_polygons(place_roofs(), WGS84, UTM)
    assert first.bounds == pytest.approx(
        (PLACE.c + 9, PLACE.f - 18, PLACE.c + 27, PLACE.f - 6), abs=0.01
    )
