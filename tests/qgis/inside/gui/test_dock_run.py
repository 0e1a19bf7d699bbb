"""A run from the dock: to its end, cancelled, failed, and when things vanish meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    QgsApplication,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QMessageBox, QPushButton

from geoseg_qgis.gui.choices import AreaKind, FileChoice
from geoseg_qgis.gui.dock import GeosegDock
from geoseg_qgis.gui.dock_controller import DockController
from geoseg_qgis.gui.phase import Phase
from geoseg_qgis.settings import Settings

FINDS_SOME = """
tell("start", stage="tiles", total=4)
for n in range(4):
    footprints(n * 25 + 1, 25)
    tell("progress", stage="tiles", done=n + 1, total=4, per_s=4, eta_s=3.0 - n, found=n * 25 + 25)
print("a line for people", file=sys.stderr)
end(buildings=100)
"""
GOES_ON = """
tell("start", stage="tiles", total=1000)
footprints(1, 30)
tell("progress", stage="tiles", done=1, total=1000, per_s=1, eta_s=999, found=30)
time.sleep(60)
"""
SILENT = "tell('start', stage='tiles', total=1000)\ntime.sleep(60)\n"
FAILS = """
print("Traceback: the disk is on fire in " + os.path.expanduser("~"), file=sys.stderr)
tell("error", message="The disk is on fire.")
sys.exit(1)
"""
DIES = "tell('start', stage='tiles', total=4)\nfootprints(1, 5)\nos.kill(os.getpid(), 9)\n"


@pytest.fixture
def controller(
    desktop: Any, settings: Settings, raster_layer: QgsRasterLayer
) -> Iterator[DockController]:
    dock = GeosegDock(desktop.canvas, settings, desktop.window)
    desktop.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    made = DockController(dock, desktop.canvas, desktop.bar, settings, desktop.window)
    QCoreApplication.processEvents()
    yield made
    made.shut_down()
    dock.deleteLater()


@pytest.fixture
def run_script(
    controller: DockController, make_python: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Starts a run of a script in the place of geoseg."""

    def run(script: str) -> None:
        monkeypatch.setenv("GEOSEG_PYTHON", str(make_python(script)))
        controller.dock.run.run_button.click()
        assert controller.runs.phase is Phase.RUNNING

    return run


def result_layer() -> QgsVectorLayer:
    layers = [one for one in QgsProject.instance().mapLayers().values() if is_vector(one)]
    assert len(layers) == 1
    return layers[0]


def is_vector(layer: object) -> bool:
    return isinstance(layer, QgsVectorLayer)


def has_no_vector_layer() -> bool:
    return not any(map(is_vector, QgsProject.instance().mapLayers().values()))


def test_a_run_ends_in_a_styled_group_with_its_origin(
    controller: DockController, run_script: Callable[..., None], wait_until: Callable[..., None]
) -> None:
    run_script(FINDS_SOME)
    assert not controller.dock.raster.isEnabled()
    wait_until(lambda: controller.runs.phase is Phase.DONE)
    layer = result_layer()
    assert layer.featureCount() == 100
    assert layer.renderer().type() == "graduatedSymbol"
    assert "r.tif" in layer.metadata().title()
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    assert "Häuser" in node.parent().name()
    assert "100" in controller.dock.run.status.text()
    assert controller.dock.run.zoom_button.isVisible()
    assert controller.dock.raster.isEnabled()
    log = controller.dock.log.text.toPlainText()
    assert "geoseg predict" in log
    assert "a line for people" in log


def test_footprints_appear_while_it_runs_and_cancelling_takes_less_than_a_second(
    controller: DockController, run_script: Callable[..., None], wait_until: Callable[..., None]
) -> None:
    run_script(GOES_ON)
    wait_until(lambda: not has_no_vector_layer() and result_layer().featureCount() == 30)
    wait_until(lambda: "30" in controller.dock.run.status.text())
    assert controller.dock.run.progress.maximum() > 0
    start = time.monotonic()
    controller.dock.run.cancel_button.click()
    wait_until(lambda: controller.runs.phase is Phase.CANCELLED)
    assert time.monotonic() - start < 1.0
    assert result_layer().featureCount() == 30
    assert "30" in controller.dock.run.status.text()
    assert controller.dock.run.run_button.isEnabled()


def test_cancelling_before_anything_was_found_leaves_no_layer(
    controller: DockController, run_script: Callable[..., None], wait_until: Callable[..., None]
) -> None:
    run_script(SILENT)
    wait_until(lambda: controller.dock.log.text.toPlainText())
    assert not has_no_vector_layer()
    controller.dock.run.cancel_button.click()
    wait_until(lambda: controller.runs.phase is Phase.CANCELLED)
    assert has_no_vector_layer()
    assert not QgsProject.instance().layerTreeRoot().findGroups()


@pytest.mark.parametrize(("script", "said"), [(FAILS, "The disk is on fire."), (DIES, "")])
def test_a_failure_is_told_in_the_message_bar_with_details(
    controller: DockController,
    run_script: Callable[..., None],
    wait_until: Callable[..., None],
    desktop: Any,
    script: str,
    said: str,
) -> None:
    run_script(script)
    wait_until(lambda: controller.runs.phase is Phase.FAILED)
    item = desktop.bar.currentItem()
    assert said in item.text()
    assert controller.dock.run.status.text() == item.text()
    details = next(one for one in item.findChildren(QPushButton) if one.text() == "Details")
    details.click()
    dialog = controller.details_dialog
    assert dialog is not None
    wait_until(lambda: "self-test: fine" in dialog.report())
    report = dialog.report()
    assert "geoseg predict" in report
    assert said in report
    assert str(Path.home()) not in report
    dialog.copy()
    assert QgsApplication.clipboard().text() == report


def test_files_take_the_place_of_the_layer_in_memory(
    controller: DockController,
    run_script: Callable[..., None],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    file = tmp_path / "b.geojson"
    controller.dock.outputs.rows[1].show_choice(FileChoice("geojson", True, str(file)))
    controller.dock.outputs.temporary_box.setChecked(False)
    run_script(
        FINDS_SOME.replace(
            "end(buildings=100)",
            "path = words[words.index('-o') + 1]\n"
            "open(path, 'w').write(json.dumps({'type': 'FeatureCollection', 'features': ["
            "{'type': 'Feature', 'properties': {'id': 1, 'score': 0.9, 'area_m2': 4.0}, "
            "'geometry': {'type': 'Polygon', 'coordinates': "
            "[[[33, 31], [33.1, 31], [33.1, 31.1], [33, 31]]]}}]}))\n"
            "end(buildings=100, outputs=[path])",
        )
    )
    wait_until(lambda: controller.runs.phase is Phase.DONE)
    layer = result_layer()
    assert layer.source().startswith(str(file))
    assert layer.featureCount() == 1
    assert len(QgsProject.instance().layerTreeRoot().findGroups()) == 1


@pytest.mark.parametrize("answer", ["Yes", "No"])
def test_files_are_replaced_only_after_asking(
    controller: DockController,
    make_python: Callable[[str], Path],
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    answer: str,
) -> None:
    file = tmp_path / "b.osm"
    file.write_text("mine")
    controller.dock.outputs.rows[2].show_choice(FileChoice("osm", True, str(file)))
    monkeypatch.setenv(
        "GEOSEG_PYTHON", str(make_python("print(words, file=sys.stderr)\n" + FINDS_SOME))
    )
    asked: list[str] = []

    def question(_window: object, _title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return getattr(QMessageBox.StandardButton, answer)

    monkeypatch.setattr(QMessageBox, "question", question)
    controller.dock.run.run_button.click()
    assert len(asked) == 1
    assert str(file) in asked[0]
    if answer == "No":
        assert controller.runs.phase is Phase.IDLE
        return
    wait_until(lambda: controller.runs.phase is Phase.DONE)
    assert "--overwrite" in controller.dock.log.text.toPlainText()


def test_removing_the_layer_in_memory_cancels_a_run_for_nothing_else(
    controller: DockController, run_script: Callable[..., None], wait_until: Callable[..., None]
) -> None:
    run_script(GOES_ON)
    wait_until(lambda: not has_no_vector_layer() and result_layer().featureCount() == 30)
    QgsProject.instance().removeMapLayer(result_layer().id())
    wait_until(lambda: controller.runs.phase is Phase.CANCELLED)
    assert has_no_vector_layer()


def test_removing_the_raster_while_it_runs_does_no_harm(
    controller: DockController,
    run_script: Callable[..., None],
    wait_until: Callable[..., None],
    raster_layer: QgsRasterLayer,
) -> None:
    run_script(FINDS_SOME)
    QgsProject.instance().removeMapLayer(raster_layer.id())
    wait_until(lambda: controller.runs.phase is Phase.DONE)
    assert result_layer().featureCount() == 100


def test_closing_the_project_cancels_and_leaves_the_new_one_empty(
    controller: DockController, run_script: Callable[..., None], wait_until: Callable[..., None]
) -> None:
    run_script(GOES_ON)
    wait_until(lambda: not has_no_vector_layer() and result_layer().featureCount() == 30)
    QgsProject.instance().clear()
    wait_until(lambda: controller.runs.phase is Phase.CANCELLED)
    assert not QgsProject.instance().mapLayers()
    assert not controller.dock.run.result_row.isVisible()


def test_ending_all_tasks_as_qgis_does_when_it_is_closed_ends_the_command(
    controller: DockController,
    run_script: Callable[..., None],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    pid_file = tmp_path / "pid"
    run_script(f"open({str(pid_file)!r}, 'w').write(str(os.getpid()))\n" + GOES_ON)
    wait_until(lambda: not has_no_vector_layer() and result_layer().featureCount() == 30)
    QgsApplication.taskManager().cancelAll()
    wait_until(lambda: controller.runs.phase is Phase.CANCELLED)
    assert not Path("/proc", pid_file.read_text()).exists()


def test_the_result_is_zoomed_to_and_restyled(
    controller: DockController,
    run_script: Callable[..., None],
    wait_until: Callable[..., None],
    desktop: Any,
) -> None:
    run_script(FINDS_SOME)
    wait_until(lambda: controller.runs.phase is Phase.DONE)
    layer = result_layer()
    desktop.canvas.setDestinationCrs(layer.crs())
    controller.dock.run.zoom_button.click()
    assert desktop.canvas.extent().contains(layer.extent())
    combo = controller.dock.run.style_combo
    combo.setCurrentIndex(combo.findData("review"))
    combo.activated.emit(combo.currentIndex())
    assert layer.renderer().type() == "categorizedSymbol"


def test_nothing_found_is_said_and_not_a_failure(
    controller: DockController, run_script: Callable[..., None], wait_until: Callable[..., None]
) -> None:
    run_script("end()")
    wait_until(lambda: controller.runs.phase is Phase.DONE)
    assert "No buildings" in controller.dock.run.status.text()


def test_an_estimate_is_told_by_itself_and_again_when_something_changes(
    controller: DockController,
    make_python: Callable[[str], Path],
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GEOSEG_PYTHON", str(make_python("")))
    controller.refresh()
    estimate = controller.dock.run.estimate
    wait_until(lambda: estimate.text().startswith("4 tiles"))
    controller.dock.buildings.tolerance_spin.setValue(1.0)
    assert estimate.text().startswith("4 tiles")
    controller.dock.buildings.views_combo.setCurrentIndex(1)
    assert not estimate.text()
    wait_until(lambda: estimate.text().startswith("4 tiles"))


def test_of_a_service_only_arithmetic_is_told_unasked(
    controller: DockController,
    make_python: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("GEOSEG_PYTHON", str(make_python("")))
    url = f"type=xyz&url=file://{tmp_path}/{{z}}/{{x}}/{{y}}.png&zmin=0&zmax=22"
    service = QgsRasterLayer(url, "tiles", "wms")
    assert service.isValid()
    QgsProject.instance().addMapLayer(service)
    dock = controller.dock
    dock.raster.choose(service)
    controller.refresh()
    # All of the world.
    assert dock.area.note.text()
    assert not dock.run.run_button.isEnabled()
    dock.area.set_kind(AreaKind.RECTANGLE)
    # At the equator, where a metre of this CRS is one on the ground.
    dock.area.drawing.rectangle = QgsRectangle(0, 0, 1000, 500)
    dock.area.drawing.crs = service.crs()
    controller.estimator.measured.emit(10.0)
    dock.area.drawing.drawn.emit()
    assert not controller.estimator.is_active
    text = dock.run.estimate.text()
    # 5000 x 2500 px at 0.2 m: 21 x 11 tiles of 300 px, 236 px apart.
    assert text.startswith("231 tiles, 0.50 km²")
    assert "23 s" in text
    assert dock.run.estimate_button.isEnabled()


def test_without_an_environment_the_start_opens_the_set_up(controller: DockController) -> None:
    controller.dock.run.run_button.click()
    assert controller.runs.phase is Phase.IDLE
    dialog = controller.environment_dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()
    assert controller.environment_dialog is None


def test_the_result_of_a_closed_project_is_forgotten(
    controller: DockController, run_script: Callable[..., None], wait_until: Callable[..., None]
) -> None:
    run_script(FINDS_SOME)
    wait_until(lambda: controller.runs.phase is Phase.DONE)
    assert controller.dock.run.result_row.isVisible()
    QgsProject.instance().clear()
    assert not controller.dock.run.result_row.isVisible()
    assert not controller.dock.run.status.text()


@pytest.mark.slow
def test_the_real_command_is_cancelled_in_less_than_a_second_and_goes_on_afterwards(
    controller: DockController,
    geoseg_python: Path,
    real_raster: Path,
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("GEOSEG_PYTHON", str(geoseg_python))
    controller.dock.raster.add_file(real_raster)
    file = tmp_path / "town.geojson"
    controller.dock.outputs.rows[1].show_choice(FileChoice("geojson", True, str(file)))
    controller.dock.run.run_button.click()
    wait_until(lambda: controller.dock.run.progress.value() > 0, timeout_s=90)
    start = time.monotonic()
    controller.dock.run.cancel_button.click()
    wait_until(lambda: controller.runs.phase is Phase.CANCELLED)
    assert time.monotonic() - start < 1.0
    assert not file.exists()
    controller.dock.run.run_button.click()
    wait_until(lambda: controller.runs.phase is Phase.DONE, timeout_s=90)
    layers = controller.runs.group.layers() if controller.runs.group else []
    assert len(layers) == 2
    assert layers[0].featureCount() == layers[1].featureCount() > 5
