"""Starts background tasks for a window, and tells it what they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import QgsApplication, QgsTaskManager
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from geoseg_qgis.tasks.background_task import BackgroundTask

_LOOK_MS = 100
_END_MS = 5000


class TaskFollower(QObject):
    """Follows one task at a time; a new one takes the place of the one before.

    Signals:
        news: what the task has told since the last time, at most ten times a second.
    """

    news = pyqtSignal(object)

    def __init__(
        self, parent: QObject | None = None, quiet_tasks: QgsTaskManager | None = None
    ) -> None:
        """Follow nothing yet.

        Args:
            parent: Owner.
            quiet_tasks: Runs quiet tasks: QGIS tells of the end of every task of its own manager
                that took more than some seconds. None for that one.
        """
        super().__init__(parent)
        self._quiet_tasks = quiet_tasks
        self._task: BackgroundTask | None = None
        # QGIS owns tasks, and forgets that Python has a hold of them: kept until their end.
        self._ending: list[BackgroundTask] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_active(self) -> bool:
        """Whether a task is followed that has not ended."""
        return self._task is not None

    def follow(
        self,
        task: BackgroundTask,
        on_success: Callable[[Any], None],
        on_failure: Callable[[str, str], None],
        on_stop: Callable[[], None],
    ) -> None:
        """Start a task; exactly one of the three is called, unless another task is followed.

        Args:
            task: One that was not started yet.
            on_success: Is given what the work returned.
            on_failure: Is given a message and details.
            on_stop: It was cancelled.
        """
        self.drop()
        self._task = task
        task.succeeded.connect(lambda outcome: self._end(task, on_success, outcome))
        task.failed.connect(lambda message, details: self._end(task, on_failure, message, details))
        task.stopped.connect(lambda: self._end(task, on_stop))
        self._timer.start()
        manager = QgsApplication.taskManager()
        if task.is_quiet and self._quiet_tasks is not None:
            manager = self._quiet_tasks
        manager.addTask(task)

    def cancel(self) -> None:
        """Ask the task to stop; that it has is told as of any other end."""
        if self._task is not None:
            self._task.cancel()

    def drop(self) -> None:
        """Cancel the task, and tell nothing more of it."""
        if self._task is None:
            return
        task, self._task = self._task, None
        self._ending.append(task)
        self._timer.stop()
        task.cancel()

    def shut_down(self) -> None:
        """Cancel what runs and wait for its end."""
        self.drop()
        for task in list(self._ending):
            task.waitForFinished(_END_MS)
        self._ending.clear()

    def _look(self) -> None:
        if self._task is not None:
            self.news.emit(self._task.take_news())

    def _end(self, task: BackgroundTask, tell: Callable[..., None], *values: object) -> None:
        if task in self._ending:
            self._ending.remove(task)
        if task is not self._task:
            return
        self._look()
        self._task = None
        self._timer.stop()
        tell(*values)
