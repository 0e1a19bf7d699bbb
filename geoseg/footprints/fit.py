"""Lines fitted to the stretches of outlines between corners, for many rings at once.

Rings are closed and lie one after the other in one array; `starts[k] : starts[k + 1]` is ring k.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Walls that meet at a flatter angle have no well-defined corner.
_MIN_SINE = 0.2


class Rings(NamedTuple):
    """Closed rings in one array.

    Attributes:
        vertices: float64 (V, 2).
        starts: int64 (R + 1,).
    """

    vertices: NDArray[np.float64]
    starts: NDArray[np.int64]


class Corners(NamedTuple):
    """Vertices of closed rings that are kept, one of each wall's start; rings not closed.

    Attributes:
        vertices: int64 (K,), index among the vertices of the rings.
        rings: int64 (K,), the ring of each, ascending.
        first: int64 (K,), position in these arrays of the first corner of the same ring.
        before: int64 (K,), position of the previous corner of the same ring.
    """

    vertices: NDArray[np.int64]
    rings: NDArray[np.int64]
    first: NDArray[np.int64]
    before: NDArray[np.int64]


class Walls(NamedTuple):
    """One line for each corner, fitted to the outline from there to the next corner.

    Attributes:
        centres: float64 (K, 2), a point on the line.
        angles: float64 (K,), direction in radians.
        lengths: float64 (K,), of the stretch of outline.
    """

    centres: NDArray[np.float64]
    angles: NDArray[np.float64]
    lengths: NDArray[np.float64]


def order_corners(vertices: NDArray[np.int64], rings: NDArray[np.int64]) -> Corners:
    """Link the corners of each ring; `rings` ascending, every ring with a corner or more."""
    sizes = np.bincount(rings)
    starts = np.cumsum(sizes) - sizes
    before = np.arange(len(vertices)) - 1
    before[starts] = starts + sizes - 1
    return Corners(vertices, rings, starts[rings], before)


def fit_walls(outline: Rings, corners: Corners) -> Walls:
    """Fit a line to the stretch of outline that starts at each corner.

    Total least squares over all points of the stretch, not only its vertices: an edge of
    length L, middle m and vector d adds L m mT + L d dT / 12 to the second moment.
    """
    num_edges = np.diff(outline.starts) - 1
    ring_starts = outline.starts[:-1]
    edges_here = num_edges[corners.rings]
    within = (corners.vertices - ring_starts[corners.rings]) % edges_here

    # Edges of every ring in order, turned to start at its first corner.
    edge_starts = np.cumsum(num_edges) - num_edges
    ring = np.repeat(np.arange(len(num_edges)), num_edges)
    turn = np.zeros(len(num_edges), dtype=np.int64)
    turn[corners.rings] = within[corners.first]
    step = np.arange(len(ring)) - edge_starts[ring] + turn[ring]
    edge = ring_starts[ring] + step % num_edges[ring]
    wall_starts = edge_starts[corners.rings] + (within - turn[corners.rings]) % edges_here

    # Coordinates relative to the ring's own start keep the squares small.
    start_points, end_points = outline.vertices[edge], outline.vertices[edge + 1]
    base = outline.vertices[ring_starts]
    dx, dy = (end_points - start_points).T
    x, y = ((end_points + start_points) / 2 - base[ring]).T
    moments = np.stack(
        [np.ones_like(x), x, y, x * x + dx * dx / 12, y * y + dy * dy / 12, x * y + dx * dy / 12]
    )
    sums = np.add.reduceat(moments * np.hypot(dx, dy), wall_starts, axis=1)
    lengths = sums[0]
    # A wall between points that coincide has no direction; not a number keeps its corners.
    cx, cy, xx, yy, xy = sums[1:] / np.where(lengths > 0, lengths, np.nan)
    angles = 0.5 * np.arctan2(2 * (xy - cx * cy), (xx - cx * cx) - (yy - cy * cy))
    return Walls(np.column_stack([cx, cy]) + base[corners.rings], angles, lengths)


def join_walls(
    outline: Rings, corners: Corners, walls: Walls, reach_m: float
) -> NDArray[np.float64]:
    """Move each corner to where its two walls meet.

    Returns:
        float64 (K, 2). A corner stays where its walls are nearly parallel or meet farther away
        than `reach_m`.
    """
    here = outline.vertices[corners.vertices]
    directions = np.column_stack([np.cos(walls.angles), np.sin(walls.angles)])
    normals = np.column_stack([-directions[:, 1], directions[:, 0]])
    before = corners.before
    sine = np.sum(directions[before] * normals, axis=1)
    is_sharp = np.abs(sine) > _MIN_SINE
    gap = np.sum((walls.centres - walls.centres[before]) * normals, axis=1)
    along = np.divide(gap, sine, out=np.zeros_like(gap), where=is_sharp)
    meeting = walls.centres[before] + along[:, None] * directions[before]
    is_near = np.hypot(*(meeting - here).T) <= reach_m
    return np.where((is_sharp & is_near)[:, None], meeting, here)
