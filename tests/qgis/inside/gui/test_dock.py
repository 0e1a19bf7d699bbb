"""The dock: what is chosen, what is remembered, what is wrong, and how it is reached by keys."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QSlider,
    QWidget,
)

from geoseg_qgis.gui.choices import AreaKind, FileChoice
from geoseg_qgis.gui.dock import GeosegDock
from geoseg_qgis.gui.phase import Phase
from geoseg_qgis.settings import Settings


@pytest.fixture
def dock(desktop: Any, settings: Settings) -> Iterator[GeosegDock]:
    made = GeosegDock(desktop.canvas, settings, desktop.window)
    desktop.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, made)
    QCoreApplication.processEvents()
    yield made
    made.shut_down()


def add_polygons(*rectangles: QgsRectangle) -> QgsVectorLayer:
    layer = QgsVectorLayer("Polygon?crs=EPSG:32636", "district", "memory")
    features = []
    for rectangle in rectangles:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromRect(rectangle))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    QgsProject.instance().addMapLayer(layer)
    return layer


def boxes_of(dock: GeosegDock) -> list[QgsRectangle]:
    """The rectangles round what is meant."""
    area = dock.area.area()
    assert area is not None
    return [one.boundingBox() for one in area.iterate()]


INSIDE = QgsRectangle(500010, 3499950, 500030, 3499970)
OUTSIDE = QgsRectangle(600010, 3499950, 600030, 3499970)


def test_without_a_raster_the_dock_shows_how_to_add_one(dock: GeosegDock) -> None:
    assert dock.raster.hint.text()
    assert dock.raster.add_button.isVisible()
    assert not dock.raster.combo.isVisible()
    assert not dock.run.run_button.isEnabled()
    assert dock.run.run_button.toolTip() == dock.run.note.text() != ""


def test_an_added_file_is_chosen(dock: GeosegDock, raster_file: Path) -> None:
    dock.raster.add_file(raster_file)
    layer = dock.raster.layer()
    assert layer is not None
    assert layer.source() == str(raster_file)
    assert dock.run.run_button.isEnabled()
    assert not dock.raster.hint.text()
    assert dock.raster.combo.isVisible()


def test_a_file_that_is_no_raster_is_said_to_be_none(dock: GeosegDock, tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_text("no raster")
    dock.raster.add_file(tmp_path / "text.tif")
    assert "text.tif" in dock.raster.note.text()
    assert not QgsProject.instance().mapLayers()


def test_removing_the_last_raster_forbids_the_start(
    dock: GeosegDock, raster_layer: QgsRasterLayer
) -> None:
    assert dock.run.run_button.isEnabled()
    QgsProject.instance().removeMapLayer(raster_layer.id())
    QCoreApplication.processEvents()
    assert dock.raster.layer() is None
    assert not dock.run.run_button.isEnabled()


def test_a_raster_without_crs_is_told_at_its_field(
    dock: GeosegDock, raster_layer: QgsRasterLayer
) -> None:
    raster_layer.setCrs(QgsCoordinateReferenceSystem())
    dock.check()
    assert "Häuser" in dock.raster.note.text()
    assert not dock.run.run_button.isEnabled()


def test_a_rectangle_has_to_be_drawn_and_may_be_anywhere_on_the_raster(
    dock: GeosegDock, raster_layer: QgsRasterLayer
) -> None:
    dock.area.set_kind(AreaKind.RECTANGLE)
    assert dock.area.note.text()
    assert not dock.run.run_button.isEnabled()
    drawing = dock.area.drawing
    for rectangle, is_good in ((OUTSIDE, False), (INSIDE, True)):
        drawing.rectangle, drawing.crs = rectangle, raster_layer.crs()
        drawing.drawn.emit()
        assert dock.run.run_button.isEnabled() is is_good
    assert boxes_of(dock) == [INSIDE]


def test_drawing_lends_the_map_a_tool_and_gives_the_old_one_back(
    dock: GeosegDock, desktop: Any
) -> None:
    before = desktop.canvas.mapTool()
    dock.area.set_kind(AreaKind.RECTANGLE)
    dock.area.draw_button.click()
    assert desktop.canvas.mapTool() is not before
    assert dock.area.draw_button.isChecked()
    desktop.canvas.mapTool().extentChanged.emit(QgsRectangle(0, 0, 1, 1))
    assert desktop.canvas.mapTool() is before
    assert not dock.area.draw_button.isChecked()
    assert dock.area.drawing.rectangle == QgsRectangle(0, 0, 1, 1)


def test_polygons_outside_or_not_selected_are_told_at_the_field(
    dock: GeosegDock, raster_layer: QgsRasterLayer
) -> None:
    dock.area.set_kind(AreaKind.POLYGONS)
    assert dock.area.note.text()
    layer = add_polygons(INSIDE, OUTSIDE)
    dock.check()
    assert not dock.area.note.text()
    dock.area.selected_box.setChecked(True)
    assert dock.area.note.text()
    outside = [one.id() for one in layer.getFeatures() if one.geometry().intersects(OUTSIDE)]
    layer.selectByIds(outside)
    assert dock.area.note.text()
    layer.invertSelection()
    assert not dock.area.note.text()
    assert "(1)" in dock.area.selected_box.text()
    assert boxes_of(dock) == [INSIDE]


def test_a_removed_polygon_layer_is_let_go(dock: GeosegDock, raster_layer: QgsRasterLayer) -> None:
    layer = add_polygons(INSIDE)
    dock.area.set_kind(AreaKind.POLYGONS)
    QgsProject.instance().removeMapLayer(layer.id())
    QCoreApplication.processEvents()
    assert dock.area.note.text()
    assert dock.area.area() is None


def test_the_map_view_is_an_area_that_follows_the_map(
    dock: GeosegDock, raster_layer: QgsRasterLayer, desktop: Any
) -> None:
    desktop.canvas.setDestinationCrs(raster_layer.crs())
    dock.area.set_kind(AreaKind.CANVAS)
    desktop.canvas.setExtent(OUTSIDE)
    assert dock.area.note.text()
    desktop.canvas.setExtent(INSIDE)
    assert not dock.area.note.text()


def test_score_slider_and_number_agree_and_the_default_is_none(dock: GeosegDock) -> None:
    score = dock.buildings.score
    assert score.value() is None
    score.default_box.setChecked(False)
    score.slider.setValue(73)
    assert score.value() == 0.73
    score.spin.setValue(0.29)
    assert score.slider.value() == 29
    assert score.value() == 0.29


def test_files_are_suggested_beside_the_raster(
    dock: GeosegDock, raster_layer: QgsRasterLayer, raster_file: Path
) -> None:
    row = dock.outputs.rows[0]
    row.box.setChecked(True)
    assert row.file.filePath() == str(raster_file.with_name("Häuser 1_buildings.gpkg"))
    assert dock.run.run_button.isEnabled()
    row.file.setFilePath("/not/there/x.gpkg")
    assert row.note.text()
    assert not dock.run.run_button.isEnabled()


def test_what_was_chosen_is_chosen_again(
    dock: GeosegDock, desktop: Any, settings: Settings
) -> None:
    dock.area.set_kind(AreaKind.CANVAS)
    dock.buildings.score.set_value(0.35)
    dock.buildings.tolerance_spin.setValue(1.25)
    dock.buildings.area_spin.setValue(30)
    dock.buildings.views_combo.setCurrentIndex(2)
    dock.outputs.rows[2].show_choice(FileChoice("osm", True, "/data/ö.osm"))
    dock.outputs.temporary_box.setChecked(False)
    dock.run.set_style_name("review")
    dock.remember()
    other = GeosegDock(desktop.canvas, settings, desktop.window)
    assert other.choices() == dock.choices()
    assert other.choices().views == 4
    assert other.run.style_name() == "review"
    other.shut_down()


def test_the_request_says_what_is_chosen(
    dock: GeosegDock, raster_layer: QgsRasterLayer, raster_file: Path, tmp_path: Path
) -> None:
    dock.buildings.score.set_value(0.4)
    dock.outputs.rows[1].show_choice(FileChoice("geojson", True, str(tmp_path / "b")))
    request = dock.request(overwrite=True)
    assert request.raster.source == str(raster_file)
    assert request.area is None
    assert request.options.score == 0.4
    assert request.options.weights is None
    assert request.outputs == (tmp_path / "b.geojson",)
    assert request.is_live
    assert request.overwrite


def test_while_busy_only_cancelling_is_possible(
    dock: GeosegDock, raster_layer: QgsRasterLayer
) -> None:
    dock.show_busy(True)
    dock.run.show_phase(Phase.RUNNING)
    assert dock.run.cancel_button.isVisible()
    assert not dock.run.run_button.isVisible()
    assert not dock.raster.isEnabled()
    dock.run.show_phase(Phase.CANCELLING)
    assert not dock.run.cancel_button.isEnabled()


def test_the_log_is_bounded_and_can_be_copied(dock: GeosegDock) -> None:
    dock.log.append([f"line {n}" for n in range(5000)])
    assert dock.log.text.blockCount() <= 2000
    assert dock.log.last_lines(2) == ["line 4998", "line 4999"]
    dock.log.copy()
    assert QgsApplication.clipboard().text().endswith("line 4999")


def test_the_dock_fits_a_narrow_place(dock: GeosegDock, raster_layer: QgsRasterLayer) -> None:
    letters = dock.fontMetrics().averageCharWidth()
    assert dock.minimumSizeHint().width() < 40 * letters


CONTROLS = (QAbstractButton, QSlider, QAbstractSpinBox, QComboBox, QPlainTextEdit)


def controls_of(widget: QWidget) -> list[QWidget]:
    """What a user can act on, without the arrows that QGIS puts on group boxes."""
    found = [one for kind in CONTROLS for one in widget.findChildren(kind)]
    return [one for one in found if one.objectName() != "collapseButton"]


def test_every_control_says_what_it_is_for(dock: GeosegDock) -> None:
    silent = [one for one in controls_of(dock.widget()) if not is_explained(one)]
    assert not [(type(one).__name__, one.objectName()) for one in silent]


def is_explained(widget: QWidget | None) -> bool:
    """Whether it has a tooltip, or what it is a part of, as the button of a chooser of files."""
    return widget is not None and (bool(widget.toolTip()) or is_explained(widget.parentWidget()))


def mnemonics_of(dock: GeosegDock) -> Counter[str]:
    texts = [one.text() for one in dock.widget().findChildren(QAbstractButton)]
    texts += [one.text() for one in dock.widget().findChildren(QLabel) if one.buddy()]
    keys = (re.search(r"&(\w)", text) for text in texts)
    return Counter(key.group(1).lower() for key in keys if key)


def test_no_two_fields_have_the_same_key(dock: GeosegDock) -> None:
    mnemonics = mnemonics_of(dock)
    assert len(mnemonics) > 12
    assert [key for key, count in mnemonics.items() if count > 1] == []


def test_the_tab_key_goes_through_the_dock_from_top_to_bottom(
    dock: GeosegDock, raster_layer: QgsRasterLayer
) -> None:
    QCoreApplication.processEvents()
    wanted = [
        dock.environment.button,
        dock.raster.combo,
        dock.area.kind_combo,
        dock.buildings.score.default_box,
        dock.buildings.tolerance_spin,
        dock.buildings.area_spin,
        dock.outputs.temporary_box,
        dock.outputs.rows[0].box,
        dock.run.run_button,
    ]
    order, widget = [], dock.environment.button
    while True:
        order.append(widget)
        widget = widget.nextInFocusChain()
        if widget is dock.environment.button:
            break
    places = [order.index(one) for one in wanted]
    assert places == sorted(places)


def test_shutting_down_takes_everything_off_the_map(desktop: Any, settings: Settings) -> None:
    items = len(desktop.canvas.scene().items())
    dock = GeosegDock(desktop.canvas, settings, desktop.window)
    assert len(desktop.canvas.scene().items()) > items
    dock.area.set_kind(AreaKind.RECTANGLE)
    dock.area.draw_button.click()
    dock.shut_down()
    dock.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(desktop.canvas.scene().items()) == items
    assert desktop.canvas.mapTool() is None
