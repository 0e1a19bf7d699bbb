"""A child process with everything that it starts: read, followed to its end, stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from geoseg_qgis.engine.lines import Line, LineQueue, LineSplitter

__all__ = ["Child", "Line"]

_CHUNK_BYTES = 64 * 1024
# More than any pipe holds: what comes after it was written when the child had ended.
_MAX_BYTES_AFTER_END = 2**20
# After a kill nothing but a system call that hangs keeps a process.
_KILL_WAIT_S = 2.0
_THREAD_WAIT_S = 0.2


class Child:
    """A process in a group of its own, whose output two threads read.

    Its standard input is a pipe that stays open until `stop`: a child that watches it learns so
    that it should end, also when this process dies. As a context manager it is stopped at the
    end of the block, whatever happens in it.

    Args:
        argv: program and arguments.
        variables: all its environment variables.
        cwd: folder to start in.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self, argv: Sequence[str], variables: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        # bandit warns of every process; this one has no shell between.
        self._process = subprocess.Popen(  # nosec B603
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=dict(variables),
            cwd=cwd,
            **_make_group_options(),
        )
        streams = {"out": self._process.stdout, "err": self._process.stderr}
        self._queue = LineQueue(num_writers=len(streams))
        self._threads = [
            threading.Thread(target=self._read, args=(name, stream), daemon=True)
            for name, stream in streams.items()
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def lines(self, timeout_s: float) -> list[Line]:
        """What it has written since the last call, in the order in which it came.

        Args:
            timeout_s: longest time to wait for the first line.

        Returns:
            Nothing if none came. An empty list does not mean that the child has ended: ask
            `poll`.
        """
        lines = self._queue.take(timeout_s)
        if not lines and self._queue.is_finished:
            # It has closed its output and may still be working.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout_s)
        return lines

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    @property
    def is_drained(self) -> bool:
        """Whether all that it wrote was taken; never while something holds its pipes open."""
        return self._queue.is_finished

    def stop(self, grace_s: float = 0.7) -> None:
        """End it and all that it started. Does nothing when that has been done.

        Its standard input is closed; if it has not ended after the grace, its whole process
        group is killed. What it started is killed also if it ended by itself.

        Args:
            grace_s: time that it has for tidying up.
        """
        # From now on what it writes is thrown away: it must not wait for a reader.
        self._queue.close()
        if self._process.stdin is not None:
            # It may be gone: there is nothing to tell it then.
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        _kill_group(self._process)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_KILL_WAIT_S)
        for thread in self._threads:
            thread.join(_THREAD_WAIT_S)

    def _read(self, name: str, stream: IO[bytes]) -> None:
        """Run by a thread: hand over lines until the pipe ends."""
        splitter = LineSplitter()
        num_bytes_after_end = 0
        # Closed here and not by stop: a file must not be closed while another thread reads it.
        with stream:
            while True:
                try:
                    data = stream.read(_CHUNK_BYTES)
                except OSError:
                    break
                if not data:
                    break
                self._queue.put([Line(name, text) for text in splitter.feed(data)])
                if self._process.returncode is not None:
                    # Something that the child left behind still writes.
                    num_bytes_after_end += len(data)
                    if self._queue.is_closed or num_bytes_after_end > _MAX_BYTES_AFTER_END:
                        break
        self._queue.put([Line(name, text) for text in splitter.finish()])
        self._queue.end_writer()


def _make_group_options() -> dict[str, Any]:
    """What makes a child the first of a group of processes, and shows no console."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"creationflags": flags}
    return {"start_new_session": True}


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        if process.poll() is None:
            _kill_tree(process.pid)
            process.kill()
        return
    # The group may be gone; on macOS one of ended processes may not be signalled.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _kill_tree(pid: int) -> None:
    """Windows knows no groups of processes: its own program follows who started whom."""
    program = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "taskkill.exe"
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(  # nosec B603
            [str(program), "/T", "/F", "/PID", str(pid)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=_KILL_WAIT_S,
            **_make_group_options(),
        )
