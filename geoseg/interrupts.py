"""Ending a run between two steps when the user or the machine asks for it."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

# Ctrl-C, and what batch systems and containers send before they kill.
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class InterruptWatch:
    """Turns the first interrupt inside a `with` block into a request; the second one gets through.

    Where it does not run in the main thread, which alone receives signals, it does nothing.

    Attributes:
        is_asked: whether the run is to end.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> InterruptWatch:
        if threading.current_thread() is threading.main_thread():
            self._before = {one: signal.signal(one, self._ask) for one in SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._give_back()

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.is_asked = True
        self._give_back()

    def _give_back(self) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)  # type: ignore[arg-type]
        self._before = {}
