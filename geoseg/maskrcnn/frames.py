"""What the coordinates of boxes count from inside the network, and the way in and out.

Outside, a box is half-open: (0, 0, S, S) is the whole tile of S pixels. "edges" leaves it so.
"centres" counts from pixel centre to pixel centre, so that the same box is (0, 0, S-1, S-1);
divided by S-1 these are the normalized boxes of matterport's Mask R-CNN (`norm_boxes`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig


def get_extent_px(config: MaskRCNNConfig) -> float:
    """Where the tile ends inside the network: boxes span 0 to this."""
    return float(config.tile_size_px - get_end_shift(config)[-1])


def get_end_shift(config: MaskRCNNConfig) -> NDArray[np.float32]:
    """How far half-open boxes (y1, x1, y2, x2) lie beyond those inside: float32 (4,)."""
    # Half-open ends lie one pixel beyond the centre of the last pixel.
    shift_px = 1.0 if config.box_frame == "centres" else 0.0
    return np.array([0.0, 0.0, shift_px, shift_px], np.float32)


def enter_frame(boxes: Any, config: MaskRCNNConfig) -> Any:
    """Tensor of boxes float32 (..., 4) in tile pixels, half-open, to those inside the network."""
    from keras import ops

    if config.box_frame == "edges":
        return boxes
    return boxes - ops.convert_to_tensor(get_end_shift(config))


def leave_frame(boxes: Any, config: MaskRCNNConfig) -> Any:
    """Inverse of `enter_frame`."""
    from keras import ops

    if config.box_frame == "edges":
        return boxes
    return boxes + ops.convert_to_tensor(get_end_shift(config))
