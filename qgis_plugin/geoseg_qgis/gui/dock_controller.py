"""Acts on what is asked for in the dock."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qgis.core import Qgis, QgsProject, QgsTaskManager
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QMessageBox, QPushButton, QWidget

from geoseg_qgis.engine.errors import EngineError, EnvironmentMissing
from geoseg_qgis.extraction_request import ExtractionRequest
from geoseg_qgis.gui.details_dialog import DetailsDialog
from geoseg_qgis.gui.dock import GeosegDock
from geoseg_qgis.gui.environment_dialog import EnvironmentDialog
from geoseg_qgis.gui.estimator import Estimator
from geoseg_qgis.gui.phase import Phase
from geoseg_qgis.gui.run_controller import Run, RunController
from geoseg_qgis.gui.service_plan import say_plan
from geoseg_qgis.settings import Settings
from geoseg_qgis.translation import tr

_LOG_LINES = 200
_SPEED = "speed"


class DockController(QObject):
    """Joins the dock, the estimate, the run and the dialogs."""

    def __init__(
        self,
        dock: GeosegDock,
        canvas: QgsMapCanvas,
        message_bar: QgsMessageBar,
        settings: Settings,
        window: QWidget | None,
    ) -> None:
        """Connect them.

        Args:
            dock: The dock.
            canvas: The map.
            message_bar: Where the user is told what deserves a look.
            settings: Of the plugin.
            window: Owner of the dialogs.
        """
        super().__init__(dock)
        self.dock = dock
        self.quiet_tasks = QgsTaskManager(self)
        self.runs = RunController(self, self.quiet_tasks)
        self.estimator = Estimator(self, self.quiet_tasks)
        self.environment_dialog: EnvironmentDialog | None = None
        self.details_dialog: DetailsDialog | None = None
        self._canvas = canvas
        self._message_bar = message_bar
        self._settings = settings
        self._window = window
        self._command = ""
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Look whether geoseg is set up, and estimate again."""
        self.dock.show_environment()
        self._offer_estimate()

    def start(self) -> None:
        """Begin a run with what is chosen; sets geoseg up first where it is not."""
        self.dock.check()
        if not self.dock.run.run_button.isEnabled() or self.runs.phase.is_busy:
            return
        try:
            python = self._settings.find_python()
        except EnvironmentMissing:
            self.show_environment_dialog()
            return
        files = self.dock.files_to_replace()
        if files and not self._may_replace(files):
            return
        self.estimator.pause()
        self.dock.remember()
        try:
            request = self.dock.request(overwrite=bool(files))
        except EngineError as error:
            self._tell_failure(str(error), "")
            return
        raster = self.dock.raster.layer()
        if raster is None:
            return
        self.dock.log.text.clear()
        self._command = ""
        self.runs.start(
            Run(
                request=request,
                python=python,
                variables=self._settings.make_variables(),
                raster=raster,
                keep_temporary=self.dock.choices().keep_temporary,
                style=self.dock.run.style_name(),
            )
        )

    def show_environment_dialog(self) -> None:
        """Open the set-up, or bring it to the front."""
        if self.environment_dialog is None:
            dialog = EnvironmentDialog(self._settings, self._window, self.quiet_tasks)
            dialog.environment_changed.connect(self.refresh)
            dialog.finished.connect(self._on_dialog_closed)
            self.environment_dialog = dialog
        self.environment_dialog.show()
        self.environment_dialog.raise_()
        self.environment_dialog.activateWindow()

    def show_details(self, message: str) -> None:
        """Open what went wrong at length.

        Args:
            message: What went wrong, in a line.
        """
        self._close_details()
        try:
            python: Path | None = self._settings.find_python()
        except EnvironmentMissing:
            python = None
        self.details_dialog = DetailsDialog(
            message,
            command=self._command,
            log=self.dock.log.last_lines(_LOG_LINES),
            python=python,
            parent=self._window,
            quiet_tasks=self.quiet_tasks,
        )
        self.details_dialog.show()

    def shut_down(self) -> None:
        """End everything, wait for it, and let go of the project and the map."""
        self.runs.shut_down()
        self.estimator.shut_down()
        for dialog in (self.details_dialog, self.environment_dialog):
            if dialog is not None:
                dialog.shut_down()
                dialog.deleteLater()
        self.details_dialog = self.environment_dialog = None
        self.dock.shut_down()

    def _connect(self) -> None:
        dock, foot = self.dock, self.dock.run
        dock.changed.connect(self._offer_estimate)
        dock.shown.connect(self.refresh)
        dock.environment.asked.connect(self.show_environment_dialog)
        foot.run_asked.connect(self.start)
        foot.cancel_asked.connect(self.runs.cancel)
        foot.estimate_asked.connect(self.estimator.ask_now)
        foot.zoom_asked.connect(self._zoom)
        foot.style_asked.connect(self._style)
        self.estimator.told.connect(
            lambda text, is_pending: foot.show_estimate(text, is_pending=is_pending)
        )
        self.estimator.measured.connect(self._keep_speed)
        self.runs.phase_changed.connect(self._on_phase)
        self.runs.progressed.connect(foot.show_progress)
        self.runs.logged.connect(self._on_logged)
        self.runs.ended.connect(self._on_ended)
        self.runs.failed.connect(self._tell_failure)
        self.runs.forgotten.connect(lambda: foot.show_outcome("", has_result=False))

    def _offer_estimate(self) -> None:
        dock = self.dock
        is_wanted = dock.isVisible() and dock.run.run_button.isEnabled()
        if self.runs.phase.is_busy or not is_wanted or not self._has_environment():
            self.estimator.drop()
            return
        known = None
        if dock.is_service():
            plan = dock.service_plan
            known = "" if plan is None else say_plan(plan, self._recall_speed())
        self.estimator.offer(dock.estimate_key(), self._make_estimate, known=known)

    def _keep_speed(self, tiles_per_s: float) -> None:
        self._settings.keep_values(_SPEED, {"tiles_per_s": tiles_per_s})

    def _recall_speed(self) -> float:
        """Tiles per second that were measured last; 0 for none."""
        speed = self._settings.load_values(_SPEED).get("tiles_per_s")
        return float(speed) if isinstance(speed, (int, float)) else 0.0

    def _make_estimate(self) -> tuple[ExtractionRequest, Path, Mapping[str, str]]:
        return (
            self.dock.request(overwrite=False),
            self._settings.find_python(),
            self._settings.make_variables(),
        )

    def _has_environment(self) -> bool:
        try:
            self._settings.find_python()
        except EnvironmentMissing:
            return False
        return True

    def _may_replace(self, files: list[Path]) -> bool:
        """Ask; layers of the files have to go first, because they hold them open."""
        project = QgsProject.instance()
        wanted = {str(file) for file in files}
        layers = [
            layer.id()
            for layer in project.mapLayers().values()
            if layer.source().split("|")[0] in wanted
        ]
        question = tr("These files are there already:") + "\n\n" + "\n".join(map(str, files))
        question += "\n\n" + tr("Replace them?")
        if layers:
            question += " " + tr("Their layers are removed from the project.")
        answer = QMessageBox.question(self._window, tr("Replace files"), question)
        if answer != QMessageBox.StandardButton.Yes:
            return False
        project.removeMapLayers(layers)
        return True

    def _on_phase(self, phase: Phase) -> None:
        self.dock.show_busy(phase.is_busy)
        self.dock.run.show_phase(phase)
        if phase is Phase.RUNNING:
            self.dock.run.show_outcome(tr("Starting…"), has_result=False)
        elif not phase.is_busy:
            self._offer_estimate()

    def _on_logged(self, lines: list[str]) -> None:
        commands = [line for line in lines if line.startswith("geoseg ")]
        if commands:
            self._command = commands[-1]
        self.dock.log.append(lines)

    def _on_ended(self, text: str) -> None:
        has_result = self.runs.group is not None and bool(self.runs.group.layers())
        self.dock.run.show_outcome(text, has_result=has_result)
        if self.runs.phase is Phase.DONE:
            self._message_bar.pushMessage(tr("geoseg"), text, Qgis.MessageLevel.Success, 10)

    def _tell_failure(self, message: str, details: str) -> None:
        known = set(self.dock.log.last_lines(_LOG_LINES))
        new = [line for line in details.splitlines() if line.strip() and line not in known]
        self.dock.log.append(new[-_LOG_LINES:])
        has_result = self.runs.group is not None and bool(self.runs.group.layers())
        self.dock.run.show_outcome(message, has_result=has_result)
        item = self._message_bar.createMessage(tr("geoseg"), message)
        button = QPushButton(tr("Details"))
        button.setToolTip(tr("Show the log, and a report that can be copied."))
        button.clicked.connect(partial(self.show_details, message))
        item.layout().addWidget(button)
        self._message_bar.pushWidget(item, Qgis.MessageLevel.Critical)

    def _zoom(self) -> None:
        if self.runs.group is not None:
            self.runs.group.zoom(self._canvas)

    def _style(self, style: str) -> None:
        self.dock.remember()
        if self.runs.group is not None and not self.runs.group.apply_style(style):
            self._message_bar.pushMessage(
                tr("geoseg"),
                tr("A layer has no field “review”, and keeps its colours by score."),
                Qgis.MessageLevel.Info,
                10,
            )

    def _on_dialog_closed(self) -> None:
        dialog, self.environment_dialog = self.environment_dialog, None
        if dialog is not None:
            dialog.deleteLater()
            self.refresh()

    def _close_details(self) -> None:
        dialog, self.details_dialog = self.details_dialog, None
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()
