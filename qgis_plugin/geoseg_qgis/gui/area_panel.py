"""The part of the dock that asks which part of the raster is looked at."""

from __future__ import annotations

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayer,
    QgsMapLayerProxyModel,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)
from qgis.gui import QgsMapCanvas, QgsMapLayerComboBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from geoseg_qgis.area import Area
from geoseg_qgis.gui.choices import AreaKind
from geoseg_qgis.gui.note import Note
from geoseg_qgis.gui.rectangle_drawing import RectangleDrawing
from geoseg_qgis.gui.wording import say_count
from geoseg_qgis.translation import tr


class AreaPanel(QWidget):
    """Whole layer, map view, a drawn rectangle, or the polygons of a layer.

    Signals:
        changed: another area is meant.
    """

    changed = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._watched: QgsVectorLayer | None = None
        self.drawing = RectangleDrawing(canvas, self)
        self._make_widgets()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (
            self.label,
            self.kind_combo,
            self.draw_button,
            self.layer_combo,
            self.selected_box,
            self.note,
        ):
            layout.addWidget(widget)
        self.kind_combo.currentIndexChanged.connect(self._on_kind_changed)
        self.draw_button.toggled.connect(self._on_draw_toggled)
        self.drawing.drawn.connect(self.changed)
        self.drawing.ended.connect(lambda: self.draw_button.setChecked(False))
        self.layer_combo.layerChanged.connect(self._watch)
        self.selected_box.toggled.connect(self.changed)
        canvas.extentsChanged.connect(self._on_canvas_moved)
        self._watch(self.layer_combo.currentLayer())
        self._on_kind_changed()

    def kind(self) -> AreaKind:
        """What is chosen."""
        return AreaKind(self.kind_combo.currentData())

    def set_kind(self, kind: AreaKind) -> None:
        """Choose what is meant."""
        self.kind_combo.setCurrentIndex(self.kind_combo.findData(kind.value))

    def area(self) -> Area | None:
        """The area that is meant; None for the whole layer, and while `problem` says something."""
        kind = self.kind()
        if kind is AreaKind.CANVAS:
            crs = self._canvas.mapSettings().destinationCrs()
            return Area(tr("of the map view"), crs, rectangle=self._canvas.extent())
        if kind is AreaKind.RECTANGLE and self.drawing.rectangle is not None:
            return Area(tr("drawn"), self.drawing.crs, rectangle=self.drawing.rectangle)
        layer = self._polygons()
        if kind is not AreaKind.POLYGONS or layer is None:
            return None
        chosen = tuple(layer.selectedFeatureIds()) if self.selected_box.isChecked() else None
        return Area(
            layer.name(),
            layer.crs(),
            features=QgsVectorLayerFeatureSource(layer),
            feature_ids=chosen,
        )

    def key(self) -> tuple[object, ...]:
        """Equal as long as the same area is meant."""
        kind, layer = self.kind(), self._polygons()
        extent, crs = self._extent(kind)
        parts = (kind, None if extent is None else extent.toString(6), crs.authid())
        if kind is not AreaKind.POLYGONS or layer is None:
            return parts
        chosen = tuple(layer.selectedFeatureIds()) if self.selected_box.isChecked() else None
        return (*parts, layer.id(), layer.featureCount(), chosen)

    def problem(self, raster: QgsRasterLayer) -> str:
        """What keeps the area from being looked at in a raster; empty where all is well."""
        kind = self.kind()
        if kind is AreaKind.RECTANGLE and self.drawing.rectangle is None:
            return tr("No rectangle is drawn yet.")
        if kind is AreaKind.POLYGONS:
            problem = self._find_polygon_problem()
            if problem:
                return problem
        extent = self.extent_on(raster)
        if extent is None or extent.intersects(raster.extent()):
            return ""
        return tr("The area is outside the raster.")

    def extent_on(self, raster: QgsRasterLayer) -> QgsRectangle | None:
        """The rectangle round the area in the CRS of a raster; None for all of it.

        Empty where the area reaches to where that CRS is not defined.
        """
        extent, crs = self._extent(self.kind())
        if extent is None:
            return None
        transform = QgsCoordinateTransform(crs, raster.crs(), QgsProject.instance())
        try:
            return transform.transformBoundingBox(extent)
        except QgsCsException:
            return QgsRectangle()

    def shut_down(self) -> None:
        """Let go of the canvas and the layers."""
        self._canvas.extentsChanged.disconnect(self._on_canvas_moved)
        self._watch(None)
        self.drawing.shut_down()

    def _make_widgets(self) -> None:
        self.kind_combo = QComboBox()
        self.kind_combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for kind, text in (
            (AreaKind.LAYER, tr("Whole layer")),
            (AreaKind.CANVAS, tr("What the map shows")),
            (AreaKind.RECTANGLE, tr("Rectangle drawn on the map")),
            (AreaKind.POLYGONS, tr("Polygons of a layer")),
        ):
            self.kind_combo.addItem(text, kind.value)
        self.kind_combo.setToolTip(tr("The part of the raster in which buildings are looked for."))
        self.label = QLabel(tr("Ar&ea"))
        self.label.setBuddy(self.kind_combo)
        self.draw_button = QPushButton(
            QgsApplication.getThemeIcon("/mActionSelectRectangle.svg"), tr("&Draw a rectangle")
        )
        self.draw_button.setCheckable(True)
        self.draw_button.setToolTip(tr("Drag a rectangle over the map with the mouse."))
        self.layer_combo = QgsMapLayerComboBox()
        self.layer_combo.setFilters(QgsMapLayerProxyModel.Filter.PolygonLayer)
        self.layer_combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.layer_combo.setToolTip(tr("Only what lies inside its polygons is looked at."))
        self.layer_combo.setAccessibleName(tr("Layer of the area's polygons"))
        self.selected_box = QCheckBox(tr("Se&lected features only"))
        self.selected_box.setToolTip(tr("Leave out polygons that are not selected."))
        self.note = Note()

    def _polygons(self) -> QgsVectorLayer | None:
        layer = self.layer_combo.currentLayer()
        return layer if isinstance(layer, QgsVectorLayer) else None

    def _find_polygon_problem(self) -> str:
        layer = self._polygons()
        if layer is None:
            return tr("The project has no polygon layer.")
        if not layer.crs().isValid():
            return tr("The layer has no coordinate reference system.")
        if self.selected_box.isChecked() and layer.selectedFeatureCount() == 0:
            return tr("No feature of the layer is selected.")
        if layer.featureCount() == 0:
            return tr("The layer has no polygons.")
        return ""

    def _extent(self, kind: AreaKind) -> tuple[QgsRectangle | None, QgsCoordinateReferenceSystem]:
        layer = self._polygons()
        if kind is AreaKind.CANVAS:
            return self._canvas.extent(), self._canvas.mapSettings().destinationCrs()
        if kind is AreaKind.RECTANGLE:
            return self.drawing.rectangle, self.drawing.crs
        if kind is AreaKind.POLYGONS and layer is not None:
            is_part = self.selected_box.isChecked()
            return layer.boundingBoxOfSelected() if is_part else layer.extent(), layer.crs()
        return None, QgsCoordinateReferenceSystem()

    def _on_kind_changed(self) -> None:
        kind = self.kind()
        self.draw_button.setVisible(kind is AreaKind.RECTANGLE)
        self.layer_combo.setVisible(kind is AreaKind.POLYGONS)
        self.selected_box.setVisible(kind is AreaKind.POLYGONS)
        self.drawing.set_visible(kind is AreaKind.RECTANGLE)
        if kind is not AreaKind.RECTANGLE:
            self.drawing.stop()
        self.changed.emit()

    def _on_draw_toggled(self, is_wanted: bool) -> None:
        if is_wanted:
            self.drawing.start()
        else:
            self.drawing.stop()

    def _on_canvas_moved(self) -> None:
        if self.kind() is AreaKind.CANVAS:
            self.changed.emit()

    def _watch(self, layer: QgsMapLayer | None) -> None:
        if self._watched is not None:
            self._watched.selectionChanged.disconnect(self._on_selection_changed)
            self._watched.willBeDeleted.disconnect(self._forget)
            self._watched = None
        if isinstance(layer, QgsVectorLayer):
            self._watched = layer
            layer.selectionChanged.connect(self._on_selection_changed)
            layer.willBeDeleted.connect(self._forget)
        self._on_selection_changed()

    def _forget(self) -> None:
        self._watched = None

    def _on_selection_changed(self, *_ids: object) -> None:
        count = 0 if self._watched is None else self._watched.selectedFeatureCount()
        self.selected_box.setText(
            tr("Se&lected features only ({count})").format(count=say_count(count))
        )
        if self.kind() is AreaKind.POLYGONS:
            self.changed.emit()
