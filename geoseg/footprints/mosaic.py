"""Footprints of several rasters as one result, in which no building is there twice.

Rasters may overlap, and lie in different CRSs. Their footprints are compared in one metric
frame, and only where the ground of two rasters meets; all others pass through as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoseg.crs import transform_polygons
from geoseg.footprints.overlap import SLIVER_M2, remove_overlaps
from geoseg.footprints.settle import NEAR_M, group_near
from geoseg.footprints.shared_ground import find_frame, find_zones, outline_in_degrees
from geoseg.types import FootprintBatches, Footprints, join_footprints

# Those who write a batch hold some copies of it.
_BATCH_SIZE = 4096


@dataclass(frozen=True)
class RasterFootprints:
    """The result of one raster among several.

    Attributes:
        footprints: buildings, in any CRS.
        outline: the ground of the raster, in `crs`.
        crs: CRS of the raster.
        gsd_m: ground metres per pixel of the raster itself.
        date: ISO date of the raster, or "".
        find_cut: tells which polygons, in the CRS of the footprints, are cut by the edge of the
            raster or of its data: object (N,) -> bool (N,).
    """

    footprints: FootprintBatches
    outline: shapely.Polygon
    crs: CRS
    gsd_m: float
    date: str
    find_cut: Callable[[NDArray[np.object_]], NDArray[np.bool_]]


class MosaicFootprints:
    """Footprints of several rasters, joined; a `geoseg.types.FootprintBatches`.

    Where footprints of different rasters share ground, the better one keeps it: one that is not
    cut by the edge of its raster before one that is, then that of the raster with the finer
    pixels (to two digits), then that of the later date (none is the earliest), then that of the
    raster given first. A footprint that would lose more than half of its area is the same
    building again and dropped; others are clipped, as by `remove_overlaps`.

    So the order of the rasters decides between footprints only where all else is equal, and in
    which order the batches come. The result depends on nothing else but the rasters and their
    footprints. A footprint that is not clipped is reprojected at most; one that is in the CRS
    of the result already keeps every bit.

    Only footprints where rasters meet, and those that are connected with them by buildings
    closer than `NEAR_M`, are in memory at once.

    Attributes:
        crs: CRS of all batches.
    """

    def __init__(
        self,
        rasters: Sequence[RasterFootprints],
        crs: CRS,
        *,
        reach_m: float = 1.0,
        min_area_m2: float = 0.0,
    ) -> None:
        """Compare the footprints.

        Args:
            rasters: at least one; `Footprints.rasters` counts in them.
            crs: CRS of the result.
            reach_m: farthest that a footprint may reach beyond the outline of its raster.
            min_area_m2: footprints that clipping leaves smaller are dropped.

        Raises:
            CRSError: a raster lies where `crs` is not defined.
        """
        self.crs = crs
        self._rasters = tuple(rasters)
        outlines = [outline_in_degrees(raster.outline, raster.crs) for raster in rasters]
        self._frame = find_frame(outlines)
        self._zones = find_zones(outlines, self._frame, reach_m + NEAR_M)
        self._num_free = 0
        contested = []
        for number, raster in enumerate(self._rasters):
            for batch in raster.footprints:
                meets = self._meets_others(batch, number)
                self._num_free += len(batch) - int(meets.sum())
                if meets.any():
                    contested.append(_take(batch, meets, number))
        self._settled = self._settle(contested, min_area_m2)

    def __len__(self) -> int:
        return self._num_free + sum(map(len, self._settled))

    def __iter__(self) -> Iterator[Footprints]:
        """Batches of each raster in turn, then those where rasters meet."""
        for number, raster in enumerate(self._rasters):
            for batch in raster.footprints:
                meets = self._meets_others(batch, number)
                if not meets.all():
                    yield _move(_take(batch, ~meets, number), self.crs)
        yield from self._settled

    def _meets_others(self, batch: Footprints, number: int) -> NDArray[np.bool_]:
        """Which footprints come near the ground of other rasters, or are connected with such."""
        zone = self._zones[number]
        if zone is None or not len(batch):
            return np.zeros(len(batch), dtype=bool)
        polygons = transform_polygons(batch.polygons, batch.crs, self._frame)
        meets: NDArray[np.bool_] = shapely.intersects(zone, polygons)
        if not meets.any() or meets.all():
            return meets
        groups = group_near(polygons)
        return np.isin(groups, groups[meets])

    def _settle(self, contested: list[Footprints], min_area_m2: float) -> list[Footprints]:
        """Remove the overlaps, and part what is left into batches that do not touch."""
        if not contested:
            return []
        here = np.concatenate(
            [transform_polygons(one.polygons, one.crs, self._frame) for one in contested]
        )
        numbers = np.concatenate([one.rasters for one in contested if one.rasters is not None])
        is_cut = self._find_cut(contested, numbers, _find_contested(here, numbers))
        clipped, is_kept = remove_overlaps(here, -self._rank(numbers, is_cut).astype(np.float64))
        moved = join_footprints([_move(one, self.crs) for one in contested], self.crs)
        # Rounding alone also gives a new outline: one that has lost nothing stays as it was.
        is_less = is_kept & (shapely.area(here) - shapely.area(clipped) > SLIVER_M2)
        areas_m2 = moved.areas_m2.copy()
        areas_m2[is_less] *= shapely.area(clipped[is_less]) / shapely.area(here[is_less])
        is_kept &= ~is_less | (areas_m2 >= min_area_m2)

        polygons = moved.polygons.copy()
        back = transform_polygons(clipped[is_less], self._frame, self.crs)
        polygons[is_less] = shapely.orient_polygons(back)
        joined = Footprints(polygons, moved.scores, areas_m2, self.crs, numbers)
        return _part(_take(joined, is_kept), group_near(clipped[is_kept]))

    def _find_cut(
        self,
        contested: list[Footprints],
        numbers: NDArray[np.int32],
        is_asked: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Which footprints are cut by the edge of their raster, of those that are asked for."""
        is_cut = np.zeros(len(numbers), dtype=bool)
        polygons = np.concatenate([one.polygons for one in contested])
        for number, raster in enumerate(self._rasters):
            which = is_asked & (numbers == number)
            if which.any():
                is_cut[which] = raster.find_cut(polygons[which])
        return is_cut

    def _rank(self, numbers: NDArray[np.int32], is_cut: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Position of each footprint, the best one 0; all are different."""
        gsds_m = np.array([float(f"{raster.gsd_m:.2g}") for raster in self._rasters])
        dates = [raster.date for raster in self._rasters]
        latest_first = sorted(set(dates), reverse=True)
        ages = np.array([latest_first.index(date) for date in dates])
        order = np.lexsort([numbers, ages[numbers], gsds_m[numbers], is_cut])
        rank = np.empty(len(numbers), dtype=np.int64)
        rank[order] = np.arange(len(numbers))
        return rank


def _take(batch: Footprints, which: NDArray[np.bool_], number: int | None = None) -> Footprints:
    """Some footprints; with a number, as those of that raster."""
    rasters = batch.rasters
    if number is not None:
        rasters = np.full(len(batch), number, dtype=np.int32)
    return replace(
        batch,
        polygons=batch.polygons[which],
        scores=batch.scores[which],
        areas_m2=batch.areas_m2[which],
        rasters=None if rasters is None else rasters[which],
    )


def _move(batch: Footprints, crs: CRS) -> Footprints:
    if batch.crs == crs:
        return batch
    moved = shapely.orient_polygons(transform_polygons(batch.polygons, batch.crs, crs))
    return replace(batch, polygons=moved, crs=crs)


def _find_contested(polygons: NDArray[np.object_], numbers: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which polygons share ground with one of another raster."""
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    is_contested = np.zeros(len(polygons), dtype=bool)
    is_contested[one[numbers[one] != numbers[other]]] = True
    return is_contested


def _part(footprints: Footprints, groups: NDArray[np.int64]) -> list[Footprints]:
    """Batches of whole groups, of about `_BATCH_SIZE` footprints."""
    if not len(footprints):
        return []
    sizes = np.bincount(groups)
    batch_of_group = (np.cumsum(sizes) - sizes) // _BATCH_SIZE
    batches = batch_of_group[groups]
    return [_take(footprints, batches == number) for number in np.unique(batches)]
