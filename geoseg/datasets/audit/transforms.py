"""The eight flips and rotations of a picture."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

TRANSFORMS = (
    "identity", "rotate_90", "rotate_180", "rotate_270",
    "flip_left_right", "flip_top_bottom", "transpose", "transverse",
)  # fmt: skip
"""Names as Pillow has them; rotations are anticlockwise."""

PHRASES = {
    "identity": "as it is",
    "rotate_90": "turned 90 degrees to the left",
    "rotate_180": "turned by 180 degrees",
    "rotate_270": "turned 90 degrees to the right",
    "flip_left_right": "mirrored left to right",
    "flip_top_bottom": "mirrored top to bottom",
    "transpose": "mirrored along the diagonal",
    "transverse": "mirrored along the other diagonal",
}
"""What a transform does, for people."""

ScalarT = TypeVar("ScalarT", bound=np.generic)


def transform_picture(picture: NDArray[ScalarT], transform: str) -> NDArray[ScalarT]:
    """Flip or rotate a picture.

    Args:
        picture: (H, W) or (H, W, C).
        transform: one of `TRANSFORMS`.

    Returns:
        A view, (H, W, ...) or (W, H, ...).

    Example:
        >>> transform_picture(np.array([[1, 2], [3, 4]]), "rotate_90").tolist()
        [[2, 4], [1, 3]]
    """
    if transform.startswith("rotate_"):
        return np.rot90(picture, int(transform.removeprefix("rotate_")) // 90)
    if transform == "flip_left_right":
        return picture[:, ::-1]
    if transform == "flip_top_bottom":
        return picture[::-1]
    if transform == "transpose":
        return picture.swapaxes(0, 1)
    if transform == "transverse":
        return picture[::-1, ::-1].swapaxes(0, 1)
    return picture


def swaps_sides(transform: str) -> bool:
    """Whether height and width change places."""
    return transform in ("rotate_90", "rotate_270", "transpose", "transverse")
