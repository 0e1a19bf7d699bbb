"""What went wrong, at length, and a report of it to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from qgis.core import QgsApplication, QgsTaskManager
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from geoseg_qgis.environment.check import EnvironmentFacts
from geoseg_qgis.gui.diagnostics import Names, make_report
from geoseg_qgis.gui.task_follower import TaskFollower
from geoseg_qgis.tasks.environment_task import make_check_task
from geoseg_qgis.translation import tr


class DetailsDialog(QDialog):
    """Shows a message and the report; what `geoseg doctor` says is added when it has said it."""

    def __init__(
        self,
        message: str,
        *,
        command: str,
        log: Sequence[str],
        python: Path | None,
        parent: QWidget | None = None,
        quiet_tasks: QgsTaskManager | None = None,
    ) -> None:
        """Make the dialog; `show` it.

        Args:
            message: What went wrong.
            command: The last command; empty for none.
            log: Its lines.
            python: Interpreter of the environment; None where there is none.
            parent: Window that it belongs to.
            quiet_tasks: See `TaskFollower`.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("What went wrong"))
        self._message, self._command, self._log = message, command, list(log)
        self._names = Names.of_this_machine()
        self._follower = TaskFollower(self, quiet_tasks)
        self._arrange()
        if python is None:
            self._show("There is no environment.")
            return
        self._show("Being asked.")
        self._follower.follow(
            make_check_task(python), self._on_checked, self._on_failed, lambda: None
        )

    def report(self) -> str:
        """The report as it is shown."""
        return self.text.toPlainText()

    def copy(self) -> None:
        """Put the report on the clipboard."""
        QgsApplication.clipboard().setText(self.report())

    def done(self, result: int) -> None:
        """Close; what is still being asked is not waited for."""
        self._follower.drop()
        super().done(result)

    def shut_down(self) -> None:
        """End everything and wait for it."""
        self._follower.shut_down()

    def _arrange(self) -> None:
        size_px = self.style().pixelMetric(QStyle.PixelMetric.PM_LargeIconSize)
        icon = QLabel()
        critical = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxCritical)
        icon.setPixmap(critical.pixmap(size_px, size_px))
        icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        told = QLabel(self._message)
        told.setWordWrap(True)
        told.setTextFormat(Qt.TextFormat.PlainText)
        told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.addWidget(icon)
        head.addWidget(told, 1)
        label = QLabel(tr("&Report, without your name, folders and passwords"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTabChangesFocus(True)
        self.text.setToolTip(tr("Read it before you pass it on."))
        label.setBuddy(self.text)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton(
            tr("&Copy report"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy_button.setIcon(QgsApplication.getThemeIcon("/mActionEditCopy.svg"))
        self.copy_button.setToolTip(tr("Copy the report, to paste it into a bug report."))
        self.copy_button.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(label)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * 90, metrics.lineSpacing() * 30)

    def _show(self, doctor: Mapping[str, str] | str) -> None:
        self.text.setPlainText(
            make_report(
                message=self._message,
                command=self._command,
                log=self._log,
                doctor=doctor,
                names=self._names,
            )
        )

    def _on_checked(self, facts: EnvironmentFacts) -> None:
        self._show(facts.texts)

    def _on_failed(self, message: str, _details: str) -> None:
        self._show(f"It failed: {message}")
