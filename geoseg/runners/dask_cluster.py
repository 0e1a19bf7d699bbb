"""Work done by the machines of a Dask cluster."""

from __future__ import annotations

import contextlib
import importlib.util
import pickle
import queue
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from geoseg.errors import ConfigError, MissingDependencyError, RunnerError
from geoseg.runners.dask_checks import check_workers, connect
from geoseg.runners.dask_tasks import SharedWork, apply_work, forget_work

if TYPE_CHECKING:
    from distributed import Client, Future

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items on the cluster for each thread of its workers: one in work, and one to go on with.
ITEMS_PER_THREAD = 2

# So often is an item sent again after the cluster has forgotten it.
MAX_LOSSES = 3

_PROTOCOLS = ("tcp", "tls", "ucx", "ws", "wss")

_SECONDS_BETWEEN_LOOKS = 5.0
_SECONDS_WITHOUT_WORKERS = 60.0


class DaskRunner:
    """Applies a function to items on a Dask cluster, and yields results as they come.

    Each worker process unpickles the function once; its threads overlap the stages of a
    `StagedWork`. Work of workers that are lost is done again by others. The cluster holds a few
    items for each of its threads, and no result that has been fetched.

    Attributes:
        is_local: False.
        address: of the scheduler.
    """

    is_local = False

    def __init__(self, address: str) -> None:
        """Nothing is connected yet.

        Args:
            address: of the scheduler, e.g. "tcp://10.0.0.1:8786".

        Raises:
            ConfigError: that is no address.
            MissingDependencyError: Dask is not installed.
        """
        _check_address(address)
        if importlib.util.find_spec("distributed") is None:
            raise MissingDependencyError(
                'A Dask cluster needs distributed, not installed here: pip install "geoseg[dask]".'
            )
        self.address = address

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the result of each item once, in any order; nothing for no items.

        Items are taken as the cluster needs them. Closing the iterator takes back what is not in
        work yet.

        Args:
            function: is pickled, as items and results are; what it opens must be reachable from
                all workers by the same name.
            items: may be endless.

        Raises:
            RunnerError: the scheduler does not answer, or has gone; there is no worker; a worker
                has another version of geoseg or cannot load the function; or several workers
                were lost at the same item.
            Exception: what the function has raised, with its type and text.
        """
        return _run(self.address, pickle.dumps(function), iter(items))


def _check_address(address: str) -> None:
    # Dask tries for a long time to reach what cannot be reached.
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        has_place = parts.hostname is not None and parts.port is not None
    except ValueError:
        has_place = False
    if parts.scheme not in _PROTOCOLS or not has_place:
        raise ConfigError(
            f"A scheduler must be an address such as tcp://10.0.0.1:8786; got {address}."
        )


def _run(address: str, pickled: bytes, items: Iterator[Any]) -> Iterator[Any]:
    first = list(islice(items, 1))
    if not first:
        return
    with connect(address) as client:
        job = _Job(client, address, SharedWork(uuid4().hex, pickled), chain(first, items))
        try:
            yield from job.run()
        finally:
            job.end()


class _Job:
    """The items of one run that are on the cluster."""

    def __init__(
        self, client: Client, address: str, work: SharedWork, items: Iterator[Any]
    ) -> None:
        self._client = client
        self._address = address
        self._work = work
        self._items = items
        self._num_sent = 0
        self._num_threads = 0
        self._looked_s = 0.0
        # By key of the task: the item, and how often it was lost.
        self._tasks: dict[str, tuple[Future, Any, int]] = {}
        self._ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._shared: Future | None = None

    def run(self) -> Iterator[Any]:
        """Yield the results."""
        check_workers(self._client, self._work)
        self._share()
        self._fill()
        while self._tasks:
            future = self._wait()
            _, item, num_losses = self._tasks.pop(future.key)
            if future.cancelled():
                self._send_again(item, num_losses + 1)
                continue
            result = self._fetch(future, item)
            # The cluster forgets a result that nobody has a future of.
            del future
            self._fill()
            yield result

    def end(self) -> None:
        """Take back what is not done, and let the workers forget the function."""
        if self._client.status != "running":
            return
        with contextlib.suppress(Exception):
            self._client.cancel([future for future, _, _ in self._tasks.values()])
            self._client.run(forget_work, self._work.key, on_error="ignore")

    def _share(self) -> None:
        """Give the function to all workers."""
        from distributed import TimeoutError as DaskTimeoutError

        with self._lost_scheduler():
            try:
                self._client.wait_for_workers(1, timeout=_SECONDS_WITHOUT_WORKERS)
            except DaskTimeoutError as error:
                raise self._no_workers() from error
            self._shared = self._client.scatter(self._work, broadcast=True, hash=False)

    def _fill(self) -> None:
        if time.monotonic() - self._looked_s > _SECONDS_BETWEEN_LOOKS:
            self._num_threads = self._count_threads()
        while len(self._tasks) < max(1, ITEMS_PER_THREAD * self._num_threads):
            try:
                item = next(self._items)
            except StopIteration:
                return
            self._send(item, 0)

    def _send(self, item: Any, num_losses: int) -> None:
        self._num_sent += 1
        with self._lost_scheduler():
            future = self._client.submit(
                apply_work,
                self._shared,
                item,
                key=f"geoseg-{self._work.key}-{self._num_sent}",
                pure=False,
            )
        self._tasks[future.key] = (future, item, num_losses)
        future.add_done_callback(self._ended.put)

    def _send_again(self, item: Any, num_losses: int) -> None:
        """Send what the cluster has forgotten, with all workers that had the function."""
        if self._client.status != "running":
            raise self._no_scheduler()
        if num_losses == MAX_LOSSES:
            raise _lost(item, num_losses)
        if self._shared is None or self._shared.status != "finished":
            self._share()
        self._send(item, num_losses)

    def _wait(self) -> Future:
        """The next task that ends."""
        last_seen_s = time.monotonic()
        while True:
            with contextlib.suppress(queue.Empty):
                return self._ended.get(timeout=_SECONDS_BETWEEN_LOOKS)
            if self._count_threads():
                last_seen_s = time.monotonic()
            elif time.monotonic() - last_seen_s > _SECONDS_WITHOUT_WORKERS:
                raise self._no_workers()

    def _fetch(self, future: Future, item: Any) -> Any:
        from distributed import KilledWorker

        with self._lost_scheduler():
            try:
                return future.result()
            except KilledWorker as error:
                raise _lost(item, error.allowed_failures + 1) from error

    def _count_threads(self) -> int:
        """Threads of all workers."""
        self._looked_s = time.monotonic()
        with self._lost_scheduler():
            return sum(self._client.nthreads().values())

    @contextlib.contextmanager
    def _lost_scheduler(self) -> Iterator[None]:
        """Errors of a connection that has broken, in one line."""
        from distributed.comm import CommClosedError

        try:
            yield
        except Exception as error:
            # The client may notice a little later than the call that the connection has broken.
            if self._client.status == "running" and not isinstance(error, CommClosedError):
                raise
            raise self._no_scheduler() from error

    def _no_workers(self) -> RunnerError:
        return RunnerError(
            f"The Dask scheduler at {self._address} has had no worker for "
            f"{_SECONDS_WITHOUT_WORKERS:.0f} s; start some, and go on with --resume."
        )

    def _no_scheduler(self) -> RunnerError:
        return RunnerError(
            f"The Dask scheduler at {self._address} has gone; once it is back, go on with --resume."
        )


def _lost(item: Any, num_losses: int) -> RunnerError:
    return RunnerError(
        f"Part {item!r} of the work has ended {num_losses} workers of the cluster; their memory "
        "may be too small."
    )
