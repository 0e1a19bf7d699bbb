"""Footprints of a whole raster from the results of its shards, a few at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

from geoseg.config import PredictConfig
from geoseg.footprints.settle import find_margin_px
from geoseg.pipeline.frame import Frame
from geoseg.pipeline.settling import settle
from geoseg.pipeline.waiting import Waiting
from geoseg.tiles import Rectangle, ShardPlan
from geoseg.types import Detection, Footprints, PendingOutlines, ShardResult


class SeamJoiner:
    """Takes the results of shards in their order, and finishes what lies between them.

    It holds what waits for shards that follow: along the lower border of the row before and of
    the row at hand, some kilobytes a building. After the last shard nothing is left.
    """

    def __init__(self, plan: ShardPlan, frame: Frame, config: PredictConfig) -> None:
        self._plan = plan
        self._frame = frame
        self._config = config
        self._waiting = Waiting()

    @property
    def num_waiting(self) -> int:
        """Detections and outlines that wait for shards that follow."""
        return len(self._waiting)

    def add(self, result: ShardResult) -> Iterator[Footprints]:
        """Take the result of the next shard.

        Yields:
            Footprints that are final, in batches: buildings of two batches, whenever they come,
            do not touch, nor come closer than `geoseg.footprints.settle.NEAR_M`.
        """
        yield from _unless_empty(result.footprints)
        self._waiting.put(result.detections, result.outlines)
        unseen = self._plan.seen_after(result.index)
        # What waits elsewhere along the row is not looked at again for each shard.
        left, right = self._plan.strip(result.index)
        beyond = [
            (-math.inf, -math.inf, math.inf, left),
            (-math.inf, right, math.inf, math.inf),
        ]
        yield from self._settle(self._waiting.take_strip(left, right), [*unseen, *beyond])
        if self._plan.ends_row(result.index):
            # Left over are groups that are wider than a strip, and above shards without tiles.
            margin_px = find_margin_px(self._config.footprints.tolerance_m, self._frame.gsd_m)
            yield from self._settle(self._waiting.take_apart(unseen, margin_px), unseen)

    def _settle(
        self, at_hand: tuple[list[Detection], PendingOutlines], unseen: list[Rectangle]
    ) -> Iterator[Footprints]:
        """Finish what can be finished of some that wait."""
        detections, outlines = at_hand
        settled = settle(
            detections,
            [outlines],
            unseen,
            grid=self._plan.grid,
            frame=self._frame,
            config=self._config,
        )
        self._waiting.put(settled.detections, settled.outlines)
        yield from _unless_empty(settled.footprints)


def _unless_empty(footprints: Footprints) -> Iterator[Footprints]:
    if len(footprints):
        yield footprints
