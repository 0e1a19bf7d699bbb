"""Connecting to a Dask cluster that can do the work, or saying what it lacks."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import geoseg
from geoseg.errors import RunnerError
from geoseg.runners.dask_tasks import SharedWork, check_work

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S = 10.0
WAIT_FOR_WORKERS_S = 10.0


@contextlib.contextmanager
def connect(address: str) -> Iterator[Client]:
    """A client of a scheduler that has a worker at least.

    Args:
        address: of the scheduler, e.g. "tcp://10.0.0.1:8786".

    Raises:
        RunnerError: the scheduler does not answer, or has no worker.
    """
    from distributed import Client

    with _quiet_logs():
        try:
            client = Client(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise RunnerError(
                f"A Dask scheduler must answer at {address}; none does within {CONNECT_S:.0f} s."
            ) from error
        try:
            _wait_for_workers(client, address)
            yield client
        finally:
            client.close(timeout=2)


def check_workers(client: Client, work: SharedWork) -> None:
    """Check that all workers of now can do the work.

    Raises:
        RunnerError: one has another version of geoseg or cannot load the function; the message
            says which, and how many there are.
    """
    versions = client.run(_make_version_probe(), on_error="return")
    others = {name: found for name, found in versions.items() if found != geoseg.__version__}
    if others:
        name, found = next(iter(others.items()))
        raise RunnerError(
            f"All workers must have geoseg {geoseg.__version__}; {name} has {found or 'none'} "
            f"({len(others)} of {len(versions)} differ)."
        )
    faults = client.run(check_work, work, on_error="return")
    bad = {name: str(fault) for name, fault in faults.items() if fault}
    if bad:
        name, fault = next(iter(bad.items()))
        raise RunnerError(
            f"Worker {name} cannot do the work ({len(bad)} of {len(faults)} cannot): {fault}"
        )


def _wait_for_workers(client: Client, address: str) -> None:
    # In Python 3.10 not the built-in one.
    from distributed import TimeoutError as DaskTimeoutError

    try:
        client.wait_for_workers(1, timeout=WAIT_FOR_WORKERS_S)
    except DaskTimeoutError as error:
        raise RunnerError(
            f"The Dask scheduler at {address} must have workers; it has none after "
            f"{WAIT_FOR_WORKERS_S:.0f} s. Start some: dask worker {address}"
        ) from error


def _make_version_probe() -> Callable[[], str]:
    # A function within a function travels with its code, so that it runs without geoseg.
    def find_version() -> str:
        try:
            import geoseg
        except ImportError:
            return ""
        return str(geoseg.__version__)

    return find_version


@contextlib.contextmanager
def _quiet_logs() -> Iterator[None]:
    """Without what distributed logs beside the errors that it raises."""
    loggers = [logging.getLogger(f"distributed.{name}") for name in ("client", "core", "comm")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
