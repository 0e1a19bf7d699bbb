"""From labelled objects of a tile to the arrays that the network learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.sources import LabelledObject
from geoseg.maskrcnn.matching import match_anchors
from geoseg.training.regions import cover_regions

MASK_SIZE_PX = 56
# Scanlines through each row of a mask; along a scanline coverage is exact.
SCANLINES = 4
NUM_SAMPLED_ANCHORS = 256


@dataclass(frozen=True)
class Sample:
    """One tile to learn from.

    Attributes:
        image: uint8 (S, S, 3), RGB.
        objects: in tile pixels.
        images: names of the images that it was cut from.
    """

    image: NDArray[np.uint8]
    objects: tuple[LabelledObject, ...]
    images: tuple[str, ...] = ()


def make_targets(
    sample: Sample,
    anchors: NDArray[np.float32],
    *,
    max_objects: int,
    num_proposals: int,
    random: np.random.Generator,
) -> dict[str, NDArray[np.generic]]:
    """All inputs that `MaskRCNN.call` wants for one tile, without the batch axis.

    There are `2 * max_objects` rows for objects: first those that are learned, then as many
    ignored regions as there are rows left. When more than `max_objects` could be learned, a
    random choice is and the others are ignored.

    Args:
        sample: the tile.
        anchors: float32 (A, 4).
        max_objects: most objects that are learned.
        num_proposals: of the network, for the size of the noise.
        random: chooses.
    """
    order = [sample.objects[index] for index in random.permutation(len(sample.objects))]
    known = [one for one in order if not one.is_ignored]
    learned = known[:max_objects]
    ignored = known[max_objects:] + [one for one in order if one.is_ignored]
    learned_boxes, ignored_boxes = find_boxes(learned), find_ignored_boxes(ignored)
    labels, deltas = match_anchors(
        anchors,
        learned_boxes,
        ignored_boxes,
        tile_size_px=sample.image.shape[0],
        num_sampled=NUM_SAMPLED_ANCHORS,
        random=random,
    )
    num_rows = 2 * max_objects
    boxes = np.zeros((num_rows, 4), np.float32)
    classes = np.zeros(num_rows, np.int32)
    is_object = np.zeros(num_rows, np.float32)
    masks = np.zeros((num_rows, MASK_SIZE_PX, MASK_SIZE_PX), np.uint8)
    num_learned = len(learned)
    num_used = min(num_learned + len(ignored_boxes), num_rows)
    boxes[:num_used] = np.concatenate([learned_boxes, ignored_boxes])[:num_used]
    classes[:num_learned] = [one.class_index for one in learned]
    is_object[:num_learned] = 1.0
    is_object[num_learned:num_used] = -1.0
    masks[:num_learned] = draw_masks(learned, learned_boxes, MASK_SIZE_PX)
    return {
        "images": sample.image,
        "anchor_labels": labels,
        "anchor_deltas": deltas,
        "boxes": boxes,
        "classes": classes,
        "is_object": is_object,
        "masks": masks,
        "noise": random.random(num_proposals + num_rows, np.float32),
    }


def find_ignored_boxes(ignored: Sequence[LabelledObject]) -> NDArray[np.float32]:
    """Boxes in which nothing is learned: float32 (I, 4), (y1, x1, y2, x2)."""
    regions = [one for one in ignored if one.is_region]
    objects = [one for one in ignored if not one.is_region]
    return np.concatenate([find_boxes(objects), cover_regions(regions)])


def find_boxes(objects: Sequence[LabelledObject]) -> NDArray[np.float32]:
    """Bounds of objects: float32 (N, 4), (y1, x1, y2, x2)."""
    boxes = np.zeros((len(objects), 4), np.float32)
    for row, one in enumerate(objects):
        points = np.concatenate(one.rings)
        boxes[row, 1::-1] = points.min(axis=0)
        boxes[row, :1:-1] = points.max(axis=0)
    return boxes


def draw_masks(
    objects: Sequence[LabelledObject], boxes: NDArray[np.float32], size_px: int
) -> NDArray[np.uint8]:
    """Draw each object over its box.

    Scanlines are filled by the even-odd rule. OpenCV would be no faster, and fills every pixel
    that an outline touches: masks would come out too large.

    Args:
        objects: N objects.
        boxes: float32 (N, 4), see `find_boxes`.
        size_px: cells along a side of a mask.

    Returns:
        uint8 (N, size_px, size_px), 255 times the share of the cell that is covered.
    """
    starts, stops, owners = _find_edges(objects, boxes, size_px)
    line_of, x = _cross_scanlines(starts, stops, owners, size_px * SCANLINES)
    # Along each line the object begins and ends in turn: outlines are closed, so that each
    # line is crossed an even number of times.
    order = np.lexsort((x, line_of))
    row, x = line_of[order] // SCANLINES, x[order]
    sign = np.where(np.arange(len(x)) % 2 == 0, 1.0, -1.0)
    cell = np.floor(x).astype(np.int64)
    # From a crossing on, all cells are covered; the first one only right of it.
    width = size_px + 2
    index = np.concatenate([row * width + cell, row * width + cell + 1])
    change = np.concatenate([sign * (cell + 1 - x), sign * (x - cell)])
    changes = np.bincount(index, change, len(objects) * size_px * width)
    # Without any crossing they come as integers.
    covered = changes.astype(np.float64, copy=False).reshape(len(objects), size_px, width)
    # In place: each new array of this size costs as much as the sums.
    np.cumsum(covered, axis=2, out=covered)
    covered *= 255.0 / SCANLINES
    covered += 0.5
    return covered[..., :size_px].astype(np.uint8)


def _find_edges(
    objects: Sequence[LabelledObject], boxes: NDArray[np.float32], size_px: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Edges of all outlines: starts and stops (E, 2), (x, y) in cells, and objects (E,)."""
    rings = [(row, ring) for row, one in enumerate(objects) for ring in one.rings]
    if not rings:
        return np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, np.int64)
    lengths = np.array([len(ring) for _, ring in rings])
    owners = np.repeat([row for row, _ in rings], lengths)
    low, high = boxes[owners, 1::-1].astype(np.float64), boxes[owners, :1:-1]
    scale = size_px / np.maximum(high - low, 1e-3)
    starts = (np.concatenate([ring for _, ring in rings]) - low) * scale
    # The last point of a ring leads back to its first.
    following = np.arange(1, len(starts) + 1)
    ends = np.cumsum(lengths)
    following[ends - 1] = ends - lengths
    return starts, starts[following], owners


def _cross_scanlines(
    starts: NDArray[np.float64],
    stops: NDArray[np.float64],
    owners: NDArray[np.int64],
    num_lines: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where edges cross the scanlines of their objects.

    Returns:
        Lines (C,), counted through all objects, and x (C,) in cells.
    """
    upper = np.minimum(starts[:, 1], stops[:, 1]) * SCANLINES
    lower = np.maximum(starts[:, 1], stops[:, 1]) * SCANLINES
    # Scanlines run through the middle of their rows; an edge holds its upper end only.
    first = np.ceil(upper - 0.5).astype(np.int64)
    counts = np.ceil(lower - 0.5).astype(np.int64) - first
    edge = np.repeat(np.arange(len(starts)), counts)
    line = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = ((line + 0.5) / SCANLINES - starts[edge, 1]) / (stops[edge, 1] - starts[edge, 1])
    x = starts[edge, 0] + share * (stops[edge, 0] - starts[edge, 0])
    return owners[edge] * num_lines + line, x
