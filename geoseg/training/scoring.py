"""What a score of the network during a run is; how it is made is handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geoseg.maskrcnn.model import MaskRCNN


@dataclass(frozen=True)
class Score:
    """How good the network is on images that it doesn't learn from.

    Attributes:
        ap50: average precision of masks at IoU 0.5.
        ar50: average recall at IoU 0.5.
        num_images: images it was made from.
        pictures: uint8 (H, W, 3) by name, what was found drawn over the image.
    """

    ap50: float
    ar50: float
    num_images: int
    pictures: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)


Scorer = Callable[[MaskRCNN], Score]
