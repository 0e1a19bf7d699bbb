"""Filling of windows that reach beyond a raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoseg.types import ImageBlock, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def reflect_indices(start: int, length: int, size: int) -> NDArray[np.intp]:
    """Mirror positions beyond 0..size back into it, the edge pixel repeated.

    Args:
        start: first position, may be negative.
        length: number of positions.
        size: length of the axis, at least 1.

    Returns:
        int (length,), each in 0..size - 1; works for any distance from the axis.

    Example:
        >>> reflect_indices(-2, 7, 3).tolist()
        [1, 0, 0, 1, 2, 2, 1]
    """
    phase = np.arange(start, start + length) % (2 * size)
    return np.minimum(phase, 2 * size - 1 - phase)


def read_reflected(
    read: Callable[[Window], ImageBlock], shape_hw: tuple[int, int], window: Window
) -> ImageBlock:
    """Read a window that may reach beyond the raster, or lie outside it.

    Args:
        read: reads windows inside the raster.
        shape_hw: size of the raster in pixels.
        window: any place and size of at least 1 x 1.

    Returns:
        The block: mirrored and invalid beyond the raster.
    """
    y1, x1, y2, x2 = window.box_yx
    height, width = shape_hw
    if y1 >= 0 and x1 >= 0 and y2 <= height and x2 <= width:
        return read(window)
    rows = reflect_indices(y1, window.height, height)
    cols = reflect_indices(x1, window.width, width)
    top, left = int(rows.min()), int(cols.min())
    block = read(Window(left, top, int(cols.max()) - left + 1, int(rows.max()) - top + 1))
    take = np.ix_(rows - top, cols - left)
    inside_y = (np.arange(y1, y2) >= 0) & (np.arange(y1, y2) < height)
    inside_x = (np.arange(x1, x2) >= 0) & (np.arange(x1, x2) < width)
    valid = block.valid[take] & inside_y[:, np.newaxis] & inside_x
    return ImageBlock(window, np.ascontiguousarray(block.image[take]), valid)
