"""A worker process as its parent sees it."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from geoseg.runners.worker_process import serve


@dataclass
class Task:
    """An item that is not done.

    Attributes:
        item: what the function is applied to.
        num_losses: workers that were killed at it.
    """

    item: Any
    num_losses: int = 0


@dataclass
class Worker:
    """A worker process.

    Attributes:
        process: runs `geoseg.runners.worker_process.serve`.
        connection: gives items and gets messages; closes when the process ends.
        is_ready: whether it has the function.
        tasks: what it was given, the one in work first.
    """

    process: SpawnProcess
    connection: Connection
    is_ready: bool = False
    tasks: deque[Task] = field(default_factory=deque)

    def give(self, task: Task) -> None:
        """Hand it an item."""
        self.tasks.append(task)
        # A worker that has just been killed is noticed when its messages are read.
        with contextlib.suppress(OSError):
            self.connection.send(task.item)

    def let_go(self) -> None:
        """Let it end by itself; it has no tasks."""
        with contextlib.suppress(OSError):
            self.connection.send(None)

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.connection.close()


def start_worker(work: bytes, environment: dict[str, str]) -> Worker:
    """Start a process.

    Args:
        work: the pickled function.
        environment: variables to set there.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    level = logging.getLogger("geoseg").getEffectiveLevel()
    process = context.Process(target=serve, args=(theirs, work, environment, level), daemon=True)
    with _hold_interrupts():
        process.start()
    # Now the worker alone holds this end: when it dies, ours says so.
    theirs.close()
    return Worker(process, ours)


@contextlib.contextmanager
def _hold_interrupts() -> Iterator[None]:
    """Keep Ctrl-C waiting; a process that is started meanwhile never gets it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def describe_exit(exit_code: int | None) -> str:
    """How a process ended, e.g. "SIGKILL" or "exit code 1"."""
    if exit_code is None or exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"
