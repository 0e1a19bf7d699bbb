"""Fixtures of the tests that QGIS's own Python runs."""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from qgis.core import QgsSettings

REPOSITORY = Path(__file__).resolve().parents[3]
CROP_OFFSET_XY = (5200, 4300)
CROP_SIZE_PX = 900


@pytest.fixture(scope="session")
def repository() -> Path:
    """Folder that holds setup.cfg."""
    return REPOSITORY


@pytest.fixture(scope="session")
def geoseg_python() -> Path:
    """Python of an environment with geoseg: GEOSEG_PYTHON, otherwise that of .venv."""
    chosen = os.environ.get("GEOSEG_PYTHON")
    python = Path(chosen) if chosen else REPOSITORY / ".venv" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"geoseg is absent: {python} is not there; set GEOSEG_PYTHON")
    return python


@pytest.fixture(scope="session")
def sample_folder(geoseg_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with sample.tif, 480 x 480 px at 0.3 m in EPSG:32636, and sample_truth.geojson."""
    folder = tmp_path_factory.mktemp("sample")
    # A space and letters beyond ASCII, as in the folders of many users.
    folder = folder / "Übersicht 1"
    folder.mkdir()
    words = ["sample", "-o", str(folder / "sample.tif"), "--size", "480", "--seed", "6", "-q"]
    subprocess.run([geoseg_python, "-I", "-X", "utf8", "-m", "geoseg", *words], check=True)
    return folder


@pytest.fixture(scope="session")
def sample_raster(sample_folder: Path) -> Path:
    """An invented image with some 20 buildings."""
    return sample_folder / "sample.tif"


@pytest.fixture(scope="session")
def sample_truth(sample_folder: Path) -> Path:
    """The true buildings of `sample_raster`."""
    return sample_folder / "sample_truth.geojson"


@pytest.fixture(scope="session")
def real_raster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """900 x 900 px of a drone's orthophoto of a town; skipped where the imagery is absent."""
    shared = Path(os.environ.get("GEOSEG_SHARED") or REPOSITORY.parent / "shared")
    ortho = shared / "data" / "banepa" / "ortho.tif"
    if not ortho.is_file():
        pytest.skip("real imagery is absent: set GEOSEG_SHARED to the folder that holds data/")
    from osgeo import gdal

    crop = tmp_path_factory.mktemp("real") / "town.tif"
    gdal.UseExceptions()
    gdal.Translate(
        str(crop), str(ortho), srcWin=[*CROP_OFFSET_XY, CROP_SIZE_PX, CROP_SIZE_PX]
    ).FlushCache()
    return crop


@pytest.fixture(scope="session", autouse=True)
def _collect_garbage(qgis_app: object) -> Iterator[None]:
    """Let go of layers before QGIS ends, of which they need parts for their own end."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def plugin_settings() -> Iterator[QgsSettings]:
    """QGIS's settings, which after each test are what they were before."""
    settings = QgsSettings()
    before = {key: settings.value(key) for key in settings.allKeys()}
    yield settings
    for key in settings.allKeys():
        if key not in before:
            settings.remove(key)
    for key, value in before.items():
        settings.setValue(key, value)


def pytest_configure() -> None:
    """Forget the settings of an earlier run, which pytest-qgis keeps beside pytest.ini."""
    QgsSettings().clear()
