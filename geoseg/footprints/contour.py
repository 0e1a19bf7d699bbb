"""Outlines of soft masks at sub-pixel accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np
from contourpy import FillType, SerialContourGenerator, ZInterp
from numpy.typing import NDArray
from shapely import Polygon

_INSIDE = 0.5
_ABOVE_ANY_MASK = 2.0


def contour_mask(mask: NDArray[np.floating], box: NDArray[np.floating]) -> Polygon:
    """Trace the 0.5 level of a soft mask.

    The values sit at the centres of the cells. A border cell above 0.5 means that the object
    reaches the edge of the box, so the outline runs along that edge and not half a cell
    inside; only its corners are cut, by half a cell in each direction: a mask of ones gives
    the box less half the area of a cell.

    Args:
        mask: float (h, w), 0..1; its cells divide the box evenly.
        box: (4,), (y1, x1, y2, x2) in pixels, half-open.

    Returns:
        The part with the largest outline, holes included, in (x, y) = (column, row)
        coordinates of the box's frame; an empty polygon where no value is above 0.5.

    Example:
        >>> contour_mask(np.ones((10, 10)), np.array([0, 0, 10, 10])).area
        99.5
    """
    height, width = mask.shape
    y1, x1, y2, x2 = (float(value) for value in box)
    # Centres of the cells, with the added cells at -0.5 and n + 0.5.
    x, y = np.meshgrid(
        x1 + (np.arange(width + 2) - 0.5) * ((x2 - x1) / width),
        y1 + (np.arange(height + 2) - 0.5) * ((y2 - y1) / height),
    )
    # `contour_generator` would look for masked and invalid values first, which takes as long.
    generator = SerialContourGenerator(
        x,
        y,
        _pad_mask(mask),
        None,  # type: ignore[arg-type]
        corner_mask=False,
        line_type=SerialContourGenerator.default_line_type,
        fill_type=FillType.OuterOffset,
        quad_as_tri=False,
        z_interp=ZInterp.Linear,
    )
    traced: Any = generator.filled(_INSIDE, _ABOVE_ANY_MASK)
    parts = [
        [points[start:stop] for start, stop in zip(cuts[:-1], cuts[1:], strict=True)]
        for points, cuts in zip(*traced, strict=True)
    ]
    if not parts:
        return Polygon()
    outline, *holes = parts[0] if len(parts) == 1 else max(parts, key=_outline_area)
    return Polygon(outline, holes)


def _pad_mask(mask: NDArray[np.floating]) -> NDArray[np.float64]:
    """Add one cell on every side, such that all contours close at the edge of the box."""
    height, width = mask.shape
    padded = np.empty((height + 2, width + 2))
    padded[1:-1, 1:-1] = mask
    # Mirrored about 0.5, the level is crossed half-way between the two centres.
    padded[0, 1:-1] = np.minimum(mask[0], 1.0 - mask[0])
    padded[-1, 1:-1] = np.minimum(mask[-1], 1.0 - mask[-1])
    padded[:, 0] = np.minimum(padded[:, 1], 1.0 - padded[:, 1])
    padded[:, -1] = np.minimum(padded[:, -2], 1.0 - padded[:, -2])
    return padded


def _outline_area(rings: list[NDArray[np.float64]]) -> float:
    x, y = (rings[0] - rings[0][0]).T
    return 0.5 * abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))
