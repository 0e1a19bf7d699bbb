"""What does the work of a run, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from geoseg.prediction.one_raster import PredictionRequest
from geoseg.prediction.to_files import (
    FootprintsListener,
    JobResult,
    Targets,
    predict_to_files,
)
from geoseg.types import Progress, Runner


@contextmanager
def telling_of_finished(num_done: int, num_rasters: int) -> Iterator[None]:
    """Give an interruption that has nothing to say a text on the rasters that are finished.

    Raises:
        KeyboardInterrupt: the user has had enough.
    """
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if not num_done or str(interrupt):
            raise
        raise KeyboardInterrupt(
            f"interrupted after {num_done:,} of {num_rasters:,} rasters; the same command with "
            "--resume goes on."
        ) from None


def _tell_nobody(number: int, num_rasters: int, title: str) -> None:
    pass


@dataclass(frozen=True)
class Means:
    """What does the work of a run, and who is told of it.

    Attributes:
        runner: does the work of the shards.
        progress: is told of every tile, one stage for each raster.
        on_resume: is told how many shards of how many an interrupted run has finished.
        on_raster: is told of each raster that is begun, where there are several: its number
            from 1, how many there are, its title.
        on_footprints: is told of footprints as they become final, while the run goes on. Not
            of one result of several rasters: what they share is settled when all are done.
    """

    runner: Runner
    progress: Progress
    on_resume: Callable[[int, int], None] | None = None
    on_raster: Callable[[int, int, str], None] = _tell_nobody
    on_footprints: FootprintsListener | None = None

    def predict_to_files(self, request: PredictionRequest, targets: Targets) -> JobResult:
        """Run over one raster, see `geoseg.prediction.to_files.predict_to_files`."""
        return predict_to_files(
            request,
            targets,
            runner=self.runner,
            progress=self.progress,
            on_resume=self.on_resume,
            on_footprints=self.on_footprints,
        )
