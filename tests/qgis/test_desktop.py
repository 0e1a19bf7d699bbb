"""A session in a real QGIS on a screen of its own: see desktop/drive.py for what is done there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import rasterio
from affine import Affine
from rasterio.windows import Window

REPOSITORY = Path(__file__).resolve().parents[2]
DRIVER = REPOSITORY / "tests" / "qgis" / "desktop" / "drive.py"
NEEDED = ("qgis", "xvfb-run", "Xvfb", "openbox")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
PICTURES = {"dock", "running", "result", "review", "environment", "toolbox"}
# As a rule half a minute; several when everybody else is at work, too.
PATIENCE_S = 420

pytestmark = [
    pytest.mark.qgis,
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}"),
]


def make_raster(folder: Path) -> Path:
    """A piece of a drone's orthophoto of a town, or an invented image where that is absent."""
    path = folder / "Stadt 1.tif"
    shared = Path(os.environ.get("GEOSEG_SHARED") or REPOSITORY.parent / "shared")
    ortho = shared / "data" / "banepa" / "ortho.tif"
    if not ortho.is_file():
        words = ["sample", "-o", str(path), "--size", "900", "--seed", "6", "-q"]
        subprocess.run([sys.executable, "-m", "geoseg", *words], check=True)
        return path
    window = Window(5200, 4300, 1200, 1000)
    with rasterio.open(ortho) as source:
        profile = {**source.profile, "width": window.width, "height": window.height}
        shift = Affine.translation(window.col_off, window.row_off)
        profile["transform"] = source.transform @ shift
        with rasterio.open(path, "w", **profile) as target:
            target.write(source.read(window=window))
    return path


def make_profile(folder: Path) -> None:
    """A profile of QGIS in which the plugin is switched on."""
    settings = folder / "profiles" / "ci" / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text("[PythonPlugins]\ngeoseg_qgis=true\n", encoding="utf-8")


def make_variables(folder: Path, raster: Path) -> Mapping[str, str]:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    return {
        **os.environ,
        "GEOSEG_DESKTOP_OUT": str(folder),
        "GEOSEG_DESKTOP_RASTER": str(raster),
        "GEOSEG_PYTHON": sys.executable,
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "QGIS_PLUGINPATH": str(REPOSITORY / "qgis_plugin"),
        "XDG_RUNTIME_DIR": str(runtime),
    }


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was seen in the session, which is run once for all tests."""
    folder = tmp_path_factory.mktemp("desktop")
    make_profile(folder)
    variables = make_variables(folder, make_raster(folder))
    # openbox draws the frames: without a window manager, QGIS's windows get no keys.
    command = 'openbox & exec qgis --nologo --noversioncheck --profiles-path "$0" --profile ci'
    argv = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "sh", "-c"]
    argv += [f'{command} --code "$1"', str(folder), str(DRIVER)]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            argv, env=dict(variables), stdout=log, stderr=log, start_new_session=True
        )
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            pytest.fail(f"QGIS did not end: {(folder / 'log.txt').read_text()[-2000:]}")
        finally:
            stop(process)
    path = folder / "report.json"
    assert path.is_file(), (folder / "log.txt").read_text()[-2000:]
    return {"folder": folder, **json.loads(path.read_text(encoding="utf-8"))}


def stop(process: subprocess.Popen[bytes]) -> None:
    """End QGIS, its screen and its window manager, as far as they are still there."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_nothing_went_wrong(report: dict[str, Any]) -> None:
    assert "error" not in report, report["error"]
    assert report["plugin"] is True


def test_the_button_opens_the_dock_and_an_estimate_comes_by_itself(report: dict[str, Any]) -> None:
    assert report["hidden at first"] is True
    assert report["file box is clicked"] is True
    assert "tiles" in report["estimate"]


def test_the_result_is_a_styled_layer_in_a_group_with_its_origin(report: dict[str, Any]) -> None:
    (layer,) = report["layers"]
    assert layer["source"] == str(report["folder"] / "buildings.gpkg")
    assert layer["features"] > 5
    assert layer["renderer"] == "graduatedSymbol"
    assert "Stadt 1" in layer["group"]
    assert "Stadt 1" in layer["origin"]
    assert {"score", "area_m2", "review"} <= set(layer["fields"])
    assert report["styles"] == ["categorizedSymbol"]


def test_the_window_lives_on_while_buildings_are_found(report: dict[str, Any]) -> None:
    assert report["live"] is True
    # More than is promised, because there is one attempt, and the window may wait for a thread that
    # waits for a core; inside/gui/test_dock_stalls.py is strict.
    assert report["longest stall, s"] < 0.25


def test_the_log_shows_a_command_that_can_be_repeated(report: dict[str, Any]) -> None:
    assert any(line.startswith("geoseg predict ") for line in report["log"])


def test_the_set_up_finds_pythons_and_the_toolbox_has_the_algorithms(
    report: dict[str, Any],
) -> None:
    assert report["pythons"] >= 1
    assert len(report["algorithms"]) >= 5


def test_pictures_were_taken(report: dict[str, Any]) -> None:
    for name in PICTURES:
        assert (report["folder"] / f"qgis-{name}.png").stat().st_size > 10_000
