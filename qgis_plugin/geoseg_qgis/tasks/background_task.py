"""A piece of work in a thread of QGIS's task manager, which a window can follow."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from qgis.core import QgsTask
from qgis.PyQt.QtCore import pyqtSignal

from geoseg_qgis.engine.errors import CommandCancelled, EngineError
from geoseg_qgis.environment.reporter import Reporter
from geoseg_qgis.translation import tr

_MAX_LINES = 1000


@dataclass(frozen=True)
class News:
    """What has happened since the last look.

    Attributes:
        step: The step that the work is at; empty before the first.
        share: How much of it is done, 0 to 1; None where that is not known.
        lines: New lines of the log.
    """

    step: str
    share: float | None
    lines: tuple[str, ...]


class BackgroundTask(QgsTask):
    """Work that tells how far it is.

    A window looks at `take_news` as often as it likes to, so that a thousand lines cost it no more
    than one. The signals come in the main thread, exactly one of them, after the work has ended.

    Signals:
        succeeded: with what the work has returned.
        failed: with a message and details.
        stopped: it was cancelled.
    """

    succeeded = pyqtSignal(object)
    failed = pyqtSignal(str, str)
    stopped = pyqtSignal()

    def __init__(
        self, title: str, work: Callable[[Reporter], object], *, is_quiet: bool = False
    ) -> None:
        """Prepare the task; a task manager starts it.

        Args:
            title: What QGIS shows in its list of tasks.
            work: Is given who to report to; called in another thread.
            is_quiet: Whether QGIS should make nothing of it, because nobody has asked for it, or
                a window shows it already.
        """
        super().__init__(title, QgsTask.Flag.CanCancel)
        self.is_quiet = is_quiet
        self._work = work
        self._mailbox = _Mailbox(self.isCanceled)
        self._outcome: object = None
        self._problem: tuple[str, str] | None = None

    def take_news(self) -> News:
        """What is new since the last call."""
        return self._mailbox.take()

    def run(self) -> bool:
        """Do the work; called by QGIS in another thread."""
        try:
            self._outcome = self._work(self._mailbox)
        except Exception as error:
            # QGIS would drop it: what goes wrong in a thread of its is seen by nobody.
            self._problem = describe_problem(error)
            return False
        return True

    def finished(self, is_good: bool) -> None:
        """Tell how it ended; called by QGIS in the main thread."""
        if is_good:
            self.succeeded.emit(self._outcome)
        elif self._problem is not None and not self.isCanceled():
            self.failed.emit(*self._problem)
        else:
            self.stopped.emit()


def describe_problem(error: Exception) -> tuple[str, str] | None:
    """What a window tells of an error that ended a task.

    Returns:
        A message and details; None where the work was cancelled.
    """
    if isinstance(error, CommandCancelled):
        return None
    if isinstance(error, EngineError):
        return str(error), str(getattr(error, "details", ""))
    return (
        tr("Something unforeseen happened: {error}").format(error=error),
        "".join(traceback.format_exception(type(error), error, error.__traceback__)),
    )


class _Mailbox:
    """The reporter of a task: filled by its thread, emptied by the window."""

    def __init__(self, is_cancelled: Callable[[], bool]) -> None:
        self.is_cancelled = is_cancelled
        self._lock = threading.Lock()
        self._step = ""
        self._share: float | None = None
        self._lines: deque[str] = deque(maxlen=_MAX_LINES)

    def on_step(self, text: str) -> None:
        with self._lock:
            self._step, self._share = text, None

    def on_share(self, done: float | None) -> None:
        with self._lock:
            self._share = done

    def on_log(self, line: str) -> None:
        with self._lock:
            self._lines.append(line)

    def take(self) -> News:
        with self._lock:
            news = News(self._step, self._share, tuple(self._lines))
            self._lines.clear()
        return news
