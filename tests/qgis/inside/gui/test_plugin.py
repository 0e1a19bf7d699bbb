"""The plugin in QGIS: what it adds, and that nothing of it is left."""

from __future__ import annotations

import gc
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QToolButton

import geoseg_qgis
from geoseg_qgis import translation
from geoseg_qgis.plugin import GeosegPlugin

GOES_ON = """
open(sys.argv[0] + ".pid", "w").write(str(os.getpid()))
tell("start", stage="tiles", total=1000)
footprints(1, 30)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No environment, and temporary files in a folder of their own."""
    monkeypatch.delenv("GEOSEG_PYTHON", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()


def load(desktop: Any) -> GeosegPlugin:
    plugin = geoseg_qgis.classFactory(desktop)
    plugin.initGui()
    QCoreApplication.processEvents()
    return plugin


def unload(plugin: GeosegPlugin) -> None:
    plugin.unload()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    gc.collect()


def take_stock(desktop: Any) -> dict[str, object]:
    """All that a plugin could leave behind."""
    project, canvas = QgsProject.instance(), desktop.canvas
    signals = [
        (project, project.cleared),
        (project, project.layersAdded),
        (project, project.layersWillBeRemoved),
        (canvas, canvas.extentsChanged),
        (canvas, canvas.mapToolSet),
        (canvas, canvas.destinationCrsChanged),
    ]
    return {
        "buttons": len(desktop.tools.actions()),
        "menu": len(desktop.menu.actions()),
        "docks": len(desktop.docks),
        "parts of the window": len(desktop.window.children()),
        "messages": len(desktop.bar.items()),
        "items on the map": len(canvas.scene().items()),
        "tool of the map": canvas.mapTool(),
        "provider": QgsApplication.processingRegistry().providerById("geoseg") is not None,
        "tasks": QgsApplication.taskManager().count(),
        "connections": [owner.receivers(signal) for owner, signal in signals],
        "files": list(Path(tempfile.gettempdir()).iterdir()),
    }


def click(desktop: Any) -> None:
    """Click the button in the tool bar with the mouse."""
    button = desktop.tools.widgetForAction(desktop.tools.actions()[-1])
    assert isinstance(button, QToolButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QCoreApplication.processEvents()


def test_loading_unloading_and_loading_again_leaves_nothing(desktop: Any) -> None:
    before = take_stock(desktop)
    for _ in range(2):
        plugin = load(desktop)
        assert QgsApplication.processingRegistry().providerById("geoseg") is not None
        assert len(desktop.docks) == 1
        click(desktop)
        assert desktop.docks[0].isVisible()
        gone = weakref.ref(plugin)
        unload(plugin)
        del plugin
        gc.collect()
        assert gone() is None
        assert take_stock(desktop) == before


def test_the_button_and_the_menu_show_and_hide_the_dock(desktop: Any) -> None:
    plugin = load(desktop)
    dock = desktop.docks[0]
    assert not dock.isVisible()
    click(desktop)
    assert dock.isVisible()
    action = desktop.menu.actions()[0]
    assert action.isChecked()
    action.trigger()
    assert not dock.isVisible()
    click(desktop)
    dock.close()
    assert not action.isChecked()
    unload(plugin)


def test_the_button_has_an_icon_of_any_size(desktop: Any) -> None:
    plugin = load(desktop)
    icon = desktop.tools.actions()[0].icon()
    for size_px in (16, 24, 64):
        image = icon.pixmap(size_px, size_px).toImage()
        assert image.width() == size_px
        assert any(
            image.pixelColor(x, y).alpha() > 200 for x in range(size_px) for y in range(size_px)
        )
    unload(plugin)


def test_unloading_in_the_middle_of_a_run_ends_it(
    desktop: Any,
    raster_layer: QgsRasterLayer,
    make_python: Callable[[str], Path],
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("GEOSEG_PYTHON", str(make_python(GOES_ON)))
    before = take_stock(desktop)
    plugin = load(desktop)
    click(desktop)
    desktop.docks[0].run.run_button.click()
    pid_file = tmp_path / "fake.py.pid"
    wait_until(lambda: pid_file.exists() and pid_file.read_text())
    unload(plugin)
    assert not Path("/proc", pid_file.read_text()).exists()
    wait_until(lambda: QgsApplication.taskManager().count() == 0)
    after = take_stock(desktop)
    # The layers of the run stay, as those of any other.
    layers = [layer.id() for layer in QgsProject.instance().mapLayers().values()]
    QgsProject.instance().removeMapLayers([one for one in layers if one != raster_layer.id()])
    assert {**after, "connections": before["connections"]} == before
    QgsProject.instance().clear()


def test_unloading_in_the_middle_of_an_estimate_and_of_the_set_up_ends_them(
    desktop: Any,
    raster_layer: QgsRasterLayer,
    make_python: Callable[[str], Path],
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = make_python("")
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setenv("GEOSEG_PYTHON", str(slow))
    before = take_stock(desktop)
    plugin = load(desktop)
    click(desktop)
    dock = desktop.docks[0]
    dock.run.estimate_button.click()
    dock.environment.button.click()
    controller: Any = plugin._controller
    wait_until(lambda: controller.quiet_tasks.countActiveTasks() >= 2)
    # QGIS makes nothing of what nobody has asked for.
    assert QgsApplication.taskManager().count() == 0
    unload(plugin)
    assert take_stock(desktop) == before


def test_qgis_process_gets_the_algorithms_without_a_window() -> None:
    plugin = geoseg_qgis.classFactory(None)
    plugin.initProcessing()
    registry = QgsApplication.processingRegistry()
    names = {one.id() for one in registry.providerById("geoseg").algorithms()}
    assert "geoseg:extractbuildings" in {name.replace("_", "") for name in names}
    plugin.unload()
    assert registry.providerById("geoseg") is None


def test_the_language_is_taken_out_again(desktop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []

    def install() -> str:
        installed.append("de")
        return "de"

    monkeypatch.setattr("geoseg_qgis.plugin.install_translator", install)
    monkeypatch.setattr("geoseg_qgis.plugin.remove_translator", installed.remove)
    plugin = load(desktop)
    assert installed == ["de"]
    unload(plugin)
    assert not installed


def test_what_was_chosen_is_remembered_when_the_plugin_is_unloaded(desktop: Any) -> None:
    plugin = load(desktop)
    desktop.docks[0].buildings.tolerance_spin.setValue(2.5)
    unload(plugin)
    assert "2.5" in QgsSettings().value("geoseg/dock")
    assert translation.tr("geoseg") == "geoseg"
