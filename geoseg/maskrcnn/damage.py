"""Reading files that may be cut off, damaged or of another program."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from geoseg.errors import WeightsError

ContentT = TypeVar("ContentT")

# What zipfile, NumPy and h5py raise on bytes that they did not write.
_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    EOFError,
    KeyError,
    RuntimeError,
    MemoryError,
    OverflowError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


@dataclass(frozen=True)
class PublishedFile:
    """What is known of a file that many have downloaded.

    Attributes:
        size_bytes: of the whole file.
        md5: hex digest.
    """

    size_bytes: int
    md5: str


PUBLISHED_FILES = {
    # Release v2.0 of matterport/Mask_RCNN. The digest is in the README of NVIDIA TensorRT's
    # sampleUffMaskRCNN; the size is what HDF5 names in reports of broken downloads, for instance
    # https://github.com/matterport/Mask_RCNN/issues/653.
    "mask_rcnn_coco.h5": PublishedFile(257_557_808, "e98aaff6f99e307b5e2a8a3ff741a518"),
}


def read_undamaged(path: Path, reader: Callable[[Path], ContentT]) -> ContentT:
    """Call a reader, and turn whatever it raises on a bad file into one line.

    Args:
        path: of the file.
        reader: takes the path.

    Raises:
        WeightsError: the file is missing or damaged, or of another program. The message names its
            size, and that of the published file of this name where there is one.
    """
    if path.is_dir():
        raise WeightsError(f"{path} must be a weights file; it is a folder.")
    if not path.is_file():
        raise WeightsError(f"{path} must be a weights file; there is none.")
    try:
        return reader(path)
    except WeightsError:
        raise
    except _DAMAGE as error:
        reason = (str(error).strip("'\"").splitlines() or [type(error).__name__])[0]
        raise WeightsError(
            f"{path.name} must be a whole weights file; it is damaged or of another program "
            f"({path.stat().st_size:,} bytes: {reason}){_describe_published(path.name)}."
        ) from error


def _describe_published(name: str) -> str:
    known = PUBLISHED_FILES.get(name)
    if known is None:
        return ""
    return f"; the published {name} has {known.size_bytes:,} bytes and md5 {known.md5}"
