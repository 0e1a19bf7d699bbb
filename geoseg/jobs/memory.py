"""Shards and footprints that need not survive: the same as in a job folder, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from geoseg.types import Footprints, ShardResult

if TYPE_CHECKING:
    from pyproj import CRS


class ShardMemory:
    """Results of shards, put in any order and taken in another; what is taken is forgotten."""

    def __init__(self) -> None:
        self._results: dict[int, ShardResult] = {}

    def __contains__(self, index: object) -> bool:
        return index in self._results

    def __len__(self) -> int:
        return len(self._results)

    def put(self, result: ShardResult) -> None:
        """Keep a result; one of the same shard is replaced."""
        self._results[result.index] = result

    def take(self, index: int) -> ShardResult:
        """The result of a shard, which is gone after that.

        Raises:
            KeyError: it is not there.
        """
        return self._results.pop(index)


class MemorySpool:
    """Final footprints in memory; a `geoseg.types.FootprintBatches`.

    Attributes:
        crs: CRS of all batches.
    """

    def __init__(self, crs: CRS) -> None:
        self.crs = crs
        self._batches: list[Footprints] = []

    def __len__(self) -> int:
        return sum(map(len, self._batches))

    def __iter__(self) -> Iterator[Footprints]:
        return iter(self._batches)

    def append(self, footprints: Footprints) -> None:
        """Add a batch; an empty one is left out."""
        if len(footprints):
            self._batches.append(footprints)
