"""The foot of the dock: what a run will take, its start and end, and how far it is."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from geoseg_qgis.gui.note import Note
from geoseg_qgis.gui.phase import Phase
from geoseg_qgis.translation import tr

_PARTS = 1000
_OUTCOME_ICONS = {
    Phase.DONE: "/mIconSuccess.svg",
    Phase.FAILED: "/mIconWarning.svg",
    Phase.CANCELLED: "/mIconInfo.svg",
}


class RunPanel(QWidget):
    """Buttons and texts only: what they do is decided elsewhere.

    Signals:
        run_asked, cancel_asked, estimate_asked, zoom_asked: buttons.
        style_asked: the name of a style, "score" or "review".
    """

    run_asked = pyqtSignal()
    cancel_asked = pyqtSignal()
    estimate_asked = pyqtSignal()
    zoom_asked = pyqtSignal()
    style_asked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._has_result = False
        self._problem = ""
        self._phase = Phase.IDLE
        self._make_estimate()
        self._make_progress()
        self._make_buttons()
        self._make_result()
        self._arrange()
        self.show_phase(Phase.IDLE)

    def show_phase(self, phase: Phase) -> None:
        """Show what can be done now."""
        self._phase = phase
        self.progress.setVisible(phase.is_busy)
        self.cancel_button.setVisible(phase.is_busy)
        self.cancel_button.setEnabled(phase is Phase.RUNNING)
        self.run_button.setVisible(not phase.is_busy)
        self.result_row.setVisible(self._has_result and not phase.is_busy)
        self.show_problem(self._problem)
        if phase is Phase.RUNNING:
            self.progress.setRange(0, 0)
        if phase is Phase.CANCELLING:
            self.status.say(tr("Cancelling…"))

    def show_problem(self, problem: str) -> None:
        """Allow the start, or say why it is not possible."""
        self._problem = problem
        self.run_button.setEnabled(not problem)
        self.run_button.setToolTip(problem or tr("Look for buildings in the background."))
        is_busy = self._phase.is_busy
        self.note.say("" if is_busy else problem)
        self.estimate_row.setVisible(not is_busy and not problem)

    def show_estimate(self, text: str, *, is_pending: bool = False) -> None:
        """Say what a run would take; empty hides it.

        Args:
            text: One line.
            is_pending: Whether it is still being found out.
        """
        self.estimate.setText(text)
        self.estimate_button.setEnabled(not is_pending)

    def show_progress(self, text: str, share: float | None) -> None:
        """Say how far the run is.

        Args:
            text: Stage, time left and so on.
            share: 0 to 1; None where it is not known.
        """
        if self._phase is not Phase.RUNNING:
            return
        self.status.say(text)
        if share is None:
            self.progress.setRange(0, 0)
        else:
            self.progress.setRange(0, _PARTS)
            self.progress.setValue(round(min(max(share, 0.0), 1.0) * _PARTS))

    def show_outcome(self, text: str, *, has_result: bool) -> None:
        """Say how the run ended, and offer what can be done with its result."""
        self._has_result = has_result
        self.status.set_icon(_OUTCOME_ICONS.get(self._phase, ""))
        self.status.say(text)
        self.result_row.setVisible(has_result and not self._phase.is_busy)

    def style_name(self) -> str:
        """The chosen style: "score" or "review"."""
        return str(self.style_combo.currentData())

    def set_style_name(self, name: str) -> None:
        """Choose a style; one that is not known leaves what is chosen."""
        index = self.style_combo.findData(name)
        if index >= 0:
            self.style_combo.setCurrentIndex(index)

    def _make_estimate(self) -> None:
        self.estimate = _make_text()
        self.estimate.setToolTip(tr("What a run with these settings will look at, and how long."))
        self.estimate_button = QToolButton()
        self.estimate_button.setIcon(QgsApplication.getThemeIcon("/mActionRefresh.svg"))
        self.estimate_button.setAutoRaise(True)
        self.estimate_button.setToolTip(tr("Estimate again"))
        self.estimate_button.setAccessibleName(self.estimate_button.toolTip())
        self.estimate_button.clicked.connect(self.estimate_asked)
        self.estimate_row = QWidget()
        row = QHBoxLayout(self.estimate_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.estimate, 1)
        row.addWidget(self.estimate_button)

    def _make_progress(self) -> None:
        self.progress = QProgressBar()
        self.progress.setTextVisible(True)
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setToolTip(tr("How far the search for buildings is."))
        self.status = Note("")
        self.note = Note()

    def _make_buttons(self) -> None:
        self.run_button = QPushButton(
            QgsApplication.getThemeIcon("/mActionStart.svg"), tr("&Find buildings")
        )
        self.run_button.clicked.connect(self.run_asked)
        self.cancel_button = QPushButton(
            QgsApplication.getThemeIcon("/mActionStop.svg"), tr("&Cancel")
        )
        self.cancel_button.setToolTip(
            tr("Stop. What was found so far stays on the map, and the next run can go on from it.")
        )
        self.cancel_button.clicked.connect(self.cancel_asked)

    def _make_result(self) -> None:
        self.zoom_button = QPushButton(
            QgsApplication.getThemeIcon("/mActionZoomToLayer.svg"), tr("&Zoom to result")
        )
        self.zoom_button.setToolTip(tr("Show all buildings that were found on the map."))
        self.zoom_button.clicked.connect(self.zoom_asked)
        self.style_combo = QComboBox()
        self.style_combo.addItem(tr("Colours by score"), "score")
        self.style_combo.addItem(tr("Colours by review"), "review")
        self.style_combo.setToolTip(
            tr(
                "Colour the buildings by how sure the model is, or by what you have decided about "
                "them in the field “review”."
            )
        )
        self.style_combo.setAccessibleName(tr("Style of the result"))
        self.style_combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.style_combo.activated.connect(lambda _: self.style_asked.emit(self.style_name()))
        self.result_row = QWidget()
        row = QHBoxLayout(self.result_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.zoom_button)
        row.addWidget(self.style_combo, 1)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (
            self.estimate_row,
            self.status,
            self.progress,
            self.result_row,
            self.note,
            self.run_button,
            self.cancel_button,
        ):
            layout.addWidget(widget)


def _make_text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
