"""Image files whose labels are in one index."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.faults import Faults
from geoseg.datasets.image_pixels import PixelReader
from geoseg.datasets.label_index import LabelIndex
from geoseg.datasets.sources import LabelledImage
from geoseg.errors import DatasetError


@dataclass(frozen=True)
class ImageOptions:
    """How image files are taken.

    Attributes:
        gsd_m: ground metres per pixel of images whose labels do not say.
        reader: from files to pixels.
    """

    gsd_m: float
    reader: PixelReader = PixelReader()


class IndexedImages:
    """Files with labels from an index; a `geoseg.datasets.sources.LabelledImages`.

    Attributes:
        name: what the labels were read from.
        class_names: of the index.
        faults: what was left out.
        folder: holds the images.
        index: the labels of all images, also of those whose file is missing.
    """

    def __init__(
        self, name: str, index: LabelIndex, folder: Path, faults: Faults, options: ImageOptions
    ) -> None:
        """Look which files are there.

        Args:
            name: what the labels were read from.
            index: the labels.
            folder: holds the images.
            faults: is told of missing files.
            options: how images are read.

        Raises:
            DatasetError: a file is missing, and faults are fatal.
        """
        self.name = name
        self.class_names = index.class_names
        self.faults = faults
        self.folder = folder
        self.index = index
        self._options = options
        is_there = find_files(folder, index.image_names)
        missing = np.flatnonzero(~is_there)
        faults.add_many(
            "is missing",
            len(missing),
            lambda number: str(folder / index.image_names[missing[number]]),
        )
        self._rows = np.flatnonzero(is_there)

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, index: int) -> LabelledImage:
        """Size and labels of an image."""
        row = int(self._rows[index])
        width, height = self.index.sizes_wh[row].tolist()
        gsd_m = float(self.index.gsd_m[row])
        return LabelledImage(
            str(self._path(row)),
            int(self.index.image_ids[row]),
            width,
            height,
            self._options.gsd_m if np.isnan(gsd_m) else gsd_m,
            self.index.objects_of(row),
        )

    def load_pixels(self, index: int) -> NDArray[np.uint8]:
        """Pixels of an image, see `LabelledImages`."""
        row = int(self._rows[index])
        pixels = self._options.reader.read(self._path(row))
        width, height = self.index.sizes_wh[row].tolist()
        if pixels.shape[:2] != (height, width):
            raise DatasetError(
                f"{self._path(row)} must be {width} x {height} px as its labels say; got "
                f"{pixels.shape[1]} x {pixels.shape[0]}."
            )
        return pixels

    def file_names(self) -> list[str]:
        """Names of the image files by number, as the labels give them."""
        return [self.index.image_names[row] for row in self._rows]

    def fingerprint(self) -> str:
        """Hex digest of labels, names, and sizes of the image files."""
        paths = [self._path(int(row)) for row in self._rows]
        return hash_files(self.index.fingerprint(), paths, self.folder)

    def _path(self, row: int) -> Path:
        return self.folder / self.index.image_names[row]


def find_files(folder: Path, names: Sequence[str]) -> NDArray[np.bool_]:
    """Which files are there: bool (N,). Folders are listed once, not asked file by file.

    Args:
        folder: holds the files.
        names: N names, with folders below `folder` where they have them.
    """
    listed: dict[str, set[str]] = {}
    is_there = np.zeros(len(names), bool)
    for index, name in enumerate(names):
        parent, _, base = name.replace("\\", "/").rpartition("/")
        if parent not in listed:
            try:
                listed[parent] = {path.name for path in (folder / parent).iterdir()}
            except OSError:
                listed[parent] = set()
        is_there[index] = base in listed[parent]
    return is_there


def hash_files(start: str, paths: Sequence[Path], folder: Path) -> str:
    """Hex digest of a text and of the names and sizes of files; 0 for one that is missing."""
    digest = hashlib.sha256(start.encode())
    for path in paths:
        try:
            size = path.stat().st_size
        except OSError:
            size = 0
        digest.update(f"{os.path.relpath(path, folder)} {size}\n".encode())
    return digest.hexdigest()
