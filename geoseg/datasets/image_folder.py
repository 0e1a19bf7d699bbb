"""Plain images in a folder."""

from __future__ import annotations

import hashlib
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.coco import find_annotation
from geoseg.errors import DatasetError
from geoseg.json_stream import stream_members

logger = logging.getLogger(__name__)

IMAGES_FOLDER = "images"

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

    The id of `000000123.jpg` is 123. Where a name is no number, or two are the same, the ids are
    those of the COCO annotation in the folder or beside it, if that names all of them; otherwise
    images are numbered from 1 in the order of their names, with a warning.

    Args:
        folder: looked at itself, not its subfolders; hidden files are passed over. Of a folder
            without images that has one named `images`, that one.

    Returns:
        Images by id; none, with a warning, for a folder without images.

    Raises:
        DatasetError: there is no such folder.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} must be a folder of images; there is none.")
    paths = _find_images(folder) or _find_images(folder / IMAGES_FOLDER)
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
    ids = _read_ids(paths[0].parent) if paths else {}
    if paths and all(path.name in ids for path in paths):
        return sorted(NumberedImage(ids[path.name], path) for path in paths)
    warnings.warn(
        f"{folder}: not every image is named by a number of its own, as 000000123.jpg; image_id "
        "counts them from 1 in the order of their names.",
        stacklevel=2,
    )
    return [NumberedImage(number, path) for number, path in enumerate(paths, start=1)]


def digest_listing(numbered: Sequence[NumberedImage]) -> str:
    """A digest that is another one when images are added, removed, renamed or changed.

    Files are not read: ids, names, sizes and times of change count, and the folder does not.

    Returns:
        Hex digits of a sha256.
    """
    digest = hashlib.sha256()
    for image_id, path in numbered:
        try:
            facts = path.stat()
            state = (facts.st_size, facts.st_mtime_ns)
        except OSError:
            state = (-1, -1)
        digest.update(f"{image_id} {path.name} {state}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _find_images(folder: Path) -> list[Path]:
    try:
        return sorted(filter(_is_image, folder.iterdir())) if folder.is_dir() else []
    except OSError as error:
        raise DatasetError(f"{folder} must be readable; got {error.strerror}.") from error


def _read_ids(folder: Path) -> dict[str, int]:
    """Ids by file name, of the annotation in a folder or beside it; empty if there is none."""
    annotation = find_annotation(folder) or find_annotation(folder.parent)
    if annotation is None:
        return {}
    try:
        return {
            str(record["file_name"]): int(record["id"])
            for key, record in stream_members(annotation)
            if key == "images" and record is not None
        }
    except (DatasetError, OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s: its image ids are not used: %s", annotation, error)
        return {}


def _is_image(path: Path) -> bool:
    if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
        return False
    # A link to nothing is an image that cannot be read, which somebody should hear of.
    return path.is_file() or (path.is_symlink() and not path.exists())


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
