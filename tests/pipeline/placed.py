"""The bright scene at its place on Earth, and a scan of it without a network."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from geoseg.config import FootprintConfig, PredictConfig
from geoseg.jobs import ShardMemory
from geoseg.pipeline import Scan, SeamJoiner, ShardWork, make_frame
from geoseg.raster.memory import ImageSource
from geoseg.runners.in_process import InProcessRunner
from geoseg.tiles import ShardPlan, make_grid
from geoseg.types import Footprints, ImageBlock, Progress, Runner, Window, join_footprints
from tests.bright import PLACE, UTM, BrightDetector

CONFIG = PredictConfig(footprints=FootprintConfig(tolerance_m=0.1))


class PlacedSource(ImageSource):
    """The scene at its place on Earth; a part may be without data."""

    def __init__(self, bands: NDArray[np.uint8], hole: Window | None = None) -> None:
        super().__init__("scene", np.moveaxis(bands, 0, 2), gsd_m=0.3)
        self.crs = UTM
        self.transform = PLACE
        self.hole = hole

    def read(self, window: Window) -> ImageBlock:
        block = super().read(window)
        if self.hole is not None:
            y1, x1, y2, x2 = self.hole.box_yx
            rows = slice(max(0, y1 - window.row_off), max(0, y2 - window.row_off))
            cols = slice(max(0, x1 - window.col_off), max(0, x2 - window.col_off))
            block.valid[rows, cols] = False
        return block


class CountingProgress:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def start(self, stage: str, total: int) -> None:
        self.told.append((stage, total))

    def advance(self, steps: int, found: int = 0) -> None:
        self.told.append(("advance", steps))

    def finish(self) -> None:
        self.told.append(("finish", 0))

    @property
    def num_steps(self) -> int:
        """Steps of all `advance`."""
        return sum(steps for name, steps in self.told if name == "advance")


class DistantRunner:
    """Does the work on pickled copies, and hands the results back in any order."""

    is_local = False

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def run(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        copy = pickle.loads(pickle.dumps(function))
        results = [pickle.loads(pickle.dumps(copy(item))) for item in items]
        random.Random(self.seed).shuffle(results)
        return iter(results)


class PlacedScan:
    """A scan that was run to its end.

    Attributes:
        batches: as they came.
        footprints: all of them.
        scan: what was counted.
        plan: the shards.
        num_waiting: what the joiner held after each batch.
    """

    def __init__(
        self,
        source: ImageSource,
        detector: BrightDetector | None = None,
        config: PredictConfig = CONFIG,
        *,
        area_px: Polygon | None = None,
        tiles_per_side: int = 8,
        runner: Runner | None = None,
        progress: Progress | None = None,
        store: ShardMemory | None = None,
        skips_unreadable: bool = False,
    ) -> None:
        # A fresh detector in each process: it is made by the class.
        load = BrightDetector if detector is None else (lambda: detector)
        grid = make_grid(source.shape_hw, config.tiles)
        self.plan = ShardPlan(grid, area_px, tiles_per_side)
        frame = make_frame(source, area_px)
        work = ShardWork(
            source,
            load,
            self.plan,
            frame,
            config,
            skips_unreadable=skips_unreadable,
            progress=progress,
        )
        joiner = SeamJoiner(self.plan, frame, config)
        self.scan = Scan(self.plan, joiner, store or ShardMemory())
        self.batches: list[Footprints] = []
        self.num_waiting: list[int] = []
        for batch in self.scan.run(
            work, runner or InProcessRunner(), progress or CountingProgress()
        ):
            self.batches.append(batch)
            self.num_waiting.append(joiner.num_waiting)
        self.footprints = join_footprints(self.batches, frame.metric_crs)
