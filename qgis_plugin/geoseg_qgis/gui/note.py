"""A line beside a field that says what is wrong with it."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QWidget


class Note(QWidget):
    """An icon and a text, as high as the text needs; hidden while there is nothing to say."""

    def __init__(self, icon: str = "/mIconWarning.svg", parent: QWidget | None = None) -> None:
        """Make an empty note.

        Args:
            icon: Name of an icon of QGIS's theme; empty for none.
            parent: Widget that it belongs to.
        """
        super().__init__(parent)
        self._icon = QLabel()
        self.set_icon(icon)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        self.hide()

    def set_icon(self, icon: str) -> None:
        """Show another icon of QGIS's theme; none for an empty name."""
        self._icon.setVisible(bool(icon))
        if icon:
            size_px = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
            self._icon.setPixmap(QgsApplication.getThemeIcon(icon).pixmap(size_px, size_px))

    def text(self) -> str:
        """What is said; empty while hidden."""
        return self._text.text()

    def say(self, text: str) -> None:
        """Show a text, or hide the note where it is empty."""
        if text != self._text.text():
            self._text.setText(text)
        self.setVisible(bool(text))
