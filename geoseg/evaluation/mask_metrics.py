"""Metrics of objects that are masks of an image, in the form in which pycocotools takes them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.overlaps import Overlaps

BOUNDARY_RATIO = 0.02
"""Width of the band of the boundary IoU, as a share of the image's diagonal (Cheng et al.)."""

# pycocotools counts its arguments in a byte.
_MOST_MASKS = 255

Mask = dict[str, Any]


class CutMask(NamedTuple):
    """A mask without its empty surroundings.

    Attributes:
        pixels: bool (h, w).
        box: int64 (4,), (y1, x1, y2, x2) in pixels of the image, half-open; all 0 for no pixels.
    """

    pixels: NDArray[np.bool_]
    box: NDArray[np.int64]


def cut_mask(mask: Mask) -> CutMask:
    """Decode a mask and cut it to its box."""
    from pycocotools import mask as coco_mask

    x, y, width, height = (round(value) for value in coco_mask.toBbox(mask).tolist())
    with warnings.catch_warnings():
        # NumPy 2 finds fault with pycocotools.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        whole = coco_mask.decode(mask)
    pixels = whole[y : y + height, x : x + width].astype(bool)
    return CutMask(pixels, np.array([y, x, y + height, x + width]))


def boundary_iou_of_masks(one: CutMask, other: CutMask, shape_hw: tuple[int, int]) -> float:
    """Boundary IoU of two masks of an image.

    Cheng et al. 2021, "Boundary IoU: Improving Object-Centric Image Segmentation Evaluation",
    with the steps and the rounding of its code: the band is what erosion by a square of 3 px
    takes away in as many rounds as 2 % of the image's diagonal has pixels, at least one, and the
    image's edge is a boundary. 0 for two empty masks.
    """
    width_px = max(1, round(BOUNDARY_RATIO * float(np.hypot(*shape_hw))))
    y1, x1 = np.minimum(one.box[:2], other.box[:2])
    y2, x2 = np.maximum(one.box[2:], other.box[2:])
    bands = []
    for pixels, box in (one, other):
        frame = np.zeros((y2 - y1, x2 - x1), bool)
        top, left = box[:2] - (y1, x1)
        inside = np.s_[top : top + pixels.shape[0], left : left + pixels.shape[1]]
        frame[inside] = _cut_band(pixels, width_px)
        bands.append(frame)
    together = int((bands[0] | bands[1]).sum())
    return float((bands[0] & bands[1]).sum() / together) if together else 0.0


def overlap_masks(pred: Sequence[Mask], truth: Sequence[Mask]) -> Overlaps:
    """All pairs of masks of one image that share pixels; areas in pixels."""
    from pycocotools import mask as coco_mask

    areas = [np.array([coco_mask.area(one) for one in side], np.float64) for side in (pred, truth)]
    if not pred or not truth:
        none = np.zeros(0, np.int64)
        return Overlaps(none, none, np.zeros(0), *areas)
    # As a crowd counts what a true mask shares with the predicted one, by the area of that.
    shares = coco_mask.iou(list(pred), list(truth), [1] * len(truth))
    one, other = np.nonzero(shares)
    shared = np.rint(shares[one, other] * areas[0][one])
    return Overlaps(one, other, shared, *areas)


def iou_of_unions(pred: Sequence[Mask], truth: Sequence[Mask]) -> float:
    """IoU of all predicted pixels of an image and all true ones; 1 for none on both sides."""
    from pycocotools import mask as coco_mask

    if not pred or not truth:
        return float(not pred and not truth)
    sides = [_join(pred), _join(truth)]
    shared = float(coco_mask.area(coco_mask.merge(sides, intersect=True)))
    together = float(coco_mask.area(coco_mask.merge(sides)))
    return shared / together if together else 1.0


def _join(masks: Sequence[Mask]) -> Mask:
    from pycocotools import mask as coco_mask

    joined: Mask = coco_mask.merge(list(masks[:_MOST_MASKS]))
    for start in range(_MOST_MASKS, len(masks), _MOST_MASKS - 1):
        joined = coco_mask.merge([joined, *masks[start : start + _MOST_MASKS - 1]])
    return joined


def _cut_band(pixels: NDArray[np.bool_], width_px: int) -> NDArray[np.bool_]:
    """What lies within `width_px` of the outline: bool, the shape of `pixels`."""
    if not pixels.size:
        return pixels
    padded = np.pad(pixels, 1).astype(np.uint8)
    kept = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=width_px)
    return np.asarray(pixels & (kept[1:-1, 1:-1] == 0))
