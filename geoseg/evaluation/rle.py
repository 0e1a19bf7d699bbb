"""Masks of COCO files as compressed run lengths, and what can be wrong with them."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# pycocotools counts its arguments in a byte.
_MOST_MASKS = 255

# Characters of compressed runs: 48 and six bits, of which the highest means that more follow.
_FIRST_CHAR = 48
_LAST_CHAR = 111
_MORE = 32


def encode_segmentation(segmentation: Any, shape_hw: tuple[int, int]) -> bytes:
    """The compressed runs of a segmentation, as pycocotools writes them.

    Args:
        segmentation: a list of rings `[x1, y1, x2, y2, ...]` in pixels, whose areas are joined,
            and of which those of fewer than three points are nothing; or
            `{"size": [height, width], "counts"}`. Counts are compressed runs, as text, as the
            text of Python bytes (`b'...'`) or as a list of character codes, or the list of the
            runs themselves.
        shape_hw: height and width of the image.

    Raises:
        ValueError: sizes differ, or runs do not cover the image.
        KeyError, TypeError, IndexError: it is of another form.
    """
    from pycocotools import mask as coco_mask

    height, width = shape_hw
    if isinstance(segmentation, list):
        # pycocotools takes a ring of two points for a box.
        rings = [ring for ring in segmentation if len(ring) >= 6]
        if not rings:
            return bytes(coco_mask.encode(np.zeros((height, width), np.uint8, "F"))["counts"])
        if not all(math.isfinite(sum(ring)) for ring in rings):
            raise ValueError("coordinates must be finite")
        parts = coco_mask.frPyObjects(rings, height, width)
        return bytes((parts[0] if len(parts) == 1 else coco_mask.merge(parts))["counts"])
    if list(segmentation["size"]) != [height, width]:
        raise ValueError(f"size must be {[height, width]}; got {segmentation['size']}")
    counts = segmentation["counts"]
    if isinstance(counts, str):
        # The text that Python gives for bytes; a quote is no character of runs.
        is_shown = counts.startswith(("b'", 'b"'))
        return bytes(ast.literal_eval(counts)) if is_shown else counts.encode("ascii")
    if sum(counts) == height * width:
        if min(counts) < 0:
            raise ValueError(f"runs must be at least 0; got {min(counts)}")
        return bytes(coco_mask.frPyObjects(segmentation, height, width)["counts"])
    if counts and min(counts) >= _FIRST_CHAR and max(counts) <= _LAST_CHAR:
        return bytes(counts)
    raise ValueError(f"runs must cover {height * width} pixels; got {sum(counts)}")


def as_rles(counts: Sequence[bytes], shapes_hw: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """Masks in the form in which pycocotools takes them."""
    return [
        {"size": [height, width], "counts": one}
        for one, (height, width) in zip(counts, shapes_hw, strict=True)
    ]


def measure_areas(rles: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
    """Pixels of each mask: float64 (N,)."""
    from pycocotools import mask as coco_mask

    parts = [
        coco_mask.area(list(rles[first : first + _MOST_MASKS]))
        for first in range(0, len(rles), _MOST_MASKS)
    ]
    return np.concatenate([np.zeros(0), *parts]).astype(np.float64)


def count_pixels(counts: Sequence[bytes]) -> NDArray[np.int64]:
    """Pixels that all runs of a mask cover, of objects and of what lies between.

    pycocotools does not look, and may never end on a mask that is too short.

    Args:
        counts: compressed runs of N masks, of at most 2**29 pixels each.

    Returns:
        int64 (N,); -1 for what are no runs.

    Example:
        >>> count_pixels([b"04", b"0o", b""]).tolist()
        [4, -1, -1]
    """
    pixels = np.full(len(counts), -1, np.int64)
    codes = np.frombuffer(b"".join(counts), np.uint8)
    ends = np.cumsum(np.array([len(one) for one in counts], np.int64))
    starts = np.append(0, ends)[: len(ends)]
    # Every mask must have codes, of the right range, and end with the last one of a number.
    is_wrong_code = (codes < _FIRST_CHAR) | (codes > _LAST_CHAR)
    num_wrong = np.append(0, np.cumsum(is_wrong_code))
    is_whole = (ends > starts) & (num_wrong[ends] == num_wrong[starts])
    is_whole[is_whole] = (codes[ends[is_whole] - 1] - _FIRST_CHAR) & _MORE == 0
    if not is_whole.all():
        if is_whole.any():
            kept = [one for one, is_kept in zip(counts, is_whole, strict=True) if is_kept]
            pixels[is_whole] = count_pixels(kept)
        return pixels
    return _add_up(codes.astype(np.int32) - _FIRST_CHAR, ends) if len(counts) else pixels


def _add_up(codes: NDArray[np.int32], code_ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pixels of each mask. A number has five bits a code, the low ones first, and a sign."""
    last = np.flatnonzero((codes & _MORE) == 0)
    first = np.append(0, last[:-1] + 1)
    place = np.arange(len(codes), dtype=np.int32) - np.repeat(first, last - first + 1)
    # Runs of 30 bits and more are wrong in any case.
    numbers = np.add.reduceat((codes & 31) << (5 * np.minimum(place, 5)), first)
    numbers -= np.where(codes[last] & 16, 1 << (5 * np.minimum(place[last] + 1, 6)), 0)
    num_runs = np.diff(np.searchsorted(last, code_ends), prepend=0)
    starts = np.cumsum(num_runs) - num_runs
    index = np.arange(len(numbers)) - np.repeat(starts, num_runs)
    # From the fourth number on they are differences to the last but one.
    runs = numbers.astype(np.int64)
    for parity in (0, 1):
        is_own = (index % 2 == parity) & (index > 0)
        sums = np.cumsum(np.where(is_own, numbers, 0))
        before = np.append(0, sums)[starts]
        runs[is_own] = (sums - np.repeat(before, num_runs))[is_own]
    return np.where(np.minimum.reduceat(runs, starts) < 0, -1, np.add.reduceat(runs, starts))
