"""The part of the dock that asks for the raster."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsMapLayer,
    QgsMapLayerProxyModel,
    QgsProject,
    QgsProviderRegistry,
    QgsRasterLayer,
)
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from geoseg_qgis.gui.note import Note
from geoseg_qgis.translation import tr


class RasterPanel(QWidget):
    """A chooser of raster layers; where there is none, how to add one.

    Signals:
        changed: another layer was chosen, or the chosen one has gone.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combo = QgsMapLayerComboBox()
        self.combo.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.combo.setToolTip(
            tr("The image in which buildings are looked for: a file, or a map or tile service.")
        )
        self.label = QLabel(tr("&Raster layer"))
        self.label.setBuddy(self.combo)
        self.add_tool = QToolButton()
        self.add_tool.setIcon(QgsApplication.getThemeIcon("/mActionAddRasterLayer.svg"))
        self.add_tool.setAutoRaise(True)
        self.add_tool.setToolTip(tr("Add a raster file to the project"))
        self.add_tool.setAccessibleName(self.add_tool.toolTip())
        self.hint = Note("/mIconInfo.svg")
        self.add_button = QPushButton(tr("&Add a raster file…"))
        self.add_button.setToolTip(tr("Add a raster file to the project, to look for buildings in"))
        self.note = Note()
        self._arrange()
        self.combo.layerChanged.connect(self._tell)
        self.add_tool.clicked.connect(self.ask_for_file)
        self.add_button.clicked.connect(self.ask_for_file)
        self._tell()

    def layer(self) -> QgsRasterLayer | None:
        """The chosen layer; None where the project has no raster."""
        layer = self.combo.currentLayer()
        return layer if isinstance(layer, QgsRasterLayer) else None

    def choose(self, layer: QgsMapLayer) -> None:
        """Choose a layer of the project."""
        self.combo.setLayer(layer)

    def ask_for_file(self) -> None:
        """Ask for a raster file, add it to the project and choose it."""
        file, _ = QFileDialog.getOpenFileName(
            self,
            tr("Add a raster file"),
            QgsProject.instance().homePath(),
            QgsProviderRegistry.instance().fileRasterFilters(),
        )
        if file:
            self.add_file(Path(file))

    def add_file(self, file: Path) -> None:
        """Add a raster file to the project and choose it; say so where it cannot be read."""
        layer = QgsRasterLayer(str(file), file.stem)
        if not layer.isValid():
            self.note.say(tr("{file} cannot be read as a raster.").format(file=file.name))
            return
        QgsProject.instance().addMapLayer(layer)
        self.choose(layer)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.combo, 1)
        row.addWidget(self.add_tool)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.label)
        layout.addLayout(row)
        layout.addWidget(self.hint)
        layout.addWidget(self.add_button)
        layout.addWidget(self.note)

    def _tell(self) -> None:
        has_raster = self.layer() is not None
        self.hint.say(
            ""
            if has_raster
            else tr("The project has no raster layer yet. Add an aerial image to begin with.")
        )
        for widget in (self.label, self.combo, self.add_tool):
            widget.setVisible(has_raster)
        self.add_button.setVisible(not has_raster)
        self.changed.emit()
