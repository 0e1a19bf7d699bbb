"""The part of the dock that asks what is taken for a building, and how outlines are drawn."""

from __future__ import annotations

from dataclasses import replace

from qgis.gui import QgsDoubleSpinBox, QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from geoseg_qgis.gui.choices import VIEWS, Choices
from geoseg_qgis.gui.note import Note
from geoseg_qgis.gui.score_field import ScoreField
from geoseg_qgis.gui.section import make_section
from geoseg_qgis.translation import tr


class BuildingPanel(QWidget):
    """Score, outlines, and under "More" the model.

    Signals:
        changed: something is chosen otherwise.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_widgets()
        box, inside = make_section(tr("Buildings"), "geoseg_buildings")
        inside.addWidget(self.score)
        inside.addLayout(
            _make_form(
                (tr("Outline &tolerance"), self.tolerance_spin),
                (tr("Least &ground area"), self.area_spin),
            )
        )
        self.more_box, more = make_section(tr("More"), "geoseg_more")
        self.more_box.setCollapsed(True)
        more.addLayout(_make_form((tr("&Views of each place"), self.views_combo)))
        weights_label = QLabel(tr("Model &weights"))
        weights_label.setBuddy(self.weights_file.lineEdit())
        more.addWidget(weights_label)
        more.addWidget(self.weights_file)
        more.addWidget(self.weights_note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)
        layout.addWidget(self.more_box)
        self.score.changed.connect(self.changed)
        self.tolerance_spin.valueChanged.connect(self.changed)
        self.area_spin.valueChanged.connect(self.changed)
        self.views_combo.currentIndexChanged.connect(self.changed)
        self.weights_file.fileChanged.connect(self.changed)

    def fill(self, choices: Choices) -> Choices:
        """Return the choices with those of this panel."""
        return replace(
            choices,
            score=self.score.value(),
            tolerance_m=round(self.tolerance_spin.value(), 2),
            min_area_m2=round(self.area_spin.value(), 1),
            views=self.views_combo.currentData(),
            weights=self.weights_file.filePath().strip(),
        )

    def show_choices(self, choices: Choices) -> None:
        """Set the fields."""
        self.score.set_value(choices.score)
        self.tolerance_spin.setValue(choices.tolerance_m)
        self.area_spin.setValue(choices.min_area_m2)
        self.views_combo.setCurrentIndex(self.views_combo.findData(choices.views))
        self.weights_file.setFilePath(choices.weights)

    def show_problems(self, problems: dict[str, str]) -> None:
        """Say beside the fields what is wrong with them; also opens "More" where it is there."""
        problem = problems.get("weights", "")
        self.weights_note.say(problem)
        if problem:
            self.more_box.setCollapsed(False)

    def _make_widgets(self) -> None:
        usual = Choices()
        self.score = ScoreField()
        self.tolerance_spin = _make_spin(usual.tolerance_m, 100.0, 0.1, 2, tr(" m"))
        self.tolerance_spin.setToolTip(
            tr(
                "How far an outline may be from what was detected, metres on the ground. More "
                "gives straighter walls and fewer corners."
            )
        )
        self.area_spin = _make_spin(usual.min_area_m2, 1e6, 1.0, 1, tr(" m²"))
        self.area_spin.setToolTip(tr("Smaller buildings are left out, square metres."))
        self.views_combo = QComboBox()
        for views in VIEWS:
            self.views_combo.addItem(str(views), views)
        self.views_combo.setToolTip(
            tr(
                "Look at every place so often, mirrored and turned: finds buildings better, and "
                "takes as many times longer."
            )
        )
        self.weights_file = QgsFileWidget()
        self.weights_file.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        self.weights_file.setFilter(
            tr("Model weights") + " (*.npz *.h5 *.keras *.onnx);;" + tr("All files") + " (*)"
        )
        self.weights_file.setDialogTitle(tr("Choose model weights"))
        self.weights_file.lineEdit().setPlaceholderText(tr("The bundled model"))
        self.weights_file.setToolTip(
            tr("A file of weights to find buildings with; empty for the model that geoseg brings.")
        )
        self.weights_note = Note()


def _make_spin(
    usual: float, largest: float, step: float, decimals: int, unit: str
) -> QgsDoubleSpinBox:
    spin = QgsDoubleSpinBox()
    spin.setDecimals(decimals)
    spin.setRange(0.0, largest)
    spin.setSingleStep(step)
    spin.setSuffix(unit)
    spin.setClearValue(usual)
    spin.setValue(usual)
    return spin


def _make_form(*rows: tuple[str, QWidget]) -> QFormLayout:
    form = QFormLayout()
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for text, widget in rows:
        form.addRow(text, widget)
    return form
