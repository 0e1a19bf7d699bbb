"""Plain implementations of the metrics of outlines, point by point, to check ours by."""

from __future__ import annotations

import cv2
import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray


def polis(one: shapely.Polygon, other: shapely.Polygon) -> float:
    """PoLiS by its definition; outer rings alone."""
    halves = []
    for polygon, partner in ((one, other), (other, one)):
        corners = polygon.exterior.coords[:-1]
        distances = [partner.exterior.distance(shapely.Point(corner)) for corner in corners]
        halves.append(sum(distances) / (2 * len(distances)))
    return sum(halves)


def max_tangent_angle_deg(
    pred: shapely.Polygon, truth: shapely.Polygon, spacing: float
) -> float | None:
    """The maximum tangent angle error as the code of Girard et al. computes it, by cosines."""
    cosines = []
    for ring in (pred.exterior, *pred.interiors):
        points = []
        for start, end in zip(ring.coords[:-1], ring.coords[1:], strict=True):
            num = max(1, round(float(np.hypot(*np.subtract(end, start))) / spacing))
            points += np.linspace(start, end, num + 1)[:-1].tolist()
        points.append(ring.coords[0])
        places = [
            shapely.ops.nearest_points(shapely.Point(point), truth.boundary)[1].coords[0]
            for point in points
        ]
        for step, moved in zip(np.diff(points, axis=0), np.diff(places, axis=0), strict=True):
            lengths = float(np.linalg.norm(step)), float(np.linalg.norm(moved))
            if lengths[0] * lengths[1] > 0 and 0.5 < lengths[0] / lengths[1] < 2:
                cosines.append(abs(float(step @ moved)) / (lengths[0] * lengths[1]))
    return float(np.degrees(np.arccos(min(min(cosines), 1.0)))) if cosines else None


def boundary_iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Boundary IoU as the code of Cheng et al. computes it, on whole images."""
    height, width = one.shape
    rounds = max(1, round(0.02 * float(np.sqrt(height**2 + width**2))))
    bands = []
    for mask in (one.astype(np.uint8), other.astype(np.uint8)):
        padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        eroded = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=rounds)
        bands.append(mask - eroded[1 : height + 1, 1 : width + 1])
    return float(((bands[0] * bands[1]) > 0).sum() / ((bands[0] + bands[1]) > 0).sum())


def star(seed: int, num_corners: int = 9, x: float = 0.0, y: float = 0.0) -> shapely.Polygon:
    """A simple polygon of about 10 m radius round a place."""
    rng = np.random.default_rng(seed)
    step = 2 * np.pi / num_corners
    angles = step * (np.arange(num_corners) + rng.uniform(0, 0.8, num_corners))
    radii = rng.uniform(6, 12, num_corners)
    return shapely.Polygon(
        np.column_stack([x + radii * np.cos(angles), y + radii * np.sin(angles)])
    )
