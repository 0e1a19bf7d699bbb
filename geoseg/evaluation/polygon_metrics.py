"""How well the outline of a predicted polygon follows that of its true one, pair by pair.

All functions take two arrays of N valid, non-empty shapely polygons in one metric CRS or image;
the n-th of one belongs to the n-th of the other. Holes, and the parts of multipolygons, count like
outer rings. Distances have the unit of the coordinates. None of these metrics changes when the
predictions and the truth change sides.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray


class Vertices(NamedTuple):
    """Vertices of some polygons, ring by ring.

    Attributes:
        points: float64 (M, 2), x and y; each ring ends with its first point.
        polygons: int64 (M,), the polygon that each is of, ascending.
        is_end: bool (M,), True at the point that only closes a ring.
    """

    points: NDArray[np.float64]
    polygons: NDArray[np.int64]
    is_end: NDArray[np.bool_]


def list_vertices(polygons: NDArray[np.object_]) -> Vertices:
    """All vertices of object (N,) of shapely Polygon or MultiPolygon; none for no polygons."""
    parts, owners = shapely.get_parts(polygons, return_index=True)
    if len(parts) == 0:
        return Vertices(np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0, np.bool_))
    _, points, offsets = shapely.to_ragged_array(parts)
    ring_starts, part_starts = (one.astype(np.int64) for one in offsets)
    is_end = np.zeros(len(points), dtype=bool)
    is_end[ring_starts[1:] - 1] = True
    return Vertices(points[:, :2], np.repeat(owners, np.diff(ring_starts[part_starts])), is_end)


def count_vertices(polygons: NDArray[np.object_]) -> NDArray[np.int64]:
    """Corners of all rings, the point that closes a ring not counted: int64 (N,).

    Example:
        >>> count_vertices(np.array([shapely.box(0, 0, 1, 1)])).tolist()
        [4]
    """
    _, owners, is_end = list_vertices(polygons)
    return np.bincount(owners[~is_end], minlength=len(polygons)).astype(np.int64)


def complexity_ious(
    ious: NDArray[np.float64],
    num_pred_vertices: NDArray[np.int64],
    num_true_vertices: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Complexity-aware IoU: C-IoU = IoU (1 - |P - T| / (P + T)), P and T the vertices.

    Zorzi et al. 2022, "PolyWorld: Polygonal Building Extraction with Graph Neural Networks in
    Satellite Images" (CVPR). There it is computed of whole images, here of pairs.

    Args:
        ious: float64 (N,).
        num_pred_vertices: int64 (N,).
        num_true_vertices: int64 (N,).

    Returns:
        float64 (N,), at most the IoU; 0 where there is no vertex at all.

    Example:
        >>> complexity_ious(np.array([0.8]), np.array([6]), np.array([4])).round(3).tolist()
        [0.64]
    """
    together = np.maximum(num_pred_vertices + num_true_vertices, 1)
    ratios: NDArray[np.float64] = 2 * np.minimum(num_pred_vertices, num_true_vertices) / together
    return ious * ratios


def boundary_ious(
    pred: NDArray[np.object_], truth: NDArray[np.object_], width: float
) -> NDArray[np.float64]:
    """IoU of the bands that lie inside two polygons, within `width` of their outlines.

    Cheng et al. 2021, "Boundary IoU: Improving Object-Centric Image Segmentation Evaluation"
    (CVPR), with exact areas in the place of pixels. As there, polygons that are narrower than twice
    the width are compared as a whole.

    Args:
        pred: predicted polygons.
        truth: true ones.
        width: of the band, above 0.

    Returns:
        float64 (N,), 0..1.

    Example:
        >>> one, other = np.array([shapely.box(0, 0, 10, 10)]), np.array([shapely.box(0, 0, 10, 9)])
        >>> boundary_ious(one, other, 1).round(3).tolist()
        [0.591]
    """
    inner_pred, inner_truth = shapely.buffer(pred, -width), shapely.buffer(truth, -width)
    # The bands themselves would be polygons with a hole each, on which GEOS is slow.
    shared = (
        _shared_areas(pred, truth)
        - _shared_areas(inner_pred, truth)
        - _shared_areas(pred, inner_truth)
        + _shared_areas(inner_pred, inner_truth)
    )
    bands = (
        shapely.area(pred) - shapely.area(inner_pred),
        shapely.area(truth) - shapely.area(inner_truth),
    )
    return np.clip(shared / (bands[0] + bands[1] - shared), 0.0, 1.0)


def polis_distances(pred: NDArray[np.object_], truth: NDArray[np.object_]) -> NDArray[np.float64]:
    """PoLiS: the mean distance of the vertices of each polygon to the outline of the other.

    Avbelj, Müller and Bamler 2015, "A Metric for Polygon Comparison and Building Extraction
    Evaluation" (IEEE Geoscience and Remote Sensing Letters 12(1)): half the mean over the vertices
    of one plus half the mean over those of the other, each vertex counted once. (Code that is in
    wide use divides by one vertex more, the one that closes the ring, and so gives four fifths of
    it for rectangles.)

    Returns:
        float64 (N,), in the unit of the coordinates.

    Example:
        >>> square, moved = shapely.box(0, 0, 10, 10), shapely.box(1, 0, 11, 10)
        >>> polis_distances(np.array([square]), np.array([moved])).tolist()
        [0.5]
    """
    return (_mean_distances(pred, truth) + _mean_distances(truth, pred)) / 2


def _shared_areas(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = shapely.area(shapely.intersection(one, other))
    return areas


def _mean_distances(
    polygons: NDArray[np.object_], others: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Of the vertices of each polygon to the outline of its partner."""
    points, owners, is_end = list_vertices(polygons)
    points, owners = points[~is_end], owners[~is_end]
    distances = shapely.distance(shapely.points(points), shapely.boundary(others)[owners])
    sums = np.bincount(owners, distances, minlength=len(polygons))
    means: NDArray[np.float64] = sums / np.bincount(owners, minlength=len(polygons))
    return means
