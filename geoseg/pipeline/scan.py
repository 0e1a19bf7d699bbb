"""All shards of a raster: run, kept, joined."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Protocol

from geoseg.pipeline.joining import SeamJoiner
from geoseg.pipeline.shard_work import ShardWork
from geoseg.tiles import ShardPlan
from geoseg.types import Footprints, Progress, Runner, ShardResult, Window


class ResultStore(Protocol):
    """Where results wait for those before them, and for a run that goes on."""

    def __contains__(self, index: int) -> bool:
        """Whether the result of a shard is there."""
        ...

    def put(self, result: ShardResult) -> None:
        """Keep a result."""
        ...

    def take(self, index: int) -> ShardResult:
        """A result that is there; it is not asked for again."""
        ...


class Scan:
    """One pass over the shards of a raster.

    Attributes:
        num_done: shards whose results are kept.
        num_valid_px: pixels with data in all shards that were joined.
        unread: windows, in pixels of the model grid, that were left out.
    """

    def __init__(self, plan: ShardPlan, joiner: SeamJoiner, store: ResultStore) -> None:
        """Begin before the first shard; what the store holds already is not done again."""
        self._kept = {index for index in range(len(plan)) if index in store}
        self.num_done = len(self._kept)
        self.num_valid_px = 0
        self.unread: list[Window] = []
        self._plan = plan
        self._joiner = joiner
        self._store = store
        self._next_index = 0

    def run(self, work: ShardWork, runner: Runner, progress: Progress) -> Iterator[Footprints]:
        """Run the shards that are missing, and join them as soon as those before are there.

        Args:
            work: turns the index of a shard into its result.
            runner: runs it.
            progress: is told of every tile.

        Yields:
            Batches of footprints as of `SeamJoiner.add`; they do not depend on the runner.
        """
        missing = (index for index in range(len(self._plan)) if index not in self._kept)
        progress.start("tiles", self._plan.num_tiles)
        try:
            yield from self._join(progress)
            with closing(_as_generator(runner.run(work, missing))) as results:
                for result in results:
                    self._store.put(result)
                    self.num_done += 1
                    if not runner.is_local:
                        progress.advance(result.num_tiles, result.num_found)
                    yield from self._join(progress)
        finally:
            progress.finish()

    def _join(self, progress: Progress) -> Iterator[Footprints]:
        while self._next_index < len(self._plan) and self._next_index in self._store:
            result = self._store.take(self._next_index)
            # The work has told of its own shards, or their results have.
            if self._next_index in self._kept:
                progress.advance(result.num_tiles, result.num_found)
            self.num_valid_px += result.num_valid_px
            self.unread += result.unread
            self._next_index += 1
            yield from self._joiner.add(result)


def _as_generator(results: Iterator[ShardResult]) -> Generator[ShardResult, None, None]:
    yield from results
