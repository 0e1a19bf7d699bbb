"""A rectangle that is drawn on the map, and stays there to be seen."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsRectangle,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsMapToolExtent, QgsRubberBand
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor

_LINE = QColor(224, 89, 42)
_FILL = QColor(224, 89, 42, 40)


class RectangleDrawing(QObject):
    """Lends the map canvas a tool, and takes it back when a rectangle is drawn.

    Attributes:
        rectangle: What was drawn last; None for nothing.
        crs: Of the rectangle.

    Signals:
        drawn: there is a new rectangle.
        ended: the tool is no longer in use, whether or not a rectangle was drawn.
    """

    drawn = pyqtSignal()
    ended = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rectangle: QgsRectangle | None = None
        self.crs = QgsCoordinateReferenceSystem()
        self._canvas = canvas
        self._before: QgsMapTool | None = None
        self._tool = QgsMapToolExtent(canvas)
        self._tool.extentChanged.connect(self._take)
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setStrokeColor(_LINE)
        self._band.setFillColor(_FILL)
        self._band.setWidth(2)
        self._band.setLineStyle(Qt.PenStyle.DashLine)
        canvas.mapToolSet.connect(self._on_tool_set)
        canvas.destinationCrsChanged.connect(self._show)

    def start(self) -> None:
        """Let the user draw."""
        if self._canvas.mapTool() is not self._tool:
            self._before = self._canvas.mapTool()
            self._canvas.setMapTool(self._tool)
            self._canvas.setFocus()

    def stop(self) -> None:
        """Give the canvas its tool back."""
        if self._canvas.mapTool() is not self._tool:
            return
        if self._before is not None:
            self._canvas.setMapTool(self._before)
        else:
            self._canvas.unsetMapTool(self._tool)
        self._before = None

    def set_visible(self, is_visible: bool) -> None:
        """Show the rectangle on the map, or not."""
        self._band.setVisible(is_visible)

    def clear(self) -> None:
        """Forget the rectangle."""
        self.rectangle = None
        self._show()

    def shut_down(self) -> None:
        """Take everything off the canvas."""
        self.stop()
        self._canvas.mapToolSet.disconnect(self._on_tool_set)
        self._canvas.destinationCrsChanged.disconnect(self._show)
        self._canvas.scene().removeItem(self._band)
        self._tool.deleteLater()

    def _take(self, rectangle: QgsRectangle) -> None:
        self.stop()
        if rectangle.isEmpty():
            return
        self.rectangle = QgsRectangle(rectangle)
        self.crs = self._canvas.mapSettings().destinationCrs()
        self._show()
        self.drawn.emit()

    def _show(self) -> None:
        if self.rectangle is None:
            self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
            return
        # The band turns the corners into the canvas's CRS; more points would keep its bend.
        outline = QgsGeometry.fromRect(self.rectangle).densifyByCount(20)
        self._band.setToGeometry(outline, self.crs)

    def _on_tool_set(self, tool: QgsMapTool | None, _before: QgsMapTool | None) -> None:
        if tool is not self._tool:
            self.ended.emit()
