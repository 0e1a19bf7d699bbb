"""The part of the dock that shows what the command says."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from geoseg_qgis.translation import tr

MAX_LINES = 2000


class LogPanel(QgsCollapsibleGroupBox):
    """The last lines of the log, which can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Log"), parent)
        self.setObjectName("geoseg_log")
        self.setCollapsed(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setMaximumBlockCount(MAX_LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setToolTip(tr("What geoseg says while it works."))
        self.text.setAccessibleName(tr("Log"))
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * 8)
        self.copy_button = QToolButton()
        self.copy_button.setIcon(QgsApplication.getThemeIcon("/mActionEditCopy.svg"))
        self.copy_button.setAutoRaise(True)
        self.copy_button.setToolTip(tr("Copy the log"))
        self.copy_button.setAccessibleName(self.copy_button.toolTip())
        self.copy_button.clicked.connect(self.copy)
        self.clear_button = QToolButton()
        self.clear_button.setIcon(QgsApplication.getThemeIcon("/console/iconClearConsole.svg"))
        self.clear_button.setAutoRaise(True)
        self.clear_button.setToolTip(tr("Empty the log"))
        self.clear_button.setAccessibleName(self.clear_button.toolTip())
        self.clear_button.clicked.connect(self.text.clear)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.copy_button)
        row.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text, 1)
        layout.addLayout(row)

    def append(self, lines: list[str]) -> None:
        """Add lines; of more than the log holds, the last ones."""
        if not lines:
            return
        across = self.text.horizontalScrollBar()
        place = across.value()
        self.text.appendPlainText("\n".join(lines[-MAX_LINES:]))
        # Down to the new lines, but not to the end of a long one.
        across.setValue(place)

    def copy(self) -> None:
        """Put the whole log on the clipboard."""
        QgsApplication.clipboard().setText(self.text.toPlainText())

    def last_lines(self, num_lines: int) -> list[str]:
        """The end of the log."""
        return self.text.toPlainText().splitlines()[-num_lines:]
