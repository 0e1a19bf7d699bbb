"""The engine with the real command."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pyproj
import pytest
import shapely

from geoseg_qgis.engine.errors import CommandCancelled, CommandFailed
from geoseg_qgis.engine.events import (
    Event,
    FootprintsFound,
    StageFinished,
    StageProgress,
    StageStarted,
)
from geoseg_qgis.engine.run import run_command
from tests.qgis.engine.test_child import PARENT
from tests.qgis.engine.watching import LifeLine, Recorder, never

PYTHON = Path(sys.executable)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up raster in a folder with a name that is not easy."""
    folder = tmp_path_factory.mktemp("Luftbilder ä 建物")
    words = ["sample", "-o", str(folder), "--size", "640"]
    subprocess.run([str(PYTHON), "-m", "geoseg", *words], check=True, capture_output=True)
    return folder / "sample.tif"


def test_buildings_are_found(sample: Path, tmp_path: Path) -> None:
    output = tmp_path / "Gebäude 1.gpkg"
    words = ["predict", str(sample), "-o", str(output), "--engine", "onnx", "--progress", "json"]
    listener = Recorder()
    values = run_command(PYTHON, words, listener, is_cancelled=never)
    assert values["buildings"] > 0
    assert values["outputs"] == [str(output)]
    assert output.exists()
    kinds = [type(event) for event in listener.events]
    assert StageStarted in kinds
    assert StageProgress in kinds
    assert StageFinished in kinds


def test_buildings_come_while_they_are_found(sample: Path, tmp_path: Path) -> None:
    words = ["predict", str(sample), "-o", str(tmp_path / "a.geojson"), "--engine", "onnx"]
    listener = Recorder()
    values = run_command(
        PYTHON, [*words, "--live", "--progress", "json"], listener, is_cancelled=never
    )
    told = [event for event in listener.events if isinstance(event, FootprintsFound)]
    found = [one for event in told for one in event.footprints]
    assert len({one.id for one in found}) == len(found) == values["buildings"]
    assert all(pyproj.CRS(event.crs).is_projected for event in told)
    for one in found:
        polygon = shapely.from_wkb(one.wkb)
        assert polygon.geom_type == "Polygon"
        assert polygon.area == pytest.approx(one.area_m2, rel=0.02)
        assert 0 < one.score <= 1


def test_missing_raster_is_one_line(tmp_path: Path) -> None:
    words = ["predict", str(tmp_path / "absent.tif"), "-o", str(tmp_path / "a.gpkg")]
    with pytest.raises(CommandFailed) as caught:
        run_command(
            PYTHON,
            [*words, "--engine", "onnx", "--progress", "json"],
            Recorder(),
            is_cancelled=never,
        )
    assert "absent.tif" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_option_is_one_line() -> None:
    with pytest.raises(CommandFailed, match="--wings") as caught:
        run_command(PYTHON, ["predict", "--wings"], Recorder(), is_cancelled=never)
    assert caught.value.exit_code == 2


def test_cancelling_leaves_no_output(sample: Path, tmp_path: Path) -> None:
    cancelled_at: list[float] = []

    class Canceller(Recorder):
        def on_event(self, event: Event) -> None:
            if not cancelled_at:
                cancelled_at.append(time.monotonic())

    folder = tmp_path / "results"
    folder.mkdir()
    words = [
        "predict",
        str(sample),
        "-o",
        str(folder / "a.gpkg"),
        "--engine",
        "onnx",
        "--progress",
        "json",
    ]
    with pytest.raises(CommandCancelled):
        run_command(PYTHON, words, Canceller(), is_cancelled=lambda: bool(cancelled_at))
    assert time.monotonic() - cancelled_at[0] < 2
    assert not (folder / "a.gpkg").exists()


def test_command_ends_when_qgis_is_killed(sample: Path, tmp_path: Path, repository: Path) -> None:
    life = LifeLine(tmp_path / "life")
    words = ["--end-with-stdin", "predict", str(sample), "-o", str(tmp_path / "a.gpkg")]
    program = (
        f"{life.hold}import sys\nfrom geoseg.cli.main import main\n"
        f"sys.argv = ['geoseg', *{words!r}]\nmain()\n"
    )
    text = PARENT.format(plugins=str(repository / "qgis_plugin"), program=program)
    with subprocess.Popen([str(PYTHON), "-c", text], stdout=subprocess.PIPE) as parent:
        assert life.wait_for_start()
        parent.kill()
    assert life.wait_for_end(20)
    life.close()
    assert not (tmp_path / "a.gpkg").exists()
