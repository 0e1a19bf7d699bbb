"""What `geoseg predict --estimate` tells, and that it leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from affine import Affine
from click.testing import CliRunner, Result

from geoseg.cli.estimate import format_seconds
from geoseg.cli.main import cli
from geoseg.prediction.measure import reckon_speed
from tests.bright import load_bright_detector, make_scene, write_raster
from tests.cli.events import read_result_keys
from tests.cli.refusal import assert_refused


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "town.tif", make_scene((1500, 1400)))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["predict", *map(str, arguments)])


def estimate(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--estimate", "--progress", "json")
    assert result.exit_code == 0, result.stderr
    assert list(Path().iterdir()) == []
    values: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return values


def test_it_counts_as_the_run_does_and_writes_nothing(raster: Path, repository: Path) -> None:
    told = estimate(raster)
    assert set(told) - {"v", "event"} == {
        "tiles", "area_km2", "gsd_m", "tiles_per_s", "seconds", "engine", "rasters", "left_out",
    }  # fmt: skip
    assert set(told) == read_result_keys(repository, "predict --estimate")
    found = json.loads(run(raster, "-o", "b.gpkg", "--progress", "json").stdout.splitlines()[-1])
    assert (told["tiles"], told["area_km2"]) == (found["tiles"], found["area_km2"])
    assert (told["rasters"], told["engine"]) == (1, "keras")
    assert told["gsd_m"] == pytest.approx(0.3, rel=1e-2)
    assert 0 < told["tiles"] / told["tiles_per_s"] < told["seconds"] < 60


def test_an_area_is_less(raster: Path) -> None:
    whole = estimate(raster)
    part = estimate(raster, "--bbox", "33.0,59.98,33.001,59.9999")
    assert 0 < part["tiles"] < whole["tiles"]
    assert 0 < part["area_km2"] < whole["area_km2"]


def test_ground_without_data_does_not_count(tmp_path: Path) -> None:
    scene = make_scene((2400, 2400), [(10, 10, 80, 80)])
    scene[:, :, 800:] = 0
    told = estimate(write_raster(tmp_path / "third.tif", scene, nodata=0))
    whole_km2 = (2400 * 0.3) ** 2 / 1e6
    assert told["area_km2"] == pytest.approx(whole_km2 / 3, rel=0.2)


def test_a_raster_without_data_takes_no_time(tmp_path: Path) -> None:
    empty = make_scene((600, 600), []) * 0
    told = estimate(write_raster(tmp_path / "empty.tif", empty, nodata=0))
    assert (told["tiles_per_s"], told["area_km2"]) == (0, 0)


def test_rasters_are_summed(raster: Path, tmp_path: Path) -> None:
    place = Affine(0.3, 0, 600_000, 0, -0.3, 6_650_000)
    second = write_raster(tmp_path / "west.tif", make_scene(), transform=place)
    parts = [estimate(raster), estimate(second)]
    told = estimate(raster, second)
    assert (told["rasters"], told["tiles"]) == (2, sum(one["tiles"] for one in parts))
    assert estimate(raster, second, "-o", "results/")["tiles"] == told["tiles"]


def test_people_get_one_line(raster: Path) -> None:
    result = run(raster, "--estimate")
    assert result.stdout == ""
    assert "42 tiles, 0.189 km2 at 0.3 m: about " in result.stderr
    assert result.stderr.endswith("with keras on this machine\n")


def test_what_stops_the_run_stops_the_estimate(raster: Path) -> None:
    assert_refused(run("nowhere.tif", "--estimate"), "no such file")
    Path("b.gpkg").write_text("mine")
    assert_refused(run(raster, "-o", "b.gpkg", "--estimate"), "b.gpkg exists")
    assert_refused(run(raster, "-o", "b.doc", "--estimate"), "must end in")
    assert_refused(run(raster, "-o", "no/b.gpkg", "--estimate"), "the folder no must exist")
    assert_refused(run(raster, "--bbox", "1,1,2,2", "--estimate"), "")
    assert Path("b.gpkg").read_text() == "mine"
    assert run(raster, "-o", "b.gpkg", "--estimate", "--overwrite").exit_code == 0
    assert run(raster, "-o", "b.gpkg", "--estimate", "--skip-existing").exit_code == 0
    assert Path("b.gpkg").read_text() == "mine"


def test_other_machines_are_not_measured(raster: Path) -> None:
    result = run(raster, "--estimate", "--scheduler", "tcp://host:8786")
    assert result.exit_code == 2
    assert "--estimate measures this machine" in result.stderr


def test_what_comes_at_the_beginning_only_is_not_multiplied() -> None:
    # The first call compiles for 8 s, the sixth for 2 s more; else a tile takes 0.1 s, and 0.1 s
    # lie between.
    begins = [0.0, 8.2, 8.4, 8.6, 8.8, 9.0, 11.2, 11.4]
    ends = [8.1, 8.3, 8.5, 8.7, 8.9, 11.1, 11.3, 11.5]
    calls = [(begin, end, 1) for begin, end in zip(begins, ends, strict=True)]
    speed = reckon_speed(calls, 1.0)
    assert speed.tiles_per_s == pytest.approx(8 / 1.5)
    assert speed.fixed_s == pytest.approx(11.0)
    assert speed.reckon_s(80) == pytest.approx(26.0)


def test_times_are_said_as_people_do() -> None:
    assert [format_seconds(one) for one in (0.2, 34.6, 400, 9000)] == [
        "1 s",
        "35 s",
        "7 min",
        "2.5 h",
    ]
