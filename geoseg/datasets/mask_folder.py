"""Images whose labels are masks: one picture of instance numbers, or one mask per instance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.faults import Faults
from geoseg.datasets.image_folder import SUFFIXES
from geoseg.datasets.image_pixels import read_size, read_values
from geoseg.datasets.indexed_images import ImageOptions, hash_files
from geoseg.datasets.rings import rings_of_mask
from geoseg.datasets.sources import DEFAULT_CLASS, LabelledImage, LabelledObject
from geoseg.errors import DatasetError


@dataclass(frozen=True)
class MaskedImage:
    """An image and its masks.

    Attributes:
        path: the image.
        masks: one file of instance numbers with 0 for ground, or one file for each instance.
        is_numbered: the former.
    """

    path: Path
    masks: tuple[Path, ...]
    is_numbered: bool


class MaskFolder:
    """`images/` with `masks/`; a `geoseg.datasets.sources.LabelledImages`.

    The masks of `images/a.jpg` are `masks/a.png` (or .tif), with the number of its instance in
    each pixel, or all files in `masks/a/`, not 0 where their instance is. An image without any
    of these has no objects only where its folder is there and empty.

    Attributes:
        name: the folder.
        class_names: one.
        faults: images without masks and the like.
        folder: holds the images.
        masks: holds the masks.
    """

    def __init__(
        self, folder: Path, images: Path, masks: Path, faults: Faults, options: ImageOptions
    ) -> None:
        """List images and masks; none is decoded.

        Args:
            folder: of the dataset, for messages.
            images: folder of the images.
            masks: folder of the masks.
            faults: is told of images without masks.
            options: how images are read.

        Raises:
            DatasetError: an image has no masks, and faults are fatal.
        """
        self.name = str(folder)
        self.class_names: tuple[str, ...] = (DEFAULT_CLASS,)
        self.faults = faults
        self.folder = images
        self.masks = masks
        self._root = folder
        self._options = options
        self._images = _pair(images, masks, faults)

    def __len__(self) -> int:
        return len(self._images)

    def read(self, index: int) -> LabelledImage:
        """Size of an image and outlines of its instances.

        Raises:
            DatasetError: image or masks are damaged or of different sizes.
        """
        one = self._images[index]
        width, height = read_size(one.path)
        objects: list[LabelledObject] = []
        for path in one.masks:
            values = read_values(path)
            if values.shape != (height, width):
                raise DatasetError(
                    f"{path} must be {width} x {height} px as its image; got {values.shape[1]} x "
                    f"{values.shape[0]}."
                )
            instances = split_instances(values if one.is_numbered else values != 0)
            objects.extend(LabelledObject(rings) for rings in instances)
        return LabelledImage(
            str(one.path), index + 1, width, height, self._options.gsd_m, tuple(objects)
        )

    def load_pixels(self, index: int) -> NDArray[np.uint8]:
        """Pixels of an image, see `LabelledImages`."""
        return self._options.reader.read(self._images[index].path)

    def file_names(self) -> list[str]:
        """Names of the image files by number."""
        return [one.path.name for one in self._images]

    def fingerprint(self) -> str:
        """Hex digest of names and sizes of images and masks."""
        paths = [path for one in self._images for path in (one.path, *one.masks)]
        return hash_files("masks", paths, self._root)


def _pair(images: Path, masks: Path, faults: Faults) -> list[MaskedImage]:
    files = {path.stem: path for path in list_pictures(masks)}
    # The folders are listed once, as there may be as many as images.
    folders: dict[str, list[Path]] = defaultdict(list)
    for entry in sorted(masks.iterdir()):
        if entry.is_dir():
            folders[entry.name] = list_pictures(entry)
    pairs: list[MaskedImage] = []
    for path in list_pictures(images):
        if path.stem in files:
            pairs.append(MaskedImage(path, (files[path.stem],), is_numbered=True))
        elif path.stem in folders:
            pairs.append(MaskedImage(path, tuple(folders[path.stem]), is_numbered=False))
        else:
            faults.add(str(path), f"has no mask in {masks}")
    return pairs


def list_pictures(folder: Path) -> list[Path]:
    """Image files of a folder by name; hidden ones are passed over."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )


def split_instances(values: NDArray[np.generic]) -> Sequence[tuple[NDArray[np.float32], ...]]:
    """Outlines of the instances of a mask, by number.

    Args:
        values: (H, W), 0 for ground.

    Returns:
        Rings of each instance, see `rings_of_mask`; an instance may be in several parts.
    """
    rows, cols = np.nonzero(values)
    if not len(rows):
        return []
    order = np.argsort(values[rows, cols], kind="stable")
    rows, cols = rows[order], cols[order]
    numbers = values[rows, cols]
    starts = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))
    tops, lefts = np.minimum.reduceat(rows, starts), np.minimum.reduceat(cols, starts)
    bottoms, rights = np.maximum.reduceat(rows, starts), np.maximum.reduceat(cols, starts)
    instances = []
    for number, top, left, bottom, right in zip(
        numbers[starts], tops, lefts, bottoms, rights, strict=True
    ):
        part = values[top : bottom + 1, left : right + 1] == number
        shift = np.array([left, top], np.float32)
        instances.append(tuple(ring + shift for ring in rings_of_mask(part)))
    return instances
