"""A reporter that keeps everything."""

from __future__ import annotations

from collections.abc import Callable


class Notes:
    """Keeps what a reporter is told.

    Args:
        is_cancelled: is asked whether to cancel.
    """

    def __init__(self, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        self._is_cancelled = is_cancelled
        self.steps: list[str] = []
        self.shares: list[float | None] = []
        self.log: list[str] = []

    def on_step(self, text: str) -> None:
        self.steps.append(text)

    def on_share(self, done: float | None) -> None:
        self.shares.append(done)

    def on_log(self, line: str) -> None:
        self.log.append(line)

    def is_cancelled(self) -> bool:
        return self._is_cancelled()
