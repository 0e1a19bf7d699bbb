"""Batches of footprints on their way into a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import shapely
from pyproj import CRS

from geoseg.crs import transform_polygons
from geoseg.types import FootprintBatches, Footprints, join_footprints


def move_footprints(footprints: Footprints, crs: CRS) -> Footprints:
    """The same in another CRS, exteriors counter-clockwise there."""
    moved = transform_polygons(footprints.polygons, footprints.crs, crs)
    return replace(footprints, polygons=shapely.orient_polygons(moved), crs=crs)


@dataclass(frozen=True)
class MovedBatches:
    """Batches in another CRS, reprojected as they are asked for.

    Attributes:
        batches: what to reproject.
        crs: the CRS of the result.
    """

    batches: FootprintBatches
    crs: CRS

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Footprints]:
        for batch in self.batches:
            yield move_footprints(batch, self.crs)


def rebatch(batches: Iterable[Footprints], size: int) -> Iterator[Footprints]:
    """Cut the same footprints into batches of `size`, the last of them smaller.

    However they came, the result is the same; no batch is empty.
    """
    waiting: list[Footprints] = []
    num_waiting = 0
    for batch in batches:
        waiting.append(batch)
        num_waiting += len(batch)
        if num_waiting < size:
            continue
        joined = join_footprints(waiting, batch.crs)
        num_whole = num_waiting - num_waiting % size
        for start in range(0, num_whole, size):
            yield _cut(joined, start, start + size)
        waiting = [_cut(joined, num_whole, num_waiting)]
        num_waiting -= num_whole
    if num_waiting:
        yield join_footprints(waiting, waiting[0].crs)


def _cut(batch: Footprints, start: int, stop: int) -> Footprints:
    # Copied: a view would keep the whole batch in memory.
    return Footprints(
        batch.polygons[start:stop].copy(),
        batch.scores[start:stop].copy(),
        batch.areas_m2[start:stop].copy(),
        batch.crs,
        None if batch.rasters is None else batch.rasters[start:stop].copy(),
    )
