"""A labelled image in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.sources import LabelledImage


@dataclass(frozen=True)
class LoadedImage:
    """A labelled image with its pixels.

    Attributes:
        labels: size, GSD and objects.
        pixels: uint8 (H, W, 3), RGB.
        shapes: object (N,), the areas of its objects, see `make_shapes`.
    """

    labels: LabelledImage
    pixels: NDArray[np.uint8]
    shapes: NDArray[np.object_]
