"""A small desktop for the windows of the plugin, and a command that does what a test wants."""

# The desktop has the methods of QGIS.
# ruff: noqa: N802

from __future__ import annotations

import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QEventLoop, Qt
from qgis.PyQt.QtWidgets import QAction, QMainWindow, QMenu, QToolBar

from geoseg_qgis.settings import Settings


class Desktop:
    """What the plugin needs of QGIS's window, and what it has put into it."""

    def __init__(self) -> None:
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas()
        self.bar = QgsMessageBar()
        self.tools = QToolBar()
        self.menu = QMenu()
        self.docks: list[object] = []
        # So that the layers of the project are drawn, as in QGIS.
        self.bridge = QgsLayerTreeMapCanvasBridge(
            QgsProject.instance().layerTreeRoot(), self.canvas
        )
        self.window.setCentralWidget(self.canvas)
        self.window.addToolBar(self.tools)
        self.window.resize(1100, 800)
        self.window.show()

    def mainWindow(self) -> QMainWindow:
        return self.window

    def mapCanvas(self) -> QgsMapCanvas:
        return self.canvas

    def messageBar(self) -> QgsMessageBar:
        return self.bar

    def addDockWidget(self, area: Qt.DockWidgetArea, dock: object) -> None:
        self.docks.append(dock)
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock: object) -> None:
        self.docks.remove(dock)
        self.window.removeDockWidget(dock)

    def addToolBarIcon(self, action: QAction) -> None:
        self.tools.addAction(action)

    def removeToolBarIcon(self, action: QAction) -> None:
        self.tools.removeAction(action)

    def addPluginToRasterMenu(self, _name: str, action: QAction) -> None:
        self.menu.addAction(action)

    def removePluginRasterMenu(self, _name: str, action: QAction) -> None:
        self.menu.removeAction(action)


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    """A window with a map, a message bar, a tool bar and a menu."""
    made = Desktop()
    yield made
    QgsProject.instance().clear()
    made.bridge.deleteLater()
    made.window.close()
    made.window.deleteLater()
    made.bar.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings whose files are in a folder of their own, and no environment."""
    monkeypatch.delenv("GEOSEG_PYTHON", raising=False)
    return Settings(tmp_path / "profile")


@pytest.fixture
def raster_file(tmp_path: Path) -> Path:
    """A grey image of 60 x 60 m in EPSG:32636."""
    path = tmp_path / "Häuser 1.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 200, 200, 3)
    dataset.SetGeoTransform((500000.0, 0.3, 0.0, 3500000.0, 0.0, -0.3))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32636)
    dataset.SetProjection(crs.ExportToWkt())
    for band in (1, 2, 3):
        dataset.GetRasterBand(band).WriteArray(np.full((200, 200), 120, np.uint8))
    dataset.FlushCache()
    return path


@pytest.fixture
def raster_layer(raster_file: Path) -> QgsRasterLayer:
    """The image as a layer of the project."""
    layer = QgsRasterLayer(str(raster_file), "Häuser")
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Lets the window live until something is so; fails where that takes too long."""

    def wait(is_so: Callable[[], object], timeout_s: float = 20.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not is_so():
            assert time.monotonic() < deadline, "it did not come to that in time"
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    return wait


@pytest.fixture
def make_python(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a program that is started as the Python of the environment, and runs a script.

    The script finds the words of the command in `words`, and `tell(event, **values)` there.
    """

    def make(script: str) -> Path:
        source = tmp_path / "fake.py"
        source.write_text(_HEAD + script, encoding="utf-8")
        program = tmp_path / "python-with-geoseg"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -I "{source}" "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    return make


_HEAD = '''
import json, struct, sys, threading, time, os

words = sys.argv[sys.argv.index("geoseg") + 1 :]


def tell(event, **values):
    print(json.dumps({"v": 1, "event": event, **values}), flush=True)


def square(number):
    """A square building of 4 m as WKB in hex, somewhere on the image of the tests."""
    x, y = 500000.0 + number % 10 * 6, 3499990.0 - number // 10 % 10 * 5
    corners = [(x, y), (x + 4, y), (x + 4, y + 4), (x, y + 4), (x, y)]
    data = struct.pack("<BIII", 1, 3, 1, 5) + b"".join(struct.pack("<dd", *one) for one in corners)
    return data.hex()


def footprints(first, count):
    tell(
        "footprints",
        crs="EPSG:32636",
        footprints=[
            {"id": n, "wkb": square(n), "score": 0.5 + n % 50 / 100, "area_m2": 16.0}
            for n in range(first, first + count)
        ],
    )


def end(**values):
    tell(
        "result",
        **{
            "buildings": 0, "area_km2": 0.0036, "tiles": 1, "seconds": 0.1, "rasters": 1,
            "outputs": [], "origin": {"raster": "r.tif", "geoseg_version": "0.1.0"}, **values,
        },
    )


def end_with_stdin():
    """As the option of that name: ends when the other side lets go."""
    def wait():
        sys.stdin.read()
        os._exit(130)
    threading.Thread(target=wait, daemon=True).start()


end_with_stdin()
if "--estimate" in words:
    tell("result", tiles=4, area_km2=0.0036, gsd_m=0.3, tiles_per_s=4.0, seconds=1.0, engine="onnx")
    sys.exit(0)
if "doctor" in words:
    print(json.dumps({"ok": True, "broken": [], "geoseg": "0.1.0", "self-test": "fine"}))
    sys.exit(0)
'''
