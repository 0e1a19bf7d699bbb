"""Soft masks on the pixel grid. The values of a mask sit at the centres of its cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sample_mask(
    mask: NDArray[np.floating], box: NDArray[np.floating], frame_px: tuple[int, int, int, int]
) -> NDArray[np.float32]:
    """Resample a soft mask bilinearly at the centres of the pixels of a frame.

    Pixels whose centre lies outside the box are 0; between the outermost cell centres and the
    edge of the box the outermost values go on.

    Args:
        mask: float (h, w), 0..1; its cells divide the box evenly.
        box: (4,), (y1, x1, y2, x2) in pixels, half-open.
        frame_px: (y1, x1, y2, x2), whole pixels; may reach beyond the box, or lie elsewhere.

    Returns:
        float32 (H, W), the size of the frame.
    """
    y1, x1, y2, x2 = (float(value) for value in box)
    row_weights = _interpolate(y1, y2, mask.shape[0], frame_px[0], frame_px[2])
    col_weights = _interpolate(x1, x2, mask.shape[1], frame_px[1], frame_px[3])
    sampled: NDArray[np.float32] = row_weights @ mask.astype(np.float32) @ col_weights.T
    return sampled


def paste_mask(
    mask: NDArray[np.floating], box: NDArray[np.floating], shape_hw: tuple[int, int]
) -> NDArray[np.bool_]:
    """Put a soft mask on an image and cut it at 0.5.

    Args:
        mask: float (h, w), 0..1; its cells divide the box evenly.
        box: (4,), (y1, x1, y2, x2) in pixels of the image, half-open; may reach beyond it.
        shape_hw: size of the image.

    Returns:
        bool (H, W), True where the value is above 0.5.

    Example:
        >>> paste_mask(np.ones((28, 28)), np.array([0, 1, 2, 3]), (2, 4)).astype(int)
        array([[0, 1, 1, 0],
               [0, 1, 1, 0]])
    """
    pasted = np.zeros(shape_hw, dtype=bool)
    top, left = max(0, int(np.floor(box[0]))), max(0, int(np.floor(box[1])))
    bottom = min(shape_hw[0], int(np.ceil(box[2])))
    right = min(shape_hw[1], int(np.ceil(box[3])))
    if top < bottom and left < right:
        pasted[top:bottom, left:right] = sample_mask(mask, box, (top, left, bottom, right)) > 0.5
    return pasted


def _interpolate(
    start: float, stop: float, num_cells: int, first_px: int, end_px: int
) -> NDArray[np.float32]:
    """Weights of the cells at the pixels of one axis: float32 (P, num_cells).

    Rows sum to 1 inside [start, stop) and to 0 outside.
    """
    centres = np.arange(first_px, end_px) + 0.5
    is_inside = (centres >= start) & (centres < stop)
    extent = max(stop - start, 1e-6)
    position = np.clip((centres - start) / extent * num_cells - 0.5, 0, num_cells - 1)
    lower = np.minimum(position.astype(np.int64), max(num_cells - 2, 0))
    share = position - lower
    weights = np.zeros((len(centres), num_cells), np.float32)
    index = np.arange(len(centres))
    weights[index, lower] = 1 - share
    weights[index, np.minimum(lower + 1, num_cells - 1)] += share
    return weights * is_inside[:, np.newaxis]
