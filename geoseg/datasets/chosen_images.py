"""The images of a dataset that a list names."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.clean_list import choose_listed
from geoseg.datasets.sources import LabelledImage, LabelledImages


class NamedImages(LabelledImages, Protocol):
    """A dataset of image files."""

    def file_names(self) -> list[str]:
        """Names of the image files by number."""
        ...


class ChosenImages:
    """Some of the images of a dataset; a `geoseg.datasets.sources.LabelledImages`.

    Attributes:
        name: of the dataset.
        class_names: of the dataset.
        faults: of the whole dataset.
    """

    def __init__(self, images: NamedImages, only: Path) -> None:
        """Choose images; names of the list that the dataset lacks are a warning.

        Args:
            images: the dataset.
            only: the list, see `geoseg.datasets.clean_list`.

        Raises:
            DatasetError: the list cannot be read, or names none of the images.
        """
        self.name = images.name
        self.class_names = images.class_names
        self.faults = images.faults
        self._images = images
        self._names = images.file_names()
        self._rows = choose_listed(self._names, only, images.name)

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, index: int) -> LabelledImage:
        """Size and labels of an image."""
        return self._images.read(int(self._rows[index]))

    def load_pixels(self, index: int) -> NDArray[np.uint8]:
        """Pixels of an image."""
        return self._images.load_pixels(int(self._rows[index]))

    def file_names(self) -> list[str]:
        """Names of the image files by number."""
        return [self._names[row] for row in self._rows]

    def fingerprint(self) -> str:
        """Hex digest of the dataset and of the names of what is chosen."""
        digest = hashlib.sha256(self._images.fingerprint().encode())
        digest.update("\0".join(self.file_names()).encode())
        return digest.hexdigest()
