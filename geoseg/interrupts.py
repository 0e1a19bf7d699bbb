"""Ending a run when the user or the machine asks for it."""

from __future__ import annotations

import _thread
import signal
import threading
from types import FrameType, TracebackType

from geoseg.types import Progress

# Ctrl-C, and what batch systems and containers send before they kill.
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class InterruptWatch:
    """Turns the first interrupt inside a `with` block into a request; the second one gets through.

    Where it does not run in the main thread, which alone receives signals, it does nothing.

    Attributes:
        raises: an interrupt also raises KeyboardInterrupt at once. Python loses an exception that
            arises in a callback, such as that of a garbage collection; the request stays.
        is_asked: whether the run is to end.
    """

    def __init__(self, *, raises: bool = False) -> None:
        self.raises = raises
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

    def check(self) -> None:
        """Go on only if the run is not to end.

        Raises:
            KeyboardInterrupt: it is.
        """
        if self.is_asked:
            raise KeyboardInterrupt

    def interrupt(self) -> None:
        """Do from another thread what Ctrl-C does; nothing once the block was left."""
        if not self._before:
            return
        main = threading.main_thread().ident
        if main is not None and hasattr(signal, "pthread_kill"):
            # Unlike a signal to the process, it wakes the thread up, whatever that waits for.
            signal.pthread_kill(main, signal.SIGINT)
        else:
            _thread.interrupt_main()

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.is_asked = True
        if self.raises:
            raise KeyboardInterrupt
        self._give_back()

    def _give_back(self) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)  # type: ignore[arg-type]
        self._before = {}


class InterruptibleProgress:
    """Progress that goes no further once somebody has asked for the end.

    Attributes:
        progress: is told what this is told.
    """

    def __init__(self, progress: Progress, watch: InterruptWatch) -> None:
        self.progress = progress
        self._watch = watch

    def start(self, stage: str, total: int) -> None:
        """Pass on; raises KeyboardInterrupt when the run is to end."""
        self._watch.check()
        self.progress.start(stage, total)

    def advance(self, steps: int, found: int = 0) -> None:
        """Pass on; raises KeyboardInterrupt when the run is to end."""
        self._watch.check()
        self.progress.advance(steps, found)

    def finish(self) -> None:
        """Pass on: stages end also when they are interrupted."""
        self.progress.finish()
