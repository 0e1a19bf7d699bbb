"""Makes lines of what comes through a pipe, and hands them to another thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import NamedTuple

# The longest line by far is one of 500 footprints, about 1 MiB.
MAX_LINE_BYTES = 16 * 2**20
_QUEUE_BYTES = 8 * 2**20
# What is left of a longer line, and what a line takes besides its text.
_CUT_BYTES = 2000
_LINE_OVERHEAD_BYTES = 150


class Line(NamedTuple):
    """A line that a child wrote.

    Attributes:
        stream: "out" or "err".
        text: without the end of the line; bytes that are no UTF-8 are replaced.
    """

    stream: str
    text: str


class LineSplitter:
    """Cuts bytes into lines, whatever they are, with bounded memory."""

    def __init__(self, max_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._num_bytes = 0
        self._is_cut = False

    def feed(self, data: bytes) -> list[str]:
        """Take the next bytes; returns the lines that end in them."""
        first, *others = data.split(b"\n")
        self._keep(first)
        if not others:
            return []
        lines = [self._take(), *(_decode(one) for one in others[:-1])]
        self._keep(others[-1])
        return lines

    def finish(self) -> list[str]:
        """The last line, if it has no end."""
        return [self._take()] if self._num_bytes else []

    def _keep(self, part: bytes) -> None:
        self._num_bytes += len(part)
        if self._is_cut:
            return
        self._parts.append(part)
        if self._num_bytes > self._max_bytes:
            self._parts = [b"".join(self._parts)[:_CUT_BYTES]]
            self._is_cut = True

    def _take(self) -> str:
        text = _decode(b"".join(self._parts))
        if self._is_cut:
            text += f" ... (a line of {self._num_bytes:,} bytes)"
        self._parts, self._num_bytes, self._is_cut = [], 0, False
        return text


def _decode(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r")


class LineQueue:
    """Lines between the threads that read and the one that works on them.

    It is bounded by what the lines weigh: a thread that reads waits while there is no room, so
    that the child waits, too.
    """

    def __init__(self, num_writers: int, max_bytes: int = _QUEUE_BYTES) -> None:
        self._lines: deque[Line] = deque()
        self._num_bytes = 0
        self._max_bytes = max_bytes
        self._num_writers = num_writers
        self._is_closed = False
        self._changed = threading.Condition()

    @property
    def is_closed(self) -> bool:
        """Whether lines are thrown away because nobody will take them."""
        return self._is_closed

    @property
    def is_finished(self) -> bool:
        """Whether all writers have ended and all lines were taken."""
        with self._changed:
            return self._num_writers == 0 and not self._lines

    def put(self, lines: list[Line]) -> None:
        """Add lines; waits for room, not after `close`."""
        if not lines:
            return
        with self._changed:
            while self._num_bytes >= self._max_bytes and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return
            self._lines.extend(lines)
            self._num_bytes += sum(map(_weigh, lines))
            self._changed.notify_all()

    def end_writer(self) -> None:
        """Tell that one of the threads that read will add no more."""
        with self._changed:
            self._num_writers -= 1
            self._changed.notify_all()

    def take(self, timeout_s: float) -> list[Line]:
        """All lines that are there; waits for the first one.

        Returns:
            Nothing after the time, or when no more will come.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not self._lines and self._num_writers:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    return []
                self._changed.wait(left_s)
            lines = list(self._lines)
            self._lines.clear()
            self._num_bytes = 0
            self._changed.notify_all()
        return lines

    def close(self) -> None:
        """Throw away what is there and what comes: nobody waits for room any more."""
        with self._changed:
            self._is_closed = True
            self._lines.clear()
            self._num_bytes = 0
            self._changed.notify_all()


def _weigh(line: Line) -> int:
    return len(line.text) + _LINE_OVERHEAD_BYTES
