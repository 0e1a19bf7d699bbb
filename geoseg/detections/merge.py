"""One detection per building, where overlapping tiles have seen it several times.

Two detections of different tiles are one building when their masks agree where both tiles
look. Of a building that some tile sees whole, the best whole view stays. One that every tile
cuts is put together from its fragments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.masks import sample_mask
from geoseg.types import Detection, Tile

# Share of the smaller mask, counted where both tiles look, that the two must have in common.
MIN_AGREEMENT = 0.5
# A mask that comes this close to its tile's border is taken to go on beyond it.
BORDER_PX = 2.0


def merge_detections(
    detections: Sequence[Detection], tiles: Mapping[int, Tile], shape_hw: tuple[int, int]
) -> list[Detection]:
    """Leave one detection per building.

    Args:
        detections: of all tiles, boxes in pixels of the model grid, `tile_index` set.
        tiles: by index.
        shape_hw: size of the model grid; a tile's border along the raster's edge cuts nothing.

    Returns:
        Detections from top to bottom, then from left to right. Merged ones have `tile_index` -1,
        a mask of one cell a pixel and the area-weighted mean of the scores.
    """
    if not detections:
        return []
    boxes = np.stack([detection.box for detection in detections]).astype(np.float64)
    is_cut = np.array([_is_cut(one, tiles[one.tile_index], shape_hw) for one in detections])
    partners = _find_partners(detections, boxes, tiles)
    scores = np.array([detection.score for detection in detections])
    # Whole views first; the index settles ties, so that the order of the input does not.
    order = np.lexsort((boxes[:, 1], boxes[:, 0], -scores, is_cut))
    is_open = np.ones(len(detections), dtype=bool)
    merged = []
    for first in order:
        if not is_open[first]:
            continue
        group = _collect_group(int(first), partners, is_cut, is_open)
        if is_cut[first] and len(group) > 1:
            merged.append(_unite([detections[index] for index in group]))
        else:
            merged.append(detections[first])
    return sorted(merged, key=lambda one: tuple(float(value) for value in one.box))


def _is_cut(detection: Detection, tile: Tile, shape_hw: tuple[int, int]) -> bool:
    """Whether the box ends at a border of its tile that lies inside the raster."""
    y1, x1, y2, x2 = tile.window.box_yx
    box = detection.box
    return bool(
        (y1 > 0 and box[0] - y1 < BORDER_PX)
        or (x1 > 0 and box[1] - x1 < BORDER_PX)
        or (y2 < shape_hw[0] and y2 - box[2] < BORDER_PX)
        or (x2 < shape_hw[1] and x2 - box[3] < BORDER_PX)
    )


def _find_partners(
    detections: Sequence[Detection], boxes: NDArray[np.float64], tiles: Mapping[int, Tile]
) -> list[list[int]]:
    """For each detection the others that show the same building."""
    shapes = shapely.box(boxes[:, 1], boxes[:, 0], boxes[:, 3], boxes[:, 2])
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    tile_of = np.array([detection.tile_index for detection in detections])
    is_pair = (left < right) & (tile_of[left] != tile_of[right])
    partners: list[list[int]] = [[] for _ in detections]
    for i, j in zip(left[is_pair], right[is_pair], strict=True):
        a, b = detections[i], detections[j]
        if _agree(a, b, tiles[a.tile_index], tiles[b.tile_index]):
            partners[i].append(int(j))
            partners[j].append(int(i))
    return partners


def _agree(a: Detection, b: Detection, tile_a: Tile, tile_b: Tile) -> bool:
    """Whether two masks are of one building, judged where both tiles look."""
    if a.class_index != b.class_index:
        return False
    corners = np.stack([tile_a.window.box_yx, tile_b.window.box_yx, _frame([a, b])])
    low, high = corners[:, :2].max(axis=0), corners[:, 2:].min(axis=0)
    if (high <= low).any():
        return False
    frame = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    in_a = sample_mask(a.mask, a.box, frame) > 0.5
    in_b = sample_mask(b.mask, b.box, frame) > 0.5
    smaller = min(int(in_a.sum()), int(in_b.sum()))
    return smaller > 0 and int((in_a & in_b).sum()) >= MIN_AGREEMENT * smaller


def _frame(detections: Sequence[Detection]) -> tuple[int, int, int, int]:
    """Whole pixels that cover the boxes, (y1, x1, y2, x2)."""
    boxes = np.stack([detection.box for detection in detections])
    y1, x1 = np.floor(boxes[:, :2].min(axis=0)).astype(int)
    y2, x2 = np.ceil(boxes[:, 2:].max(axis=0)).astype(int)
    return int(y1), int(x1), int(y2), int(x2)


def _collect_group(
    first: int, partners: list[list[int]], is_cut: NDArray[np.bool_], is_open: NDArray[np.bool_]
) -> list[int]:
    """Close a detection and what shows the same building; fragments lead on to fragments."""
    group, waiting = [], [first]
    is_open[first] = False
    while waiting:
        index = waiting.pop()
        group.append(index)
        if not is_cut[index]:
            # Another whole view would be a neighbour, and what it leads to another building.
            for other in partners[index]:
                is_open[other] = False
            continue
        for other in partners[index]:
            if is_open[other]:
                is_open[other] = False
                waiting.append(other)
    return group


def _unite(fragments: Sequence[Detection]) -> Detection:
    """One detection from the fragments of a building."""
    frame = _frame(fragments)
    united = np.zeros((frame[2] - frame[0], frame[3] - frame[1]), np.float32)
    areas = []
    for fragment in fragments:
        sampled = sample_mask(fragment.mask, fragment.box, frame)
        areas.append(max(1.0, float((sampled > 0.5).sum())))
        np.maximum(united, sampled, out=united)
    scores = [fragment.score for fragment in fragments]
    return replace(
        fragments[0],
        box=np.array(frame, np.float32),
        score=float(np.average(scores, weights=areas)),
        mask=united.astype(np.float16),
        tile_index=-1,
    )
