"""Plain images in a folder."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.errors import DatasetError

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")


class NumberedImage(NamedTuple):
    """An image file and its id.

    Attributes:
        image_id: id in a submission.
        path: the file.
    """

    image_id: int
    path: Path


def list_images(folder: Path) -> list[NumberedImage]:
    """Find the images of a folder.

    The id of `000000123.jpg` is 123. Where a name is no number, or two are the same, all images
    are numbered from 1 in the order of their names, with a warning.

    Args:
        folder: looked at itself, not its subfolders; hidden files are passed over.

    Returns:
        Images by id; none, with a warning, for a folder without images.

    Raises:
        DatasetError: there is no such folder.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} must be a folder of images; there is none.")
    paths = sorted(path for path in folder.iterdir() if _is_image(path))
    if not paths:
        warnings.warn(
            f"{folder}: no images are here; their names end in {', '.join(SUFFIXES)}.",
            stacklevel=2,
        )
    stems = [path.stem for path in paths]
    if all(stem.isascii() and stem.isdigit() for stem in stems):
        numbers = [int(stem) for stem in stems]
        if len(set(numbers)) == len(numbers):
            return sorted(map(NumberedImage, numbers, paths))
    warnings.warn(
        f"{folder}: not every image is named by a number of its own, as 000000123.jpg; image_id "
        "counts them from 1 in the order of their names.",
        stacklevel=2,
    )
    return [NumberedImage(number, path) for number, path in enumerate(paths, start=1)]


def _is_image(path: Path) -> bool:
    is_hidden = path.name.startswith(".")
    return path.suffix.lower() in SUFFIXES and not is_hidden and path.is_file()


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read an image file.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        DatasetError: it is missing or no image.
    """
    try:
        packed = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise DatasetError(f"{path} must be readable; got {error.strerror}.") from error
    image = cv2.imdecode(packed, cv2.IMREAD_COLOR) if len(packed) else None
    if image is None:
        raise DatasetError(f"{path} must be an image; it cannot be decoded.")
    return np.ascontiguousarray(image[..., ::-1], dtype=np.uint8)
