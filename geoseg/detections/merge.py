"""One detection per building, where overlapping tiles have seen it several times.

Two detections of different tiles are one building when their masks agree where both tiles
look. Of a building that some tile sees whole, the best whole view stays. One that every tile
cuts is put together from its fragments. A small building inside a large one stays, as it does
within a tile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.masks import sample_mask
from geoseg.types import Detection, Tile

# Share that two views of one building must have in common, counted where both tiles look: of the
# smaller mask where that is a fragment, otherwise of the larger one.
MIN_AGREEMENT = 0.5
# A mask that comes this close to its tile's border is taken to go on beyond it.
BORDER_PX = 2.0


Box = tuple[int, int, int, int]


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
    # Whole views come first. The rest settles ties, so that the order of the input does not.
    ordered = sorted(
        detections,
        key=lambda one: (
            _is_cut(one, tiles[one.tile_index], shape_hw),
            -one.score,
            *one.box.tolist(),
            one.tile_index,
        ),
    )
    is_cut = [_is_cut(one, tiles[one.tile_index], shape_hw) for one in ordered]
    partners = _find_partners(ordered, is_cut, tiles)
    is_open = np.ones(len(ordered), dtype=bool)
    merged = []
    for first, detection in enumerate(ordered):
        if not is_open[first]:
            continue
        if is_cut[first]:
            group = _collect_fragments(first, partners, is_open)
            merged.append(_unite([ordered[index] for index in group]))
        else:
            # Not what these lead to: another whole view is a neighbour.
            is_open[partners[first]] = False
            merged.append(detection)
    return sorted(merged, key=lambda one: (*one.box.tolist(), -one.score))


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
    detections: Sequence[Detection], is_cut: Sequence[bool], tiles: Mapping[int, Tile]
) -> list[list[int]]:
    """For each detection the others that show the same building."""
    partners: list[list[int]] = [[] for _ in detections]
    if not detections:
        return partners
    y1, x1, y2, x2 = np.stack([one.box for one in detections]).astype(np.float64).T
    shapes = shapely.box(x1, y1, x2, y2)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    tile_of = np.array([one.tile_index for one in detections])
    class_of = np.array([one.class_index for one in detections])
    is_pair = (left < right) & (tile_of[left] != tile_of[right])
    is_pair &= class_of[left] == class_of[right]
    pasted: dict[int, _Pasted] = {}
    for i, j in zip(left[is_pair].tolist(), right[is_pair].tolist(), strict=True):
        for index in (i, j):
            if index not in pasted:
                pasted[index] = _paste(detections[index], tiles[detections[index].tile_index])
        in_i, in_j, both = _count_shared(pasted[i], pasted[j])
        (small, small_is_cut), (large, _) = sorted([(in_i, is_cut[i]), (in_j, is_cut[j])])
        # A fragment may have lost most of its building; a whole view is not part of another.
        reference = small if small_is_cut else large
        if both > 0 and both >= MIN_AGREEMENT * reference:
            partners[i].append(j)
            partners[j].append(i)
    return partners


class _Pasted(NamedTuple):
    """A mask on the pixel grid.

    Attributes:
        seen: bool (H, W).
        frame: where it lies, (y1, x1, y2, x2), whole pixels.
        tile: the tile it was seen in, likewise.
    """

    seen: NDArray[np.bool_]
    frame: Box
    tile: Box


def _paste(detection: Detection, tile: Tile) -> _Pasted:
    frame = _frame([detection])
    seen = sample_mask(detection.mask, detection.box, frame) > 0.5
    return _Pasted(seen, frame, tile.window.box_yx)


def _count_shared(a: _Pasted, b: _Pasted) -> tuple[int, int, int]:
    """Pixels of a, of b and of both, where both their tiles look."""
    common = _intersect(a.tile, b.tile)
    in_a, in_b = _intersect(common, a.frame), _intersect(common, b.frame)
    in_both = _intersect(in_a, in_b)
    both = int((_cut(a, in_both) & _cut(b, in_both)).sum())
    return int(_cut(a, in_a).sum()), int(_cut(b, in_b).sum()), both


def _intersect(a: Box, b: Box) -> Box:
    """Common part of two frames; where there is none its ends are not beyond its starts."""
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _cut(pasted: _Pasted, frame: Box) -> NDArray[np.bool_]:
    y, x = pasted.frame[:2]
    height, width = max(0, frame[2] - frame[0]), max(0, frame[3] - frame[1])
    if not height or not width:
        return pasted.seen[:0, :0]
    top, left = frame[0] - y, frame[1] - x
    return pasted.seen[top : top + height, left : left + width]


def _frame(detections: Sequence[Detection]) -> Box:
    """Whole pixels that cover the boxes, (y1, x1, y2, x2)."""
    boxes = np.stack([detection.box for detection in detections])
    y1, x1 = np.floor(boxes[:, :2].min(axis=0)).astype(int)
    y2, x2 = np.ceil(boxes[:, 2:].max(axis=0)).astype(int)
    return int(y1), int(x1), int(y2), int(x2)


def _collect_fragments(
    first: int, partners: Sequence[Sequence[int]], is_open: NDArray[np.bool_]
) -> list[int]:
    """Close a fragment and all open ones that it leads to, one after the other."""
    group, waiting = [], [first]
    is_open[first] = False
    while waiting:
        group.append(waiting.pop())
        following = [other for other in partners[group[-1]] if is_open[other]]
        is_open[following] = False
        waiting.extend(following)
    return group


def _unite(fragments: Sequence[Detection]) -> Detection:
    """One detection from the fragments of a building; a single one stays as it is."""
    if len(fragments) == 1:
        return fragments[0]
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
