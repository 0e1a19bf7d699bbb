"""Labelled images, whatever they are read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geoseg.datasets.faults import Faults

Ring = NDArray[np.float32]

DEFAULT_CLASS = "building"
"""The class of objects of files that name none."""


@dataclass(frozen=True)
class LabelledObject:
    """One object of an image.

    Attributes:
        rings: float32 (V, 2) each, V at least 3, (x, y) in pixels, (0, 0) the outer corner of
            the first pixel; filled by the even-odd rule, so that a ring in a ring is a hole.
        class_index: 0-based, into the class names of its dataset.
        is_ignored: nothing is learned here (COCO's iscrowd).
        is_region: an ignored one is ground that is not labelled, of any form and size, rather
            than an object.
    """

    rings: tuple[Ring, ...]
    class_index: int = 0
    is_ignored: bool = False
    is_region: bool = False


@dataclass(frozen=True)
class LabelledImage:
    """One image and what is on it, without its pixels.

    Attributes:
        name: the image file, or what else the pixels come from; for messages.
        image_id: its id in the labels, or its number.
        width, height: pixels.
        gsd_m: ground metres per pixel.
        objects: its labels.
    """

    name: str
    image_id: int
    width: int
    height: int
    gsd_m: float
    objects: tuple[LabelledObject, ...] = ()


class LabelledImages(Protocol):
    """A dataset: images by number, and their labels.

    The same number always gives the same image. All methods may be called from several threads.

    Attributes:
        name: what it was read from, for messages.
        class_names: in order of `LabelledObject.class_index`.
        faults: what was left out, and why.
    """

    name: str
    class_names: tuple[str, ...]
    faults: Faults

    def __len__(self) -> int:
        """Number of images."""
        ...

    def read(self, index: int) -> LabelledImage:
        """Size and labels of an image, decoded for this call.

        Raises:
            DatasetError: they are damaged.
        """
        ...

    def load_pixels(self, index: int) -> NDArray[np.uint8]:
        """Pixels of an image: uint8 (height, width, 3), RGB.

        Raises:
            DatasetError: the image is missing, damaged, or not of the size that its labels say.
        """
        ...

    def fingerprint(self) -> str:
        """Hex digest of names, sizes and labels; pixels are not read."""
        ...
