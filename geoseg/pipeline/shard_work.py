"""What is done with one shard, here or on another machine."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geoseg.config import PredictConfig
from geoseg.detections.scan import scan_block
from geoseg.errors import RasterError
from geoseg.pipeline.frame import Frame
from geoseg.pipeline.settling import settle
from geoseg.tiles import Shard, ShardPlan
from geoseg.types import (
    Detection,
    ImageBlock,
    NoProgress,
    Progress,
    RasterSource,
    ShardResult,
    Tile,
    Window,
)

DetectorLoader = Callable[[], Any]
"""Loads a `geoseg.types.Detector` with a `batch_size`; pickled with the work."""


@dataclass(frozen=True)
class _Given:
    """A shard and its pixels; `unread` windows were left out of its tiles."""

    shard: Shard
    block: ImageBlock
    unread: tuple[Window, ...]


@dataclass(frozen=True)
class _Found:
    """What the network made of a shard."""

    shard: Shard
    detections: list[Detection]
    num_valid_px: int
    unread: tuple[Window, ...]


class ShardWork:
    """Turns the index of a shard into its result; a `geoseg.types.StagedWork`.

    It is pickled without the network, which each process loads once, at its first shard.

    Attributes:
        progress: is told of every tile; nobody is in another process.
        is_stopped: nobody waits for results any more.
    """

    def __init__(
        self,
        source: RasterSource,
        load_detector: DetectorLoader,
        plan: ShardPlan,
        frame: Frame,
        config: PredictConfig,
        *,
        skips_unreadable: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Remember what the shards have in common.

        Args:
            source: the raster, at the model's GSD.
            load_detector: loads the model; `tiles.tile_size_px` of the config must be its.
            plan: the shards.
            frame: the place of the grid.
            config: all settings.
            skips_unreadable: tiles that cannot be read are left out; otherwise the first ends
                the work.
            progress: is told of every tile.
        """
        self._source = source
        self._load_detector = load_detector
        self._plan = plan
        self._frame = frame
        self._config = config
        self._skips_unreadable = skips_unreadable
        self._detector: Any = None
        self.is_stopped = False
        self.progress: Progress = progress or NoProgress()

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_detector": None, "progress": NoProgress()}

    def stop(self) -> None:
        """End the network's stage at its next tile."""
        self.is_stopped = True

    def load(self) -> None:
        """Load the network now rather than at the first shard; once is enough."""
        if self._detector is None:
            self._detector = self._load_detector()

    def __call__(self, index: int) -> ShardResult:
        """Do all stages for one shard."""
        return self.finish(self.detect(self.read(index)))

    def read(self, index: int) -> _Given:
        """Read the pixels of a shard.

        Raises:
            RasterError: they cannot be read.
        """
        shard = self._plan.shard(index)
        try:
            return _Given(shard, self._source.read(shard.window), ())
        except RasterError:
            if not self._skips_unreadable:
                raise
        return self._read_by_tiles(shard)

    def detect(self, given: _Given) -> _Found:
        """Run the network on the tiles of a shard."""
        self.load()
        tiles = given.shard.tiles
        detections = scan_block(
            given.block,
            given.shard,
            self._detector,
            tiles=self._config.tiles,
            detect=self._config.detect,
            batch_size=self._detector.batch_size,
            progress=_StoppableProgress(self),
        )
        if given.unread:
            self.progress.advance(len(given.unread))
        num_valid_px = sum(_count_valid(given.block, tile.core) for tile in tiles)
        return _Found(given.shard, detections, num_valid_px, given.unread)

    def finish(self, found: _Found) -> ShardResult:
        """Join the seams within a shard, and make footprints of what nothing can change."""
        index = found.shard.index
        settled = settle(
            found.detections,
            [],
            self._plan.seen_by_others(index),
            grid=self._plan.grid,
            frame=self._frame,
            config=self._config,
        )
        return ShardResult(
            index=index,
            footprints=settled.footprints,
            outlines=settled.outlines,
            detections=settled.detections,
            num_tiles=len(found.shard.tiles) + len(found.unread),
            num_found=len(found.detections),
            num_valid_px=found.num_valid_px,
            unread=found.unread,
        )

    def _read_by_tiles(self, shard: Shard) -> _Given:
        """Read each tile by itself, and leave out those that cannot be read."""
        window = shard.window
        block = ImageBlock(
            window,
            np.zeros((window.height, window.width, 3), np.uint8),
            np.zeros((window.height, window.width), bool),
        )
        read: list[Tile] = []
        unread: list[Window] = []
        for tile in shard.tiles:
            try:
                part = self._source.read(tile.window)
            except RasterError:
                unread.append(tile.window)
                continue
            rows, cols = _place_within(tile.window, window)
            block.image[rows, cols] = part.image
            block.valid[rows, cols] = part.valid
            read.append(tile)
        return _Given(replace(shard, tiles=tuple(read)), block, tuple(unread))


class _StoppableProgress(NoProgress):
    """Tells the progress of some work, until that is stopped."""

    def __init__(self, work: ShardWork) -> None:
        self._work = work

    def advance(self, steps: int, found: int = 0) -> None:
        """Pass on.

        Raises:
            CancelledError: the work was stopped.
        """
        if self._work.is_stopped:
            raise CancelledError
        self._work.progress.advance(steps, found)


def _place_within(inner: Window, outer: Window) -> tuple[slice, slice]:
    top, left = inner.row_off - outer.row_off, inner.col_off - outer.col_off
    return slice(top, top + inner.height), slice(left, left + inner.width)


def _count_valid(block: ImageBlock, window: Window) -> int:
    return int(block.valid[_place_within(window, block.window)].sum())
