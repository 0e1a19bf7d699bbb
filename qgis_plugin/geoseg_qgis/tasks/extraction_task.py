"""One extraction in a thread of QGIS's task manager, told to a window in portions."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from qgis.core import QgsFeature, QgsTask
from qgis.PyQt.QtCore import pyqtSignal

from geoseg_qgis.command_line import CommandStarted
from geoseg_qgis.engine.events import (
    Event,
    FootprintsFound,
    Resumed,
    StageFinished,
    StageProgress,
    StageStarted,
    WarningGiven,
)
from geoseg_qgis.extraction import Extraction, ExtractionResult
from geoseg_qgis.extraction_request import ExtractionRequest
from geoseg_qgis.features import FeatureMaker
from geoseg_qgis.stages import describe_stage
from geoseg_qgis.tasks.background_task import describe_problem
from geoseg_qgis.translation import tr

# At most ten times a second.
_INTERVAL_S = 0.1
# A window shows no more of the log at a time; the rest of a flood is left out.
_MAX_LINES = 500
_UNKNOWN = -1.0
# The panel tells how a run has ended; QGIS need not, and can be told so from 3.26 on.
_FLAGS = QgsTask.Flag.CanCancel | getattr(QgsTask.Flag, "Silent", QgsTask.Flag.CanCancel)


class ExtractionTask(QgsTask):
    """Runs an extraction. What comes in between two signals is joined.

    Signals:
        progressed: what is being done; the share that is done, 0 to 1; seconds left; buildings
            found. The share and the seconds are -1 where they are not known.
        logged: new lines of the log.
        found: new footprints, as features for the layer of `make_live_layer`.
        finished_well: the `ExtractionResult`.
        failed: a message, and details.
        cancelled: it was cancelled.

    Of the last three exactly one comes, in the main thread, after all others.
    """

    progressed = pyqtSignal(str, float, float, int)
    logged = pyqtSignal(list)
    found = pyqtSignal(list)
    finished_well = pyqtSignal(object)
    failed = pyqtSignal(str, str)
    cancelled = pyqtSignal()

    def __init__(
        self, request: ExtractionRequest, python: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        """Prepare the task in the main thread; QGIS's task manager starts it.

        Args:
            request: what to do.
            python: interpreter that has geoseg.
            variables: environment variables to set besides those of this process.
        """
        title = tr("Buildings in {raster}").format(raster=request.raster.name)
        super().__init__(title, _FLAGS)
        self._extraction = Extraction(request, python, variables)
        self._features = FeatureMaker()
        self._result: ExtractionResult | None = None
        self._problem: tuple[str, str] | None = None

    def run(self) -> bool:
        """Do the work; called by QGIS in another thread."""
        portions = _Portions(self, self._features)

        def is_cancelled() -> bool:
            # Asked all the time, also while the command is silent and something waits.
            portions.send_if_due()
            return self.isCanceled()

        try:
            self._result = self._extraction.run(portions, is_cancelled)
        except Exception as error:
            self._problem = describe_problem(error)
            return False
        finally:
            portions.send()
        return True

    def finished(self, is_good: bool) -> None:
        """Tell how it ended; called by QGIS in the main thread."""
        if is_good:
            self.finished_well.emit(self._result)
        elif self._problem is not None and not self.isCanceled():
            self.failed.emit(*self._problem)
        else:
            self.cancelled.emit()


class _Portions:
    """The listener of a task: gathers what comes, and lets it out at most ten times a second."""

    def __init__(self, task: ExtractionTask, maker: FeatureMaker) -> None:
        self._task = task
        self._maker = maker
        # While a service is copied, another thread asks whether to stop.
        self._lock = threading.Lock()
        self._sent_at = 0.0
        self._lines: deque[str] = deque(maxlen=_MAX_LINES)
        self._features: list[QgsFeature] = []
        self._progress: tuple[str, float, float, int] | None = None

    def on_event(self, event: Event) -> None:
        features = self._maker.make_features(event) if isinstance(event, FootprintsFound) else []
        with self._lock:
            self._features += features
            self._progress = _describe_progress(event) or self._progress
            line = _describe(event)
            if line:
                self._lines.append(line)
        self.send_if_due()

    def on_log(self, line: str) -> None:
        with self._lock:
            self._lines.append(line)
        self.send_if_due()

    def send_if_due(self) -> None:
        if time.monotonic() - self._sent_at >= _INTERVAL_S:
            self.send()

    def send(self) -> None:
        with self._lock:
            self._sent_at = time.monotonic()
            lines, features, progress = list(self._lines), self._features, self._progress
            self._lines.clear()
            self._features, self._progress = [], None
        if lines:
            self._task.logged.emit(lines)
        if features:
            self._task.found.emit(features)
        if progress is not None:
            self._task.progressed.emit(*progress)
            if progress[1] >= 0:
                self._task.setProgress(progress[1] * 100)


def _describe_progress(event: Event) -> tuple[str, float, float, int] | None:
    if isinstance(event, StageStarted):
        return describe_stage(event.stage), 0.0, _UNKNOWN, 0
    if isinstance(event, StageProgress):
        share = event.done / event.total if event.total else _UNKNOWN
        eta_s = _UNKNOWN if event.eta_s is None else event.eta_s
        return describe_stage(event.stage), share, eta_s, event.found
    if isinstance(event, StageFinished):
        return describe_stage(event.stage), 1.0, 0.0, event.found
    return None


def _describe(event: Event) -> str:
    """A line of the log for what is no mere progress."""
    if isinstance(event, CommandStarted):
        return event.text
    if isinstance(event, WarningGiven):
        return tr("Warning: {message}").format(message=event.message)
    if isinstance(event, Resumed):
        return tr("Going on after {done} of {total} parts.").format(
            done=event.done, total=event.total
        )
    return ""
