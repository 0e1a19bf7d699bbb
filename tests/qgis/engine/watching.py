"""What tests of child processes look at."""

from __future__ import annotations

import os
import select
from pathlib import Path

from geoseg_qgis.engine.events import Event


class Recorder:
    """A listener that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.log: list[str] = []

    def on_event(self, event: Event) -> None:
        self.events.append(event)

    def on_log(self, line: str) -> None:
        self.log.append(line)


def never() -> bool:
    """Whether to cancel: no."""
    return False


class LifeLine:
    """Tells whether a process lives, by a pipe with a name that only it holds open.

    Other than its id, which lives on as long as nobody asks for its exit code.
    """

    # For programs: say that they live, to whoever reads the pipe that `path` names.
    HOLD = "import os; life = os.open({path!r}, os.O_WRONLY); os.write(life, b'1')\n"

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.hold = self.HOLD.format(path=str(path))
        self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def wait_for_start(self, timeout_s: float = 20.0) -> bool:
        """Whether it began to live within a time."""
        return self._read(timeout_s) == b"1"

    def has_started(self) -> bool:
        """Whether it has begun to live; takes the news, so that it is told once."""
        return self._read(0.0) == b"1"

    def wait_for_end(self, timeout_s: float = 5.0) -> bool:
        """Whether it died within a time."""
        return self._read(timeout_s) == b""

    def _read(self, timeout_s: float) -> bytes | None:
        if not select.select([self._file], [], [], timeout_s)[0]:
            return None
        try:
            return os.read(self._file, 1)
        except BlockingIOError:
            return None

    def close(self) -> None:
        """Stop watching."""
        os.close(self._file)
