"""Images fitted into a tile and detections put back, by the numerics of matterport's Mask R-CNN.

There (`mrcnn/utils.py`, version 2.1) an image is enlarged or shrunk until its longer side fills the
network's square input, and centred between zeros. The network learned from such inputs, so weights
of that program want them to the digit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.types import Detection

Padding = tuple[tuple[int, int], tuple[int, int]]

# A mask belongs to a pixel from this value on, itself included.
_MASK_THRESHOLD = 0.5


@dataclass(frozen=True)
class MoldedImage:
    """An image fitted into a tile.

    Attributes:
        image: (S, S, C), of the dtype of the original; 0 outside of the window.
        window: (y1, x1, y2, x2), where the image lies in the tile, in tile pixels, half-open.
        scale: tile pixels per image pixel, before sides were rounded to whole pixels.
        padding: pixels of zeros above and below, left and right.
    """

    image: NDArray[Any]
    window: tuple[int, int, int, int]
    scale: float
    padding: Padding


def mold_image(image: NDArray[Any], tile_size_px: int) -> MoldedImage:
    """Fit an image into a tile: `resize_image` of matterport with mode "square".

    Args:
        image: (H, W, C), any numeric dtype, both sides at least 1.
        tile_size_px: side S of the tile.

    Returns:
        The image with its longer side S px long. Whole numbers are cut off, not rounded. Where
        the exact value is whole, matterport's may be 1 less: scikit-image 0.13 found the scale
        by a singular value decomposition, whose error is of another sign on every machine.
    """
    height, width = image.shape[:2]
    scale = tile_size_px / max(height, width)
    resized = image
    if scale != 1:
        shape_hw = (max(1, round(height * scale)), max(1, round(width * scale)))
        resized = resize_bilinear(image, shape_hw).astype(image.dtype)
    height, width = resized.shape[:2]
    padding = (_halve(tile_size_px - height), _halve(tile_size_px - width))
    (top, _), (left, _) = padding
    window = (top, left, top + height, left + width)
    return MoldedImage(np.pad(resized, (*padding, (0, 0))), window, scale, padding)


def mold_masks(masks: NDArray[Any], scale: float, padding: Padding) -> NDArray[Any]:
    """Fit the masks of an image into its tile: `resize_mask` of matterport.

    Args:
        masks: (N, H, W).
        scale: of the `MoldedImage`.
        padding: of the `MoldedImage`.

    Returns:
        (N, S, S), nearest pixels, with the outermost ones of image and window at one place, as
        `scipy.ndimage.zoom` has them; so they are up to half a pixel off those of the image.
    """
    rows, cols = (_find_nearest(side, round(side * scale)) for side in masks.shape[1:])
    return np.pad(masks[:, rows[:, np.newaxis], cols], ((0, 0), *padding))


def unmold_detections(
    detections: Iterable[Detection],
    window: tuple[int, int, int, int],
    tile_size_px: int,
    shape_hw: tuple[int, int],
) -> list[Detection]:
    """Put detections of a molded image back on the image: `unmold_detections` of matterport.

    Args:
        detections: in tile pixels.
        window: of the `MoldedImage`.
        tile_size_px: side of the tile.
        shape_hw: size of the image.

    Returns:
        The detections whose box has an area once its borders are rounded to whole pixels, half
        to even. Each mask has the size of its box in pixels, and is 0 or 1.
    """
    unmolded = []
    for one in detections:
        box = unmold_box(one.box, window, tile_size_px, shape_hw)
        if box[0] < box[2] and box[1] < box[3]:
            mask = cut_mask(one.mask, (box[2] - box[0], box[3] - box[1]))
            unmolded.append(replace(one, box=box.astype(np.float32), mask=mask.astype(np.float16)))
    return unmolded


def unmold_box(
    box: NDArray[np.floating],
    window: tuple[int, int, int, int],
    tile_size_px: int,
    shape_hw: tuple[int, int],
) -> NDArray[np.int64]:
    """A box of a tile in whole pixels of the image; see `unmold_detections`.

    The first and last pixel of the window become those of the image, so the frame of both counts
    from pixel centres.
    """
    beyond = np.array([0, 0, 1, 1])
    top, left, bottom, right = _normalize(np.array(window), tile_size_px)
    shift, extent = np.array([top, left] * 2), np.array([bottom - top, right - left] * 2)
    # The first pixel of a window of one row or column is its last as well.
    extent[extent == 0] = 1
    on_window = (_normalize(np.asarray(box, np.float64), tile_size_px) - shift) / extent
    rounded: NDArray[np.int64] = np.around(on_window * (np.tile(shape_hw, 2) - 1) + beyond)
    return rounded.astype(np.int64)


def unmold_mask(
    mask: NDArray[np.floating], box: NDArray[np.integer], shape_hw: tuple[int, int]
) -> NDArray[np.bool_]:
    """Put a soft mask into its box on an image: `unmold_mask` of matterport.

    Args:
        mask: float (h, w), 0..1.
        box: (y1, x1, y2, x2) in whole pixels, half-open, inside the image, not empty.
        shape_hw: size of the image.

    Returns:
        bool (H, W).
    """
    top, left, bottom, right = (int(value) for value in box)
    pasted = np.zeros(shape_hw, dtype=bool)
    pasted[top:bottom, left:right] = cut_mask(mask, (bottom - top, right - left))
    return pasted


def cut_mask(mask: NDArray[np.floating], shape_hw: tuple[int, int]) -> NDArray[np.bool_]:
    """A soft mask (h, w) at another size, True where it is at least 0.5: bool (H, W)."""
    is_object: NDArray[np.bool_] = resize_bilinear(mask, shape_hw) >= _MASK_THRESHOLD
    return is_object


def resize_bilinear(values: NDArray[Any], shape_hw: tuple[int, int]) -> NDArray[np.float64]:
    """Resample by `resize` of scikit-image 0.13, with order 1 and mode "constant".

    Bilinear between pixel centres, without a low-pass filter. Beyond the outermost centres lie
    zeros, so that a border fades; what fades below the least value is lifted to it again.

    Args:
        values: (H, W) or (H, W, C).
        shape_hw: height and width of the result, at least 1.

    Returns:
        float64, of the size wanted and in the range of `values`.
    """
    rows, cols = (
        _Axis(length, wanted) for length, wanted in zip(values.shape[:2], shape_hw, strict=True)
    )
    padded = np.pad(values.astype(np.float64), ((1, 1), (1, 1), *[(0, 0)] * (values.ndim - 2)))
    # Columns before rows, in the order of scikit-image: other sums may be cut off to less.
    share = cols.share.reshape(1, -1, *[1] * (values.ndim - 2))
    padded = (1 - share) * padded[:, cols.lower] + share * padded[:, cols.upper]
    share = rows.share.reshape(-1, 1, *[1] * (values.ndim - 2))
    resized = (1 - share) * padded[rows.lower] + share * padded[rows.upper]
    return np.clip(resized, values.min(), values.max())


class _Axis:
    """Where the pixels of a resampled axis lie among the original ones, padded by one each side.

    Attributes:
        lower, upper: int (N,), the original pixels at and beside each.
        share: float64 (N,), weight of `upper`.
    """

    def __init__(self, length: int, wanted: int) -> None:
        # One rounding: the pixels of a simple ratio, as 300 to 320, lie where they should.
        centres = (2 * np.arange(wanted) + 1) * length / (2 * wanted) - 0.5
        self.share = centres - np.floor(centres)
        self.lower = np.floor(centres).astype(np.int64) + 1
        self.upper = np.ceil(centres).astype(np.int64) + 1


def _find_nearest(length: int, wanted: int) -> NDArray[np.int64]:
    step = (length - 1) / max(wanted - 1, 1)
    return np.floor(np.arange(wanted) * step + 0.5).astype(np.int64)


def _normalize(box: NDArray[Any], tile_size_px: int) -> NDArray[np.float64]:
    """A half-open box as shares of the way from the first pixel of a tile to its last."""
    shares: NDArray[np.float64] = (box - np.array([0, 0, 1, 1])) / (tile_size_px - 1)
    return shares


def _halve(length: int) -> tuple[int, int]:
    return length // 2, length - length // 2
