"""Drives a real QGIS: run by `qgis --code`, started by tests/qgis/test_desktop.py.

Does what a user does, with the mouse where that is possible, and writes what it saw to report.json
in the folder GEOSEG_DESKTOP_OUT, with pictures beside it.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import processing
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QMainWindow, QWidget
from qgis.utils import iface, plugins

OUT = Path(os.environ["GEOSEG_DESKTOP_OUT"])
RASTER = Path(os.environ["GEOSEG_DESKTOP_RASTER"])
PATIENCE_S = 120
LOOK_MS = 50
Step = Callable[[], object]


def session(report: dict[str, Any]) -> Iterator[Step]:
    """What is done; each thing that is yielded is waited for."""
    window = iface.mainWindow()
    window.resize(1360, 860)
    layer = QgsRasterLayer(str(RASTER), RASTER.stem)
    QgsProject.instance().addMapLayer(layer)
    iface.mapCanvas().setExtent(layer.extent())
    report["plugin"] = "geoseg_qgis" in plugins
    dock = window.findChild(QDockWidget, "geoseg_dock")
    report["hidden at first"] = not dock.isVisible()
    click_button(window)
    yield dock.isVisible
    arrange(window, dock)
    row = dock.outputs.rows[0]
    QTest.mouseClick(row.box, Qt.MouseButton.LeftButton, pos=row.box.rect().center() * 0.3)
    report["file box is clicked"] = row.box.isChecked()
    row.file.setFilePath(str(OUT / "buildings.gpkg"))
    dock.outputs.temporary_box.setChecked(False)
    yield lambda: dock.run.estimate.text() and dock.run.estimate_button.isEnabled()
    report["estimate"] = dock.run.estimate.text()
    yield from rest()
    take_picture(window, "qgis-dock")
    pulse = Pulse()
    pulse.start()
    QTest.mouseClick(dock.run.run_button, Qt.MouseButton.LeftButton)
    yield dock.run.cancel_button.isVisible
    yield lambda: has_footprints() or not dock.run.cancel_button.isVisible()
    report["live"] = has_footprints() and dock.run.cancel_button.isVisible()
    yield from rest()
    pulse.stop()
    take_picture(window, "qgis-running")
    pulse.start()
    yield dock.run.run_button.isVisible
    report["longest stall, s"] = pulse.stop()
    report["status"] = dock.run.status.text()
    report["log"] = dock.log.last_lines(50)
    report["messages"] = [one.text() for one in iface.messageBar().items()]
    yield from look_at_result(window, dock, report)
    yield from look_at_dialogs(dock, report)


def look_at_result(
    window: QMainWindow, dock: QDockWidget, report: dict[str, Any]
) -> Iterator[Step]:
    """The layer of the file, by score and by review."""
    layers = vector_layers()
    report["layers"] = [describe(layer) for layer in layers]
    QTest.mouseClick(dock.run.zoom_button, Qt.MouseButton.LeftButton)
    yield from rest()
    take_picture(window, "qgis-result")
    for layer in layers:
        review(layer)
    combo = dock.run.style_combo
    combo.setCurrentIndex(combo.findData("review"))
    combo.activated.emit(combo.currentIndex())
    yield from rest()
    report["styles"] = [layer.renderer().type() for layer in layers]
    take_picture(window, "qgis-review")


def look_at_dialogs(dock: QDockWidget, report: dict[str, Any]) -> Iterator[Step]:
    """The set-up, and an algorithm of the toolbox."""
    QTest.mouseClick(dock.environment.button, Qt.MouseButton.LeftButton)
    dialogs = QgsApplication.topLevelWidgets
    yield lambda: any(type(one).__name__ == "EnvironmentDialog" for one in dialogs())
    dialog = next(one for one in dialogs() if type(one).__name__ == "EnvironmentDialog")
    yield dialog.choice.search_button.isEnabled
    yield from rest()
    take_picture(dialog, "qgis-environment")
    report["pythons"] = dialog.choice.python_combo.count()
    dialog.close()
    provider = QgsApplication.processingRegistry().providerById("geoseg")
    report["algorithms"] = sorted(one.id() for one in provider.algorithms())
    name = next(one for one in report["algorithms"] if "extract" in one)
    algorithm = processing.createAlgorithmDialog(name, {})
    algorithm.show()
    yield from rest()
    take_picture(algorithm, "qgis-toolbox")
    algorithm.close()


def click_button(window: QMainWindow) -> None:
    """Click the button of the plugin in the tool bar."""
    action = next(one for one in iface.pluginToolBar().actions() if "geoseg" in one.objectName())
    button = iface.pluginToolBar().widgetForAction(action)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def arrange(window: QMainWindow, dock: QDockWidget) -> None:
    """Make room: the dock on the right, the layers on the left, no browser."""
    for other in window.findChildren(QDockWidget):
        if other.objectName() == "Browser":
            other.hide()
    letter = dock.fontMetrics().averageCharWidth()
    window.resizeDocks([dock], [letter * 48], Qt.Orientation.Horizontal)


def rest(seconds: float = 1.5) -> Iterator[Step]:
    """Wait until the map is drawn, and what else is going on in the window has settled."""
    until = time.monotonic() + seconds
    yield lambda: time.monotonic() > until and not iface.mapCanvas().isDrawing()


def vector_layers() -> list[QgsVectorLayer]:
    layers = QgsProject.instance().mapLayers().values()
    return [layer for layer in layers if isinstance(layer, QgsVectorLayer)]


def has_footprints() -> bool:
    return any(layer.featureCount() > 0 for layer in vector_layers())


def describe(layer: QgsVectorLayer) -> dict[str, object]:
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    return {
        "source": layer.source().split("|")[0],
        "features": layer.featureCount(),
        "renderer": layer.renderer().type(),
        "group": node.parent().name(),
        "origin": layer.metadata().title(),
        "fields": [field.name() for field in layer.fields()],
    }


def review(layer: QgsVectorLayer) -> None:
    """Decide on two thirds of the buildings, as somebody in the middle of a review."""
    index = layer.fields().lookupField("review")
    decisions = ("accepted", "accepted", "to review", "accepted", "rejected", "edited", "to review")
    layer.startEditing()
    for number, feature in enumerate(layer.getFeatures()):
        layer.changeAttributeValue(feature.id(), index, decisions[number % len(decisions)])
    layer.commitChanges()


def take_picture(widget: QWidget, name: str) -> None:
    widget.grab().save(str(OUT / f"{name}.png"))


class Pulse:
    """Beats every five milliseconds, and keeps the longest pause between two beats.

    Time in which the thread of the window was ready and got no core is left out.
    """

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last_s = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._last_s = self._read_s()
        self._timer.start()

    def stop(self) -> float:
        self._timer.stop()
        return self.longest_s

    def _beat(self) -> None:
        now_s = self._read_s()
        self.longest_s = max(self.longest_s, now_s - self._last_s)
        self._last_s = now_s

    def _read_s(self) -> float:
        waited_ns = Path(f"/proc/self/task/{os.getpid()}/schedstat").read_text().split()[1]
        return time.monotonic() - int(waited_ns) / 1e9


class Driver:
    """Does the steps one after the other, between the events of the window."""

    def __init__(self) -> None:
        self.report: dict[str, Any] = {}
        self._steps = session(self.report)
        self._wait_for: Step = lambda: True
        self._deadline = time.monotonic() + PATIENCE_S
        self._timer = QTimer()
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        try:
            if self._wait_for():
                self._wait_for = next(self._steps)
                self._deadline = time.monotonic() + PATIENCE_S
            elif time.monotonic() > self._deadline:
                raise TimeoutError("what was waited for did not come")
        except StopIteration:
            self._end()
        except Exception:  # What goes wrong here has to get out of QGIS.
            self.report["error"] = traceback.format_exc()
            take_picture(iface.mainWindow(), "failed")
            self._end()

    def _end(self) -> None:
        self._timer.stop()
        (OUT / "report.json").write_text(json.dumps(self.report, indent=1), encoding="utf-8")
        # Otherwise QGIS asks whether to save it.
        QgsProject.instance().clear()
        QgsProject.instance().setDirty(False)
        QTimer.singleShot(0, iface.actionExit().trigger)


driver = Driver()
