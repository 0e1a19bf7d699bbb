"""Finds out in the background what a run would take, whenever what is chosen has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from qgis.core import QgsTaskManager
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from geoseg_qgis.engine.errors import EngineError
from geoseg_qgis.engine.events import Event
from geoseg_qgis.environment.reporter import Reporter
from geoseg_qgis.extraction import Estimate, Extraction
from geoseg_qgis.extraction_request import ExtractionRequest
from geoseg_qgis.gui.task_follower import TaskFollower
from geoseg_qgis.gui.wording import say_area, say_count, say_duration
from geoseg_qgis.tasks.background_task import BackgroundTask
from geoseg_qgis.translation import tr

# As long as it takes to see that somebody has stopped turning a knob.
_WAIT_MS = 1200


class Estimator(QObject):
    """Makes one estimate at a time; one that is out of date is cancelled.

    Signals:
        told: a text for people, and whether it is still being found out.
        measured: tiles per second.
    """

    told = pyqtSignal(str, bool)
    measured = pyqtSignal(float)

    def __init__(
        self, parent: QObject | None = None, quiet_tasks: QgsTaskManager | None = None
    ) -> None:
        """Estimate nothing yet.

        Args:
            parent: Owner.
            quiet_tasks: See `TaskFollower`.
        """
        super().__init__(parent)
        self._key: object = None
        self._make: Callable[[], tuple[ExtractionRequest, Path, Mapping[str, str]]] | None = None
        self._follower = TaskFollower(self, quiet_tasks)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self.ask_now)

    @property
    def is_active(self) -> bool:
        """Whether an estimate is being made, or about to be."""
        return self._follower.is_active or self._timer.isActive()

    def offer(
        self,
        key: object,
        make: Callable[[], tuple[ExtractionRequest, Path, Mapping[str, str]]],
        *,
        known: str | None,
    ) -> None:
        """Take note of what is chosen now.

        Args:
            key: Equal where the estimate would be the same.
            make: Gives the request, the interpreter and variables for it; called in this thread.
            known: What to tell in the place of an estimate, until somebody asks for one; None to
                make one by itself.
        """
        self._make = make
        if key == self._key:
            return
        self.drop()
        self._key = key
        if known is None:
            self._timer.start()
        else:
            self.told.emit(known, False)

    def drop(self) -> None:
        """Forget the estimate, and cancel one that is being made."""
        self._key = None
        self._timer.stop()
        self._follower.drop()
        self.told.emit("", False)

    def pause(self) -> None:
        """Cancel one that is being made; what was told stays."""
        if self.is_active:
            self.drop()

    def ask_now(self) -> None:
        """Make an estimate at once."""
        if self._make is None:
            return
        self._timer.stop()
        try:
            request, python, variables = self._make()
        except EngineError as error:
            self._on_failed(str(error), "")
            return
        extraction = Extraction(request, python, variables)

        def estimate(reporter: Reporter) -> object:
            return extraction.estimate(_Unheard(), reporter.is_cancelled)

        self.told.emit(tr("Estimating…"), True)
        self._follower.follow(
            BackgroundTask(tr("Estimating"), estimate, is_quiet=True),
            self._on_estimated,
            self._on_failed,
            lambda: self.told.emit("", False),
        )

    def shut_down(self) -> None:
        """End everything and wait for it."""
        self._timer.stop()
        self._make = None
        self._follower.shut_down()

    def _on_estimated(self, estimate: Estimate) -> None:
        self.measured.emit(estimate.tiles_per_s)
        self.told.emit(say_estimate(estimate), False)

    def _on_failed(self, message: str, _details: str) -> None:
        self.told.emit(tr("No estimate: {message}").format(message=message), False)


def say_estimate(estimate: Estimate) -> str:
    """An estimate in a line or two."""
    lines = [
        tr("{tiles} tiles, {area}: about {duration}").format(
            tiles=say_count(estimate.tiles),
            area=say_area(estimate.area_km2),
            duration=say_duration(estimate.seconds + estimate.fetch_s),
        )
    ]
    if estimate.fetch_px:
        lines.append(
            tr("of these {duration} to fetch {n} megapixels").format(
                duration=say_duration(estimate.fetch_s),
                n=say_count(max(1, round(estimate.fetch_px / 1e6))),
            )
        )
    return "\n".join([*lines, *estimate.warnings[:1]])


class _Unheard:
    """A listener that passes everything over."""

    def on_event(self, event: Event) -> None:
        pass

    def on_log(self, line: str) -> None:
        pass
