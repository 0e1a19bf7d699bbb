"""Functions for workers: picklable, and found by name in another process."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import warnings
from pathlib import Path
from typing import Any

from geoseg.errors import RasterError


class Loaded:
    """Squares numbers by means of a "model" that each process opens once and nobody can pickle.

    Attributes:
        folder: gets one file for each load, named after the process.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._model: Any = None

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_model": None}

    def __call__(self, number: int) -> int:
        if self._model is None:
            self._model = threading.Lock()
            with (self.folder / f"loaded_{os.getpid()}").open("a", encoding="utf-8") as log:
                log.write("x")
        with self._model:
            return number * number


class KilledOnce(Loaded):
    """Is killed with its process at some numbers, each so many times.

    Attributes:
        deaths: number -> times.
    """

    def __init__(self, folder: Path, deaths: dict[int, int]) -> None:
        super().__init__(folder)
        self.deaths = deaths

    def __call__(self, number: int) -> int:
        marks = [self.folder / f"killed_{number}_{k}" for k in range(self.deaths.get(number, 0))]
        for mark in marks:
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(number)


class Unopenable:
    """A function whose files another machine does not have."""

    def __reduce__(self) -> tuple[object, ...]:
        return _open_nothing, ()

    def __call__(self, number: int) -> int:
        return number


def _open_nothing() -> Unopenable:
    raise RasterError("ortho.tif: there must be a raster; there is none.")


def warn_and_log(number: int) -> int:
    """Warn of the same every time, and log."""
    warnings.warn("the pixels are coarse", UserWarning, stacklevel=1)
    logging.getLogger("geoseg.somewhere").info("number %d", number)
    return number


def fail_at_three(number: int) -> int:
    """Fail as a raster does."""
    if number == 3:
        raise RasterError("scene.tif: window (0, 0, 8, 8) cannot be read.")
    return number


def fail_oddly(number: int) -> int:
    """Fail with an error that cannot be pickled."""
    raise OddError(number, threading.Lock())


class OddError(Exception):
    """Holds what cannot be pickled."""

    def __init__(self, number: int, lock: object) -> None:
        super().__init__(f"odd {number}")
        self.lock = lock


def give_a_lock(number: int) -> object:
    """A result that cannot be pickled."""
    return threading.Lock()


def give_threads(number: int) -> tuple[int, int, str | None]:
    """Threads that OpenCV and ONNX Runtime take, and how GPU memory is had."""
    import cv2

    from geoseg.detections.onnx_detector import count_threads

    return cv2.getNumThreads(), count_threads(), os.environ.get("TF_FORCE_GPU_ALLOW_GROWTH")


def give_megabytes(number: int) -> bytes:
    """More than a pipe holds."""
    return bytes([number % 256]) * 3_000_000


def stay(folder: Path) -> None:
    """Say who is here, and never return."""
    (folder / str(os.getpid())).touch()
    while True:
        time.sleep(60)
