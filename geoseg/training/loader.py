"""Batches made ahead of the step that wants them."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

BatchT = TypeVar("BatchT")

MAX_WORKERS = 8
# Batches that wait for each worker: one step that takes long must not empty the queue.
AHEAD_PER_WORKER = 2


class Loader(Generic[BatchT]):
    """Calls a function for one step after the other, on threads and ahead of time.

    Threads are enough: most of a sample is made by OpenCV, GEOS and NumPy, which let other
    threads run meanwhile.

    Attributes:
        waited_s: seconds that the reader has waited for batches so far.
    """

    def __init__(
        self, make_batch: Callable[[int], BatchT], steps: range, *, workers: int | None = None
    ) -> None:
        """Begin to make batches.

        Args:
            make_batch: called with a step; safe to call from several threads.
            steps: the steps, in order.
            workers: threads; None takes half of the cores, at most MAX_WORKERS.
        """
        num_workers = workers or choose_workers()
        self.waited_s = 0.0
        self._make_batch = make_batch
        self._steps = iter(steps)
        self._waiting: deque[Future[BatchT]] = deque()
        self._pool = ThreadPoolExecutor(num_workers, thread_name_prefix="samples")
        for _ in range(AHEAD_PER_WORKER * num_workers):
            self._submit()

    def __iter__(self) -> Iterator[BatchT]:
        """The batches in the order of the steps; what goes wrong is raised at its step."""
        while self._waiting:
            started = time.perf_counter()
            batch = self._waiting.popleft().result()
            self.waited_s += time.perf_counter() - started
            self._submit()
            yield batch

    def close(self) -> None:
        """Stop; batches that nobody has asked for are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._waiting.clear()

    def _submit(self) -> None:
        step = next(self._steps, None)
        if step is not None:
            self._waiting.append(self._pool.submit(self._make_batch, step))


def choose_workers() -> int:
    """Threads that make samples where the config doesn't say: half of the cores."""
    return min(MAX_WORKERS, max(1, (os.cpu_count() or 1) // 2))
