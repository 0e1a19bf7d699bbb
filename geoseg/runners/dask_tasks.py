"""What runs on the workers of a Dask cluster."""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import geoseg
from geoseg.errors import GeosegError, RunnerError
from geoseg.types import StagedWork

# Of runs that were not ended properly, a worker forgets the oldest.
_MAX_LOADED = 2


@dataclass(frozen=True)
class SharedWork:
    """A function on its way to the workers.

    Attributes:
        key: of the run, unlike any other.
        pickled: the function.
        geoseg_version: of the one who sends it.
    """

    key: str
    pickled: bytes
    geoseg_version: str = geoseg.__version__


@dataclass(frozen=True)
class Loaded:
    """A function that a process has, whose stages run in one thread each."""

    function: Callable[[Any], Any]
    locks: tuple[threading.Lock, ...] = field(
        default_factory=lambda: tuple(threading.Lock() for _ in range(3))
    )

    def apply(self, item: Any) -> Any:
        """Apply the function; the threads of a worker overlap its stages."""
        reading, detecting, finishing = self.locks
        if not isinstance(self.function, StagedWork):
            with detecting:
                return self.function(item)
        with reading:
            given = self.function.read(item)
        with detecting:
            found = self.function.detect(given)
        with finishing:
            return self.function.finish(found)


_loaded: OrderedDict[str, Loaded] = OrderedDict()
_loading = threading.Lock()


def apply_work(work: SharedWork, item: Any) -> Any:
    """Apply the function to an item; each process unpickles it once.

    Raises:
        RunnerError: geoseg is of another version here.
        GeosegError: what the function raises, with the worker's address.
    """
    try:
        return load_work(work).apply(item)
    except GeosegError as error:
        raise type(error)(f"{error} (worker {_own_address()})") from error


def load_work(work: SharedWork) -> Loaded:
    """The function of a run, as this process has it.

    Raises:
        RunnerError: geoseg is of another version here.
        GeosegError: what the function needs is not here.
    """
    if work.geoseg_version != geoseg.__version__:
        raise RunnerError(
            f"All machines must have the same version of geoseg; got {work.geoseg_version} and "
            f"{geoseg.__version__}."
        )
    with _loading:
        if work.key not in _loaded:
            _loaded[work.key] = Loaded(pickle.loads(work.pickled))
            if len(_loaded) > _MAX_LOADED:
                _loaded.popitem(last=False)
        return _loaded[work.key]


def check_work(work: SharedWork) -> str:
    """Whether this process can load the function: "" or what is wrong."""
    try:
        load_work(work)
    except GeosegError as error:
        return str(error)
    return ""


def forget_work(key: str) -> None:
    """Let go of a function and all that it holds."""
    with _loading:
        _loaded.pop(key, None)


def _own_address() -> str:
    from distributed import get_worker

    return str(get_worker().address)
