"""The speed of a run, measured on a part of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, Any

from geoseg.runners.in_process import InProcessRunner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoseg.prediction.one_raster import PredictionRun
    from geoseg.types import Detection

TILES_PER_SIDE = 4
"""Of the parts that are done: several of them are read, seen and finished in the time."""

_SECONDS = 3.0
# With what only comes at the beginning: Keras compiles again when there are more masks.
_MOST_SECONDS = 15.0
_NUM_WARM_UP = 4
# A tile that takes so many times as long as others does something that others need not do.
_OUTLIER = 5.0


@dataclass(frozen=True)
class Speed:
    """How fast a run is.

    Attributes:
        fixed_s: what it takes however many tiles there are: to load the network, to warm up.
        tiles_per_s: tiles that have data; 0 where none was found.
    """

    fixed_s: float
    tiles_per_s: float

    def reckon_s(self, num_tiles: float) -> float:
        """Seconds of a run over so many tiles that have data."""
        return self.fixed_s + (num_tiles / self.tiles_per_s if self.tiles_per_s else 0.0)


class _TimeIsUpError(Exception):
    """Enough was measured."""


class _TimedDetector:
    """A detector that notes how long it takes, and ends the work when enough is noted.

    Attributes:
        tile_size_px, class_names: of the detector.
        calls: begin, end and number of tiles of each call, in seconds of `time.monotonic`.
    """

    def __init__(self, detector: Any) -> None:
        self._detector = detector
        self.tile_size_px: int = detector.tile_size_px
        self.class_names: tuple[str, ...] = detector.class_names
        self.calls: list[tuple[float, float, int]] = []

    @property
    def batch_size(self) -> int:
        """Of the detector; becomes smaller when memory runs out."""
        size: int = self._detector.batch_size
        return size

    def detect(self, images: NDArray[Any], windows: Any = None) -> list[list[Detection]]:
        """Find objects, see `geoseg.types.Detector`."""
        began = time.monotonic()
        found: list[list[Detection]] = self._detector.detect(images, windows)
        self.calls.append((began, time.monotonic(), len(images)))
        spent_s = self.calls[-1][1] - self.calls[0][0]
        if len(self.calls) <= _NUM_WARM_UP:
            return found
        if spent_s > _MOST_SECONDS or spent_s - sum_excess(self.calls) > _SECONDS:
            raise _TimeIsUpError
        return found


def measure_speed(run: PredictionRun, with_data: Sequence[int], started: float) -> Speed:
    """Do a part of a run: read, run the network and finish, side by side as it does.

    Args:
        run: the run.
        with_data: shards of `TILES_PER_SIDE` that are known to have data, in order; the work
            begins in the middle of them, and goes on with those that follow on the ground.
        started: when the run began, in seconds of `time.monotonic`.
    """
    timed: list[_TimedDetector] = []

    def load() -> _TimedDetector:
        timed.append(_TimedDetector(run.load_detector()))
        return timed[0]

    plan = run.make_plan(TILES_PER_SIDE)
    work = run.make_work(plan, load)
    work.load()
    loaded_s = time.monotonic() - started
    if with_data:
        first = with_data[len(with_data) // 2]
        with suppress(_TimeIsUpError):
            for _ in InProcessRunner().run(work, chain(range(first, len(plan)), range(first))):
                pass
    calls = timed[0].calls
    return reckon_speed(calls, calls[0][0] - started) if calls else Speed(loaded_s, 0.0)


def sum_excess(calls: Sequence[tuple[float, float, int]]) -> float:
    """Seconds of calls that come at the beginning of a run only, beyond what others take."""
    each = [(end - begin) / size for begin, end, size in calls]
    usual = median(each[_NUM_WARM_UP:] or each)
    return sum(
        (one - usual) * size
        for number, (one, (_, _, size)) in enumerate(zip(each, calls, strict=True))
        if one > usual * (1 if number < _NUM_WARM_UP else _OUTLIER)
    )


def reckon_speed(calls: Sequence[tuple[float, float, int]], before_s: float) -> Speed:
    """The speed of a run whose network was called so.

    Args:
        calls: begin, end and number of tiles of each call, at least one.
        before_s: what came before the first.
    """
    excess_s = sum_excess(calls)
    spent_s = calls[-1][1] - calls[0][0] - excess_s
    return Speed(before_s + excess_s, sum(size for _, _, size in calls) / max(spent_s, 1e-6))
