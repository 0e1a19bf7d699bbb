"""Work done by several processes of this machine.

`concurrent.futures.ProcessPoolExecutor` gives up all of its workers when one of them is killed,
and cannot say whose item it was. Here each worker has a connection of its own, so that only the
lost one is replaced, and only the item that it was at counts the loss.
"""

from __future__ import annotations

import logging
import pickle
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, TypeVar

from geoseg.errors import ConfigError, RunnerError
from geoseg.runners.pool_worker import Task, Worker, describe_exit, start_worker
from geoseg.runners.threads import share_machine
from geoseg.runners.worker_process import Done, Failed, Logged, Message, Ready, Warned

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items that a worker has: one in work, and one to go on with while the parent is busy.
ITEMS_PER_WORKER = 2

# So many workers may be killed at the same item: then it is the item's fault, not an accident.
MAX_LOSSES = 3

_SECONDS_TO_END = 10.0

logger = logging.getLogger(__name__)


class ProcessPoolRunner:
    """Applies a function to items in worker processes, and yields results as they come.

    Each worker unpickles the function once. One that is killed is replaced, and its items are
    done again. Workers share the cores, ignore Ctrl-C, and end with this process, even if that is
    killed.

    Workers are spawned: they import the program's main module anew, so a script that uses this
    runner starts its work under `if __name__ == "__main__":`.

    Attributes:
        is_local: False.
        num_workers: processes, at most; fewer for fewer items.
    """

    is_local = False

    def __init__(self, num_workers: int) -> None:
        """Nothing is started yet.

        Raises:
            ConfigError: there is no worker.
        """
        if num_workers < 1:
            raise ConfigError(f"num_workers must be at least 1; got {num_workers}.")
        self.num_workers = num_workers

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the result of each item once, in any order; nothing for no items.

        Items are taken as workers need them, two for each. Closing the iterator ends the workers
        at once; so does any exception.

        Args:
            function: is pickled, as items and results are.
            items: may be endless.

        Raises:
            RunnerError: a worker cannot start, or three were killed at the same item.
            Exception: what the function has raised in a worker, with its type and text.
        """
        return _run(pickle.dumps(function), iter(items), self.num_workers)


class _WorkerTraceError(Exception):
    """The traceback of an error in its worker, as text; the cause of the error in the parent."""


def _run(work: bytes, items: Iterator[Any], num_workers: int) -> Iterator[Any]:
    pool = _Pool(work, items, num_workers)
    try:
        pool.fill()
        while pool.workers:
            for done in pool.receive():
                yield done.result
        pool.join()
    finally:
        pool.kill()


class _Pool:
    """The workers of one run.

    Attributes:
        workers: those that have tasks.
    """

    def __init__(self, work: bytes, items: Iterator[Any], num_workers: int) -> None:
        self.workers: list[Worker] = []
        self._ending: list[Worker] = []
        self._work = work
        self._items = items
        self._num_workers = num_workers
        self._environment = share_machine(num_workers)
        self._lost: deque[Task] = deque()
        self._shown: set[Warned] = set()

    def fill(self) -> None:
        """Give every worker something to do, and start those that are missing."""
        for depth in range(ITEMS_PER_WORKER):
            for worker in self.workers:
                if len(worker.tasks) == depth and (task := self._take_next()):
                    worker.give(task)
            while len(self.workers) < self._num_workers and (task := self._take_next()):
                self.workers.append(start_worker(self._work, self._environment))
                self.workers[-1].give(task)

    def receive(self) -> Iterator[Done]:
        """Wait until a worker says something, and act on it; yields results."""
        ready = wait([worker.connection for worker in self.workers])
        for worker in [one for one in self.workers if one.connection in ready]:
            try:
                message: Message = worker.connection.recv()
            except (EOFError, OSError):
                self._replace(worker)
                continue
            if isinstance(message, Done):
                worker.tasks.popleft()
                self.fill()
                yield message
            else:
                self._hear(worker, message)
        for worker in [one for one in self.workers if not one.tasks]:
            worker.let_go()
            self.workers.remove(worker)
            self._ending.append(worker)

    def join(self) -> None:
        """Wait for the workers that were let go."""
        for worker in self._ending:
            worker.process.join(_SECONDS_TO_END)

    def kill(self) -> None:
        """End all workers at once."""
        for worker in self.workers + self._ending:
            worker.kill()

    def _take_next(self) -> Task | None:
        if self._lost:
            return self._lost.popleft()
        return next((Task(item) for item in self._items), None)

    def _hear(self, worker: Worker, message: Message) -> None:
        if isinstance(message, Ready):
            worker.is_ready = True
        elif isinstance(message, Failed):
            raise message.error from _WorkerTraceError(message.trace)
        elif isinstance(message, Logged):
            logging.getLogger(message.record.name).handle(message.record)
        elif isinstance(message, Warned) and message not in self._shown:
            # Every worker finds the same fault.
            self._shown.add(message)
            warnings.warn_explicit(
                message.message, message.category, message.filename, message.line
            )

    def _replace(self, worker: Worker) -> None:
        """Put the tasks of a worker that has ended back, and start another."""
        self.workers.remove(worker)
        worker.process.join(_SECONDS_TO_END)
        exit_code = worker.process.exitcode
        worker.kill()
        how = describe_exit(exit_code)
        if not worker.is_ready and exit_code is not None and exit_code >= 0:
            raise RunnerError(
                f"A worker process could not start ({how}). A script that uses workers must do "
                'its work under `if __name__ == "__main__":`.'
            )
        task = worker.tasks[0]
        task.num_losses += 1
        if task.num_losses == MAX_LOSSES:
            raise RunnerError(
                f"Part {task.item!r} of the work has ended {MAX_LOSSES} worker processes (the last "
                f"by {how}); memory may be too small for {self._num_workers} workers."
            )
        logger.warning("a worker process was ended by %s; its work is done again", how)
        self._lost.extendleft(reversed(worker.tasks))
        self.fill()
