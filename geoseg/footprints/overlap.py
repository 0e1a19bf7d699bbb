"""Neighbours that claim the same ground: the one with the higher score keeps it."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

SLIVER_M2 = 1e-4
"""Below this, two neighbours touch: what they share is rounding."""

# Clipped outlines are rounded to it. Without, vertices come to lie closer together than
# floating point can tell in another CRS, where the outline then crosses itself.
_GRID_M = 1e-6
# A footprint that loses more than this share to better ones was the same building again.
MAX_LOST_SHARE = 0.5


def remove_overlaps(
    polygons: NDArray[np.object_], scores: NDArray[np.floating]
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Give ground that several footprints cover to the one with the highest score.

    The others are clipped and keep their largest part. One that would lose more than half
    of its area is dropped as a duplicate. Equal scores are decided by area and position, so
    the result does not depend on the order of the input.

    Args:
        polygons: object (N,) of valid shapely Polygon in a metric CRS.
        scores: float (N,).

    Returns:
        polygons: object (N,), clipped; no two kept ones share more than `SLIVER_M2`.
        is_kept: bool (N,), False for duplicates.
    """
    result = polygons.copy()
    is_kept = np.ones(len(polygons), dtype=bool)
    losers, winners = _find_contests(polygons, scores)
    if len(losers) == 0:
        return result, is_kept
    bounds = np.append(np.flatnonzero(np.diff(losers, prepend=-1)), len(losers))
    for start, stop in zip(bounds[:-1], bounds[1:], strict=True):
        loser = losers[start]
        rivals = winners[start:stop]
        rivals = rivals[is_kept[rivals]]
        taken = shapely.union_all(result[rivals])
        rest = largest_part(shapely.difference(polygons[loser], taken, grid_size=_GRID_M))
        is_kept[loser] = rest.area >= (1 - MAX_LOST_SHARE) * polygons[loser].area
        result[loser] = rest
    return result, is_kept


def largest_part(geometry: shapely.Geometry) -> Polygon:
    """The largest polygon of a geometry of any type; an empty one if it has none."""
    if isinstance(geometry, Polygon):
        return geometry
    parts = [
        part
        for piece in shapely.get_parts(geometry)
        for part in (shapely.get_parts(piece) if isinstance(piece, MultiPolygon) else [piece])
        if isinstance(part, Polygon)
    ]
    return max(parts, key=lambda part: part.area, default=Polygon())


def _find_contests(
    polygons: NDArray[np.object_], scores: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs that overlap, as (loser, winner), losers grouped and best first."""
    tree = shapely.STRtree(polygons)
    one, other = tree.query(polygons, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(polygons[one], polygons[other]))
    one, other = one[shared > SLIVER_M2], other[shared > SLIVER_M2]

    min_x, min_y, _, _ = shapely.bounds(polygons).reshape(-1, 4).T
    order = np.lexsort([min_y, min_x, -shapely.area(polygons), -scores])
    rank = np.empty(len(polygons), dtype=np.int64)
    rank[order] = np.arange(len(polygons))
    first, last = np.minimum(rank[one], rank[other]), np.maximum(rank[one], rank[other])
    by_loser = np.lexsort([first, last])
    return order[last[by_loser]], order[first[by_loser]]
