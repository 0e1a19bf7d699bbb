"""The least score of a building: the default of the model, or a number."""

from __future__ import annotations

from qgis.gui import QgsDoubleSpinBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from geoseg_qgis.translation import tr

_USUAL = 0.5


class ScoreField(QWidget):
    """A box for the model's default; without it, a slider and a number that agree.

    Signals:
        changed: the value is another.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explained = tr(
            "How sure the model has to be of a building, 0 to 1. Lower finds more buildings, and "
            "more that are none."
        )
        self.default_box = QCheckBox(tr("&Model's default"))
        self.default_box.setToolTip(tr("Take the score at which the model is best on the whole."))
        self.default_box.setChecked(True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setToolTip(explained)
        self.slider.setAccessibleName(tr("Least score"))
        self.spin = QgsDoubleSpinBox()
        self.spin.setRange(0.0, 1.0)
        self.spin.setSingleStep(0.05)
        self.spin.setDecimals(2)
        self.spin.setShowClearButton(False)
        self.spin.setToolTip(explained)
        self.label = QLabel(tr("Least &score"))
        self.label.setBuddy(self.spin)
        self._arrange()
        self.slider.valueChanged.connect(self._on_slider)
        self.spin.valueChanged.connect(self._on_spin)
        self.default_box.toggled.connect(self._on_default)
        self.spin.setValue(_USUAL)
        self._on_default(True)

    def value(self) -> float | None:
        """The score, or None for the default of the model."""
        return None if self.default_box.isChecked() else round(self.spin.value(), 2)

    def set_value(self, score: float | None) -> None:
        """Choose a score, or with None the default of the model."""
        self.default_box.setChecked(score is None)
        if score is not None:
            self.spin.setValue(score)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.label, 1)
        head.addWidget(self.default_box)
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.spin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addLayout(row)

    def _on_slider(self, percent: int) -> None:
        if percent != round(self.spin.value() * 100):
            self.spin.setValue(percent / 100)

    def _on_spin(self, score: float) -> None:
        self.slider.setValue(round(score * 100))
        self.changed.emit()

    def _on_default(self, is_default: bool) -> None:
        # Hidden and not only disabled: the number in them is not the model's.
        self.slider.setVisible(not is_default)
        self.spin.setVisible(not is_default)
        self.changed.emit()
