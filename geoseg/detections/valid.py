"""Detections against the valid mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geoseg.masks import sample_mask
from geoseg.types import Detection


def drop_invalid(
    detections: list[Detection], valid: NDArray[np.bool_], min_share: float
) -> list[Detection]:
    """Drop detections that lie mostly where the raster has no data.

    Args:
        detections: in pixels of the tile.
        valid: bool (S, S), of the tile.
        min_share: least share of valid pixels of a mask.

    Returns:
        The others, in the same order.
    """
    if valid.all():
        return detections
    return [one for one in detections if _valid_share(one, valid) >= min_share]


def find_window(valid: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """The rows and columns of a tile that have data.

    Args:
        valid: bool (S, S), of the tile, at least one of them True.

    Returns:
        The least half-open (y1, x1, y2, x2) that holds all valid pixels.

    Example:
        >>> find_window(np.array([[False, False], [False, True]]))
        (1, 1, 2, 2)
    """
    rows, cols = (np.flatnonzero(valid.any(axis=axis)) for axis in (1, 0))
    return int(rows[0]), int(cols[0]), int(rows[-1]) + 1, int(cols[-1]) + 1


def _valid_share(detection: Detection, valid: NDArray[np.bool_]) -> float:
    top, left = np.floor(detection.box[:2]).astype(int)
    bottom, right = np.ceil(detection.box[2:]).astype(int)
    frame = (max(0, int(top)), max(0, int(left)), int(bottom), int(right))
    frame = (*frame[:2], min(valid.shape[0], frame[2]), min(valid.shape[1], frame[3]))
    if frame[2] <= frame[0] or frame[3] <= frame[1]:
        return 0.0
    inside = sample_mask(detection.mask, detection.box, frame) > 0.5
    seen = valid[frame[0] : frame[2], frame[1] : frame[3]]
    return float((inside & seen).sum()) / max(1, int(inside.sum()))
