"""The line at the top of the dock that says whether geoseg is set up."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStyle, QWidget

from geoseg_qgis.translation import tr


class EnvironmentLine(QWidget):
    """An icon, what there is, and a button for the set-up.

    Signals:
        asked: the user wants to see or change the set-up.
    """

    asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(tr("Set &up…"))
        self.button.setToolTip(
            tr("geoseg runs in a Python environment of its own; set it up, repair or remove it.")
        )
        self.button.clicked.connect(self.asked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._icon)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        self.show_missing()

    def show_ready(self, text: str, path: str) -> None:
        """Say which environment is in use, and where it is."""
        self._show("/mIconSuccess.svg", text, path)

    def show_missing(self) -> None:
        """Say that there is none."""
        self._show("/mIconWarning.svg", tr("geoseg is not set up yet."), "")

    def _show(self, icon: str, text: str, explained: str) -> None:
        size_px = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        self._icon.setPixmap(QgsApplication.getThemeIcon(icon).pixmap(size_px, size_px))
        self.text.setText(text)
        self.text.setToolTip(explained)
