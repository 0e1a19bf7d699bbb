"""Resampling that gives the same pixel whichever window it is asked through."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoseg.types import ImageBlock, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK_PX = 128
"""Side of the blocks that are resampled at once."""

_MAX_SOURCE_PX = 48_000_000

ReadPixels = Callable[[Window], "tuple[NDArray[np.uint8], NDArray[np.bool_]]"]
"""Reads RGB uint8 (h, w, 3) and valid bool (h, w) of source pixels."""

Slices = tuple[slice, slice]


@dataclass(frozen=True)
class Axis:
    """One axis of the model grid over one axis of the source.

    Attributes:
        source_px: length of the source.
        grid_px: length of the model grid; both cover the same ground.
    """

    source_px: int
    grid_px: int

    @property
    def factor(self) -> float:
        """Source pixels per pixel of the model grid."""
        return self.source_px / self.grid_px

    def chunks(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Blocks of the fixed division of the grid that hold pixels start..stop."""
        first = start // CHUNK_PX * CHUNK_PX
        return [(low, min(low + CHUNK_PX, self.grid_px)) for low in range(first, stop, CHUNK_PX)]

    def source_range(self, start: int, stop: int) -> tuple[int, int]:
        """Source pixels that grid pixels start..stop are computed from."""
        # Bicubic reaches two source pixels out, bilinear one grid pixel.
        reach = math.ceil(max(2.0, self.factor)) + 1
        low = math.floor(start * self.factor) - reach
        high = math.ceil(stop * self.factor) + reach
        return max(0, low), min(self.source_px, high)


def read_resampled(
    read: ReadPixels, rows: Axis, cols: Axis, window: Window
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Read a window of the model grid from a source of another pixel size.

    The model grid is divided into fixed chunks, and a chunk is computed from the same source
    pixels with the same weights in every call: two windows agree exactly where they overlap.
    The filter is a triangle as wide as a grid pixel when shrinking (no aliasing), bicubic when
    enlarging.

    Args:
        read: reads source pixels; windows stay inside the source.
        rows: vertical axis.
        cols: horizontal axis.
        window: inside the model grid.

    Returns:
        RGB uint8 (height, width, 3) and valid bool (height, width).
    """
    image = np.empty((window.height, window.width, 3), dtype=np.uint8)
    valid = np.empty((window.height, window.width), dtype=bool)
    col_chunks = cols.chunks(window.col_off, window.col_off + window.width)
    left, right = cols.source_range(col_chunks[0][0], col_chunks[-1][1])
    for row_chunks in _row_groups(rows, cols, window):
        top, bottom = rows.source_range(row_chunks[0][0], row_chunks[-1][1])
        strip = Window(left, top, right - left, bottom - top)
        pixels = ImageBlock(strip, *read(strip))
        for y1, y2 in row_chunks:
            for x1, x2 in col_chunks:
                chunk = Window(x1, y1, x2 - x1, y2 - y1)
                inner, outer = _overlap(chunk, window)
                rgb, is_valid = _resample_chunk(pixels, rows, cols, chunk)
                image[outer], valid[outer] = rgb[inner], is_valid[inner]
    return image, valid


def _overlap(chunk: Window, window: Window) -> tuple[Slices, Slices]:
    """Where the pixels that both have lie in each."""
    y1, x1, y2, x2 = (
        max(chunk.row_off, window.row_off),
        max(chunk.col_off, window.col_off),
        min(chunk.row_off + chunk.height, window.row_off + window.height),
        min(chunk.col_off + chunk.width, window.col_off + window.width),
    )
    inner, outer = (
        (slice(y1 - w.row_off, y2 - w.row_off), slice(x1 - w.col_off, x2 - w.col_off))
        for w in (chunk, window)
    )
    return inner, outer


def _row_groups(rows: Axis, cols: Axis, window: Window) -> Iterator[list[tuple[int, int]]]:
    """Rows of chunks that are read at once, so that a coarse grid does not fill the memory."""
    chunks = rows.chunks(window.row_off, window.row_off + window.height)
    chunk_px = (CHUNK_PX * rows.factor) * ((window.width + CHUNK_PX) * cols.factor)
    size = max(1, int(_MAX_SOURCE_PX / chunk_px))
    for first in range(0, len(chunks), size):
        yield chunks[first : first + size]


def _resample_chunk(
    source: ImageBlock, rows: Axis, cols: Axis, chunk: Window
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    from PIL import Image

    y1, x1, y2, x2 = chunk.box_yx
    top, bottom = rows.source_range(y1, y2)
    left, right = cols.source_range(x1, x2)
    dy, dx = source.window.row_off, source.window.col_off
    part = np.s_[top - dy : bottom - dy, left - dx : right - dx]
    # The end of the last chunk may pass the source by a rounding error.
    box = (
        x1 * cols.factor - left,
        y1 * rows.factor - top,
        min(x2 * cols.factor - left, right - left),
        min(y2 * rows.factor - top, bottom - top),
    )
    size = (chunk.width, chunk.height)
    shrinks = rows.factor * cols.factor >= 1
    method = Image.Resampling.BILINEAR if shrinks else Image.Resampling.BICUBIC
    rgb = np.asarray(Image.fromarray(source.image[part]).resize(size, method, box=box))
    valid = source.valid[part]
    if valid.all():
        return rgb, np.ones((chunk.height, chunk.width), dtype=bool)
    share = Image.fromarray(valid.astype(np.uint8) * 255)
    return rgb, np.asarray(share.resize(size, Image.Resampling.BILINEAR, box=box)) > 127
