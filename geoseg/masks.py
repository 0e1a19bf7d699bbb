"""Soft masks on the pixel grid. The values of a mask sit at the centres of its cells."""

from __future__ import annotations

from typing import NamedTuple

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
    above, below, down, is_row = _interpolate(y1, y2, mask.shape[0], frame_px[0], frame_px[2])
    before, after, right, is_col = _interpolate(x1, x2, mask.shape[1], frame_px[1], frame_px[3])
    # Not as products of matrices: those run on several threads, which get in each other's way
    # beside the network, and their last bit depends on the machine.
    cells = mask.astype(np.float32)
    rows = cells[above]
    rows += (cells[below] - rows) * down[:, np.newaxis]
    sampled: NDArray[np.float32] = rows[:, before]
    sampled += (rows[:, after] - sampled) * right
    sampled[~is_row] = 0
    sampled[:, ~is_col] = 0
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


class _Axis(NamedTuple):
    """Where the pixels of one axis lie among the cells.

    Attributes:
        lower, upper: int (P,), the cells on both sides of the centre of each pixel.
        share: float32 (P,), how far it is from the lower one to the upper one, 0..1.
        is_inside: bool (P,), whether the centre lies inside the box.
    """

    lower: NDArray[np.intp]
    upper: NDArray[np.intp]
    share: NDArray[np.float32]
    is_inside: NDArray[np.bool_]


def _interpolate(start: float, stop: float, num_cells: int, first_px: int, end_px: int) -> _Axis:
    centres = np.arange(first_px, end_px) + 0.5
    extent = max(stop - start, 1e-6)
    position = (centres - start) / extent * num_cells - 0.5
    np.minimum(np.maximum(position, 0, out=position), num_cells - 1, out=position)
    lower = np.minimum(position.astype(np.intp), max(num_cells - 2, 0))
    return _Axis(
        lower=lower,
        upper=np.minimum(lower + 1, num_cells - 1),
        share=(position - lower).astype(np.float32),
        is_inside=(centres >= start) & (centres < stop),
    )
