"""From labelled objects of a tile to the arrays that the network learns from."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.coco import LabelledObject
from geoseg.maskrcnn.matching import match_anchors

MASK_SIZE_PX = 56
SUPERSAMPLING = 4
NUM_SAMPLED_ANCHORS = 256


@dataclass(frozen=True)
class Sample:
    """One tile to learn from.

    Attributes:
        image: uint8 (S, S, 3), RGB.
        objects: in tile pixels.
    """

    image: NDArray[np.uint8]
    objects: tuple[LabelledObject, ...]


def object_box(one: LabelledObject) -> NDArray[np.float32]:
    """Bounds of an object: float32 (4,), (y1, x1, y2, x2)."""
    points = np.concatenate(one.rings)
    low, high = points.min(axis=0), points.max(axis=0)
    return np.array([low[1], low[0], high[1], high[0]], np.float32)


def draw_mask(one: LabelledObject, box: NDArray[np.float32], size_px: int) -> NDArray[np.uint8]:
    """The object over its box: uint8 (size_px, size_px), 255 times the covered share of a cell."""
    fine = size_px * SUPERSAMPLING
    origin = np.array([box[1], box[0]])
    extent = np.maximum(np.array([box[3] - box[1], box[2] - box[0]]), 1e-3)
    # 8 fractional bits; OpenCV has pixel centres at whole numbers.
    rings = [
        np.round(((ring - origin) / extent * fine - 0.5) * 256).astype(np.int32)
        for ring in one.rings
    ]
    canvas = np.zeros((fine, fine), np.uint8)
    cv2.fillPoly(canvas, rings, 255, shift=8)
    mask: NDArray[np.uint8] = cv2.resize(canvas, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return mask


def make_targets(
    sample: Sample,
    anchors: NDArray[np.float32],
    *,
    max_objects: int,
    num_proposals: int,
    random: np.random.Generator,
) -> dict[str, NDArray[np.generic]]:
    """All inputs that `MaskRCNN.call` wants for one tile, without the batch axis.

    Args:
        sample: the tile.
        anchors: float32 (A, 4).
        max_objects: rows for objects; when there are more, a random choice is learned and the
            others are ignored regions as far as the rows last.
        num_proposals: of the network, for the size of the noise.
        random: chooses.
    """
    order = random.permutation(len(sample.objects))
    chosen = sorted(order, key=lambda index: sample.objects[index].is_ignored)[:max_objects]
    boxes = np.zeros((max_objects, 4), np.float32)
    classes = np.zeros(max_objects, np.int32)
    is_object = np.zeros(max_objects, np.float32)
    masks = np.zeros((max_objects, MASK_SIZE_PX, MASK_SIZE_PX), np.uint8)
    for row, index in enumerate(chosen):
        one = sample.objects[index]
        boxes[row] = object_box(one)
        classes[row] = one.class_index
        is_object[row] = -1.0 if one.is_ignored else 1.0
        if not one.is_ignored:
            masks[row] = draw_mask(one, boxes[row], MASK_SIZE_PX)
    left_out = [object_box(sample.objects[index]) for index in order if index not in set(chosen)]
    ignored = np.concatenate([boxes[is_object < 0], np.reshape(left_out, (-1, 4))])
    labels, deltas = match_anchors(
        anchors,
        boxes[is_object > 0],
        ignored.astype(np.float32),
        num_sampled=NUM_SAMPLED_ANCHORS,
        random=random,
    )
    return {
        "images": sample.image,
        "anchor_labels": labels,
        "anchor_deltas": deltas,
        "boxes": boxes,
        "classes": classes,
        "is_object": is_object,
        "masks": masks,
        "noise": random.random(num_proposals + max_objects, np.float32),
    }
