"""Outlines that are done with: no building that is still to come can touch them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.groups import group_connected
from geoseg.types import PendingOutlines

NEAR_M = 0.15
"""Buildings that come closer are handled together: they may overlap, or share walls in files."""

# How far an outline may reach beyond the box of its detection, besides the tolerance: half a
# cell of the mask, and rounding.
_MARGIN_PX = 2.0


def split_settled(
    outlines: PendingOutlines,
    unseen: Sequence[tuple[float, float, float, float]],
    *,
    tolerance_m: float,
    gsd_m: float,
) -> tuple[PendingOutlines, PendingOutlines]:
    """Part outlines whose surroundings are complete from those that have to wait.

    An outline waits when its box comes near ground where others may follow, and so does each
    that is connected with it by buildings that come closer than `NEAR_M`.

    Args:
        outlines: any number, in a metric CRS.
        unseen: rectangles (y1, x1, y2, x2) in pixels of the model grid, half-open, where
            outlines may follow; may be infinite.
        tolerance_m: how far an outline may be from the contour of its mask.
        gsd_m: ground metres per pixel of the model grid.

    Returns:
        settled, waiting: both in the order of the input. No settled outline is closer than
        `NEAR_M` to a waiting one, or to any that may follow.
    """
    waits = meets_any(outlines.boxes, unseen, find_margin_px(tolerance_m, gsd_m))
    if waits.any():
        groups = group_near(outlines.polygons)
        waits = np.isin(groups, groups[waits])
    return take_outlines(outlines, ~waits), take_outlines(outlines, waits)


def find_margin_px(tolerance_m: float, gsd_m: float) -> float:
    """How far around the box of a detection others have a say in its outline.

    Args:
        tolerance_m: how far an outline may be from the contour of its mask.
        gsd_m: ground metres per pixel of the model grid.
    """
    return _MARGIN_PX + (2 * tolerance_m + NEAR_M) / gsd_m


def meets_any(
    boxes: NDArray[np.floating],
    rectangles: Sequence[tuple[float, float, float, float]] | NDArray[np.floating],
    margin_px: float = 0.0,
) -> NDArray[np.bool_]:
    """Which boxes share ground with one of some rectangles.

    Args:
        boxes: (N, 4), (y1, x1, y2, x2), half-open.
        rectangles: likewise; may be infinite.
        margin_px: the boxes are grown by it on all sides.
    """
    if len(boxes) == 0 or len(rectangles) == 0:
        return np.zeros(len(boxes), bool)
    y1, x1, y2, x2 = boxes.astype(np.float64).T
    grown = shapely.box(x1 - margin_px, y1 - margin_px, x2 + margin_px, y2 + margin_px)
    far = np.nan_to_num(np.asarray(rectangles, np.float64), posinf=_FAR_PX, neginf=-_FAR_PX)
    others = shapely.box(far[:, 1], far[:, 0], far[:, 3], far[:, 2])
    hits, _ = shapely.STRtree(others).query(grown)
    result = np.zeros(len(boxes), bool)
    result[hits] = True
    return result


def take_outlines(outlines: PendingOutlines, which: NDArray[np.generic]) -> PendingOutlines:
    """Some of the outlines, by a bool or an index array."""
    return PendingOutlines(outlines.polygons[which], outlines.scores[which], outlines.boxes[which])


def join_outlines(parts: Sequence[PendingOutlines]) -> PendingOutlines:
    """All outlines of several lots, from top to bottom, then from left to right.

    The order does not depend on that of the lots: boxes of equal place go by score and area.
    """
    empty = np.zeros(0, dtype=object)
    polygons = np.concatenate([empty, *(part.polygons for part in parts)])
    scores = np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)])
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *(part.boxes for part in parts)])
    y1, x1, y2, x2 = boxes.T
    order = np.lexsort([shapely.area(polygons), -scores, x2, y2, x1, y1])
    return PendingOutlines(polygons[order], scores[order], boxes[order])


# Farther than any pixel: the STR tree cannot hold infinite boxes.
_FAR_PX = 1e15


def group_near(polygons: NDArray[np.object_]) -> NDArray[np.int64]:
    """Numbers of the groups that are connected by coming closer than `NEAR_M`."""
    one, other = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=NEAR_M)
    return group_connected(one, other, len(polygons))
