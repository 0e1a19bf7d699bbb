"""Ignored regions of any form as boxes, which is what the network can leave out.

An anchor or a proposal is not learned where more than half of it lies in one ignored box. The
box round an L, or round the ground beyond a slanting border, holds much that is to be learned.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.sources import LabelledObject
from geoseg.training.outlines import make_shapes

# Sides of the squares that cover what no single box does, each laid at half its side.
SQUARES_PX = (256, 128, 64, 32)
# How far a box may reach out of its region.
MARGIN_PX = 2.0


def cover_regions(objects: Sequence[LabelledObject]) -> NDArray[np.float32]:
    """Boxes that lie in ignored regions.

    A region that fills its box is that box. Others are covered by squares of several sizes that
    overlap, so that an anchor of about any size that lies inside a region lies mostly inside one
    of them.

    Args:
        objects: ignored regions, in tile pixels.

    Returns:
        float32 (M, 4), (y1, x1, y2, x2); large ones first. A region that is narrower than the
        smallest square everywhere may have none.
    """
    boxes = [box for shape in make_shapes(objects) for box in _cover(shape)]
    if not boxes:
        return np.zeros((0, 4), np.float32)
    found = np.array(boxes, np.float32)[:, [1, 0, 3, 2]]
    areas = np.prod(found[:, 2:] - found[:, :2], axis=1)
    return found[np.argsort(-areas, kind="stable")]


def _cover(shape: shapely.Geometry) -> list[tuple[float, float, float, float]]:
    """Boxes (x1, y1, x2, y2) in one region."""
    if shape.is_empty:
        return []
    grown = shapely.buffer(shape, MARGIN_PX, join_style="mitre")
    shapely.prepare(grown)
    if shapely.covers(grown, shapely.box(*shape.bounds)):
        return [shape.bounds]
    taken: list[tuple[float, float, float, float]] = []
    left = shape
    for side_px in SQUARES_PX:
        found = _fill(grown, left, side_px)
        taken += found
        if found:
            # What a larger square holds needs no smaller ones.
            left = shapely.difference(left, shapely.union_all([shapely.box(*one) for one in found]))
        if left.is_empty:
            break
    return taken


def _fill(
    region: shapely.Geometry, left: shapely.Geometry, side_px: int
) -> list[tuple[float, float, float, float]]:
    """Squares of one size that lie in a region and hold something of what is left of it."""
    x, y = (grid.ravel() for grid in np.meshgrid(*_steps(region.bounds, side_px)))
    squares = shapely.box(x, y, x + side_px, y + side_px)
    # A sliver of what is left is not worth another square.
    is_needed = shapely.area(shapely.intersection(squares, left)) > 0.1 * side_px**2
    rows = np.flatnonzero(shapely.covers(region, squares) & is_needed)
    return [
        (float(x[row]), float(y[row]), float(x[row] + side_px), float(y[row] + side_px))
        for row in rows
    ]


def _steps(
    bounds: tuple[float, float, float, float], side_px: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where squares begin along x and y: at half their side, the last at the end."""
    low_x, low_y, high_x, high_y = bounds
    starts = [
        np.minimum(np.arange(low, high - side_px / 2, side_px / 2), high - side_px)
        for low, high in ((low_x, high_x), (low_y, high_y))
    ]
    return starts[0], starts[1]
