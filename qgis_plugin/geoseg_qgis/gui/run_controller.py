"""One run at a time, from its start to its layers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsApplication, QgsFeature, QgsProject, QgsRasterLayer, QgsTaskManager
from qgis.PyQt.QtCore import QObject, pyqtSignal

from geoseg_qgis.extraction import ExtractionResult
from geoseg_qgis.extraction_request import ExtractionRequest
from geoseg_qgis.gui.live_footprints import LiveFootprints
from geoseg_qgis.gui.phase import Phase
from geoseg_qgis.gui.result_group import ResultGroup
from geoseg_qgis.gui.task_follower import TaskFollower
from geoseg_qgis.gui.wording import say_area, say_count, say_duration
from geoseg_qgis.result_layers import make_live_layer
from geoseg_qgis.tasks.extraction_task import ExtractionTask
from geoseg_qgis.tasks.load_task import LoadedResults, make_load_task
from geoseg_qgis.translation import tr

_END_MS = 5000


@dataclass(frozen=True)
class Run:
    """What to run, and what becomes of it.

    Attributes:
        request: What the command is asked.
        python: Interpreter that has geoseg.
        variables: Environment variables for it.
        raster: The layer that is searched.
        keep_temporary: Whether the layer in memory stays where files are written.
        style: Of the result: "score" or "review".
    """

    request: ExtractionRequest
    python: Path
    variables: Mapping[str, str]
    raster: QgsRasterLayer
    keep_temporary: bool
    style: str


class RunController(QObject):
    """Starts and ends a run, and sees to its layers.

    Signals:
        phase_changed: with a `Phase`.
        progressed: a text, and the share that is done, 0 to 1, or None.
        logged: lines of the log.
        ended: a text on how the run ended; comes after the phase.
        failed: a message and details; comes after the phase.
        forgotten: the layers of the last run are gone with their project.
    """

    phase_changed = pyqtSignal(object)
    progressed = pyqtSignal(str, object)
    logged = pyqtSignal(list)
    ended = pyqtSignal(str)
    failed = pyqtSignal(str, str)
    forgotten = pyqtSignal()

    def __init__(
        self, parent: QObject | None = None, quiet_tasks: QgsTaskManager | None = None
    ) -> None:
        """Run nothing yet.

        Args:
            parent: Owner.
            quiet_tasks: See `TaskFollower`.
        """
        super().__init__(parent)
        self.phase = Phase.IDLE
        self.group: ResultGroup | None = None
        self._run: Run | None = None
        self._task: ExtractionTask | None = None
        self._live: LiveFootprints | None = None
        self._result: ExtractionResult | None = None
        self._loaded: LoadedResults | None = None
        self._opening = TaskFollower(self, quiet_tasks)
        self._project = QgsProject.instance()
        self._project.cleared.connect(self._on_project_cleared)

    def start(self, run: Run) -> None:
        """Begin a run; one that is going on is left alone, and this one is not begun."""
        if self.phase.is_busy:
            return
        self._drop_live()
        self._run, self._result, self._loaded = run, None, None
        layer = make_live_layer(run.request.raster.crs)
        title = tr("Buildings of {raster}, {time}").format(
            raster=run.raster.name(), time=time.strftime("%H:%M")
        )
        self.group = ResultGroup(self._project, title, layer, run.raster)
        self._live = LiveFootprints(layer, self)
        self._live.drained.connect(self._on_drained)
        task = ExtractionTask(run.request, run.python, run.variables)
        task.progressed.connect(self._on_progress)
        task.logged.connect(self.logged)
        task.found.connect(self._on_found)
        task.finished_well.connect(self._on_finished)
        task.failed.connect(self._on_failed)
        task.cancelled.connect(self._on_cancelled)
        self._task = task
        self._go(Phase.RUNNING)
        QgsApplication.taskManager().addTask(task)

    def cancel(self) -> None:
        """Ask the run to stop."""
        if self.phase is not Phase.RUNNING:
            return
        if self._task is None:
            # Only showing the result is left.
            self._finish()
            return
        self._go(Phase.CANCELLING)
        self._task.cancel()

    def shut_down(self) -> None:
        """End everything, wait for it, and let go of the project; the layers stay."""
        self._project.cleared.disconnect(self._on_project_cleared)
        self._opening.shut_down()
        task, self._task = self._task, None
        if task is not None:
            for signal in (task.progressed, task.logged, task.found):
                signal.disconnect()
            for signal in (task.finished_well, task.failed, task.cancelled):
                signal.disconnect()
            task.cancel()
            task.waitForFinished(_END_MS)
        self._drop_live()
        self.phase = Phase.IDLE

    def _go(self, phase: Phase) -> None:
        self.phase = phase
        self.phase_changed.emit(phase)

    def _on_progress(self, text: str, share: float, eta_s: float, found: int) -> None:
        parts = [text]
        if eta_s > 0:
            parts.append(tr("{duration} left").format(duration=say_duration(eta_s)))
        num_final = 0 if self._live is None else self._live.num_added + self._live.num_waiting
        if num_final:
            parts.append(tr("{n} found").format(n=say_count(num_final)))
        elif found:
            # Some of them are parts of others, or too small.
            parts.append(tr("{n} candidates").format(n=say_count(found)))
        # What comes after the last step of a stage has no steps.
        is_known = 0 <= share < 1
        self.progressed.emit(" · ".join(parts), share if is_known else None)

    def _on_found(self, features: list[QgsFeature]) -> None:
        if self._live is not None:
            self._live.take(features)

    def _on_finished(self, result: ExtractionResult) -> None:
        self._task = None
        self._result = result
        if not result.outputs:
            self._on_opened(LoadedResults((), ()))
            return
        self.progressed.emit(tr("Opening the buildings"), None)
        not_opened = LoadedResults((), result.outputs)
        self._opening.follow(
            make_load_task(result.outputs),
            self._on_opened,
            lambda _message, _details: self._on_opened(not_opened),
            lambda: self._on_opened(not_opened),
        )

    def _on_opened(self, loaded: LoadedResults) -> None:
        self._loaded = loaded
        keeps_live = self._run is not None and self._run.keep_temporary
        is_needed = keeps_live or not loaded.layers
        if is_needed and self._live is not None and self._live.num_waiting:
            self.progressed.emit(tr("Drawing the buildings"), None)
        else:
            self._finish()

    def _on_drained(self) -> None:
        if self._live is not None and self._live.layer is None:
            self._on_live_removed()
        elif self._loaded is not None and self.phase.is_busy:
            self._finish()

    def _on_live_removed(self) -> None:
        """Nobody wants the result any more where it is only in memory."""
        if self._run is not None and not self._run.request.outputs:
            self.cancel()
        elif self._loaded is not None and self.phase.is_busy:
            self._finish()

    def _finish(self) -> None:
        result, run, group = self._result, self._run, self.group
        self._opening.drop()
        self._drop_live()
        if result is None or run is None or group is None:
            self._go(Phase.CANCELLED)
            self.ended.emit(tr("Cancelled."))
            return
        loaded = self._loaded or LoadedResults((), result.outputs)
        group.show_files(loaded.take_layers(), keep_live=run.keep_temporary)
        group.apply_style(run.style)
        group.write_origin(result.origin)
        self._go(Phase.DONE)
        self.ended.emit(_say_result(result, loaded.others))

    def _on_failed(self, message: str, details: str) -> None:
        self._leave()
        self._go(Phase.FAILED)
        self.failed.emit(message, details)

    def _on_cancelled(self) -> None:
        num_added = self._leave()
        self._go(Phase.CANCELLED)
        self.ended.emit(
            tr("Cancelled. {n} buildings that were found stay on the map.").format(
                n=say_count(num_added)
            )
            if num_added
            else tr("Cancelled.")
        )

    def _leave(self) -> int:
        """Let go of a run that did not end well; returns how many buildings stay."""
        self._task = None
        live = self._live
        num_added = 0 if live is None or live.layer is None else live.num_added
        self._drop_live()
        if self.group is not None:
            self.group.give_up_if_empty()
        return num_added

    def _drop_live(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.drained.disconnect(self._on_drained)
            live.drop()
            live.deleteLater()

    def _on_project_cleared(self) -> None:
        self.group = None
        if self.phase.is_busy:
            self.cancel()
        else:
            self.forgotten.emit()


def _say_result(result: ExtractionResult, others: Sequence[Path]) -> str:
    if result.buildings == 0:
        return tr("No buildings were found. A lower score may find some.")
    lines = [
        tr("{n} buildings on {area}, in {duration}.").format(
            n=say_count(result.buildings),
            area=say_area(result.area_km2),
            duration=say_duration(result.seconds),
        )
    ]
    if others:
        names = ", ".join(path.name for path in others)
        lines.append(tr("Also written: {files}").format(files=names))
    lines += result.warnings[:2]
    return "\n".join(lines)
