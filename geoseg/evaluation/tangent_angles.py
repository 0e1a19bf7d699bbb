"""How far the walls of a predicted polygon point away from those of its true one."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.evaluation.polygon_metrics import list_vertices

MAX_STRETCH = 2.0
"""A step whose projection is longer or shorter by more than this says nothing of the angle."""


def max_tangent_angles_deg(
    pred: NDArray[np.object_], truth: NDArray[np.object_], spacing: float
) -> NDArray[np.float64]:
    """Maximum tangent angle error of predicted polygons.

    Girard et al. 2021, "Polygonal Building Extraction by Frame Field Learning" (CVPR), as its
    code computes it: points are set along the predicted outline, evenly on each wall, and each is
    projected to the nearest place of the true outline. The step from one point to the next and
    the step between their projections make an angle; the largest one is the error. Steps that
    the projection makes twice as long or half as long, as at corners, are left out. Here the
    true outline is that of the partner alone, there it is that of all true polygons.

    Args:
        pred: object (N,) of valid, non-empty shapely polygons, in a metric CRS or image.
        truth: the partners, likewise.
        spacing: between two points, roughly; above 0, in the unit of the coordinates.

    Returns:
        float64 (N,), degrees, 0..90; nan where all steps are left out.

    Example:
        >>> square = np.array([shapely.box(0, 0, 10, 10)])
        >>> max_tangent_angles_deg(square, square, 1).tolist()
        [0.0]
    """
    points, owners, is_last = _sample_outlines(pred, spacing)
    lines = shapely.shortest_line(shapely.points(points), shapely.boundary(truth)[owners])
    projected = shapely.get_coordinates(lines).reshape(-1, 2, 2)[:, 1]
    steps, projected_steps = np.diff(points, axis=0), np.diff(projected, axis=0)
    lengths = np.hypot(*steps.T), np.hypot(*projected_steps.T)
    is_used = ~is_last[:-1] & (lengths[0] > 0)
    is_used &= lengths[0] < MAX_STRETCH * lengths[1]
    is_used &= lengths[1] < MAX_STRETCH * lengths[0]
    (x, y), (u, v) = steps[is_used].T, projected_steps[is_used].T
    # Walls have no direction. Of small angles the cosine knows little.
    angles_deg = np.degrees(np.arctan2(np.abs(x * v - y * u), np.abs(x * u + y * v)))
    largest = np.full(len(pred), np.nan)
    np.fmax.at(largest, owners[:-1][is_used], angles_deg)
    return largest


def _sample_outlines(
    polygons: NDArray[np.object_], spacing: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    """Points along all rings.

    Returns:
        points: float64 (M, 2), the first one of a ring once more at its end.
        owners: int64 (M,), the polygon of each.
        is_last: bool (M,), True at the end of a ring.
    """
    vertices, owners, is_end = list_vertices(polygons)
    walls = np.diff(vertices, axis=0, append=vertices[-1:])
    walls[is_end] = 0
    num_steps = np.maximum(np.rint(np.hypot(*walls.T) / spacing), 1).astype(np.int64)
    rows = np.repeat(np.arange(len(vertices)), num_steps)
    starts = np.cumsum(num_steps) - num_steps
    share = (np.arange(len(rows)) - starts[rows]) / num_steps[rows]
    return vertices[rows] + share[:, np.newaxis] * walls[rows], owners[rows], is_end[rows]
