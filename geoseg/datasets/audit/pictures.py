"""Small copies of image files, to find those that show the same."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.audit.parts import map_in_parts
from geoseg.datasets.audit.transforms import swaps_sides, transform_picture
from geoseg.datasets.image_pixels import PixelReader
from geoseg.errors import DatasetError
from geoseg.types import Progress

THUMBNAIL_PX = 32
"""Side of what is kept of every image."""

_JPEG_SUFFIXES = (".jpg", ".jpeg")
_ORIENTATION = 0x0112
# What makes a picture upright, by the EXIF orientation of its file; `read_image` does it too.
_UPRIGHT = {
    2: "flip_left_right", 3: "rotate_180", 4: "flip_top_bottom", 5: "transpose",
    6: "rotate_270", 7: "transverse", 8: "rotate_90",
}  # fmt: skip


@dataclass(frozen=True)
class Gallery:
    """What an audit keeps of all image files.

    Attributes:
        paths: N files.
        digests: of their bytes; empty for those that cannot be read.
        sizes_wh: int32 (N, 2), pixels; 0 for those that cannot be decoded.
        thumbnails: uint8 (N, THUMBNAIL_PX, THUMBNAIL_PX), grey.
        failures: why some cannot be decoded, by number.
    """

    paths: Sequence[Path]
    digests: list[bytes]
    sizes_wh: NDArray[np.int32]
    thumbnails: NDArray[np.uint8]
    failures: dict[int, str]


@dataclass(frozen=True)
class Picture:
    """What an audit keeps of an image file.

    Attributes:
        digest: of its bytes.
        size_wh: pixels; (0, 0) where it cannot be decoded.
        thumbnail: uint8 (THUMBNAIL_PX, THUMBNAIL_PX), grey.
        failure: why it cannot be decoded; empty where it can.
    """

    digest: bytes
    size_wh: tuple[int, int]
    thumbnail: NDArray[np.uint8]
    failure: str = ""


def look_at_all(paths: Sequence[Path], executor: Executor, progress: Progress) -> Gallery:
    """Read image files once each.

    Args:
        paths: N files.
        executor: decodes them.
        progress: is told of every image; its stage is begun and ended by the caller.
    """
    shape = (len(paths), THUMBNAIL_PX, THUMBNAIL_PX)
    gallery = Gallery(paths, [], np.zeros((len(paths), 2), np.int32), np.zeros(shape, np.uint8), {})
    for number, picture in enumerate(map_in_parts(executor, look_at, paths)):
        gallery.digests.append(picture.digest)
        gallery.sizes_wh[number] = picture.size_wh
        gallery.thumbnails[number] = picture.thumbnail
        if picture.failure:
            gallery.failures[number] = picture.failure
        progress.advance(1)
    return gallery


def look_at(path: Path) -> Picture:
    """Read an image file once, and decode it as small as its format allows."""
    nothing = np.zeros((THUMBNAIL_PX, THUMBNAIL_PX), np.uint8)
    try:
        packed = path.read_bytes()
    except OSError as error:
        return Picture(b"", (0, 0), nothing, f"cannot be read ({error.strerror})")
    digest = hashlib.blake2b(packed, digest_size=16).digest()
    try:
        grey, size_wh = _decode(path, packed, 2 * THUMBNAIL_PX)
    except DatasetError:
        return Picture(digest, (0, 0), nothing, "cannot be decoded")
    return Picture(digest, size_wh, shrink(grey, THUMBNAIL_PX))


def load_grey(path: Path, side_px: int) -> NDArray[np.uint8]:
    """An image as a grey square, decoded whole: the same pixels give the same square.

    Returns:
        uint8 (side_px, side_px).

    Raises:
        DatasetError: it is missing or cannot be decoded.
    """
    return shrink(_to_grey(PixelReader().read(path)), side_px)


def shrink(grey: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """A picture (H, W) as a square: uint8 (side_px, side_px)."""
    return np.asarray(cv2.resize(grey, (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8)


def _decode(path: Path, packed: bytes, side_px: int) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """A grey picture with sides of `side_px` or more, if it has them, and its true size."""
    if path.suffix.lower() not in _JPEG_SUFFIXES:
        pixels = PixelReader().read(path)
        return _to_grey(pixels), (pixels.shape[1], pixels.shape[0])
    from PIL import Image

    try:
        with Image.open(io.BytesIO(packed)) as image:
            size_wh = image.size
            # JPEG decodes to an eighth, a quarter or a half in a fraction of the time.
            image.draft("L", (side_px, side_px))
            grey = np.asarray(image.convert("L"))
            upright = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1), "identity")
    # Pillow raises whatever its decoders meet with.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{path} must be an image; it cannot be decoded.") from error
    turned = np.ascontiguousarray(transform_picture(grey, upright))
    return turned, size_wh[::-1] if swaps_sides(upright) else size_wh


def _to_grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
