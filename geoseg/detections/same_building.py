"""Which detections of different tiles show the same building."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.masks import sample_mask
from geoseg.types import Detection, Tile

# Share that two views of one building must have in common, counted where both tiles look: of the
# smaller mask where that is a fragment, otherwise of the larger one.
MIN_AGREEMENT = 0.5

Box = tuple[int, int, int, int]


def find_partners(
    detections: Sequence[Detection], is_cut: Sequence[bool], tiles: Mapping[int, Tile]
) -> list[list[int]]:
    """For each detection the others that show the same building.

    Two detections of different tiles do when their masks agree on the ground that both tiles
    see. Nothing else has a say, so that what is found later changes no pair.

    Args:
        detections: boxes in pixels of the model grid, `tile_index` set.
        is_cut: whether each is a fragment, which goes on beyond its tile.
        tiles: those of the detections, by index.

    Returns:
        Indices of the partners of each, ascending in the first of a pair, then in the second.
    """
    partners: list[list[int]] = [[] for _ in detections]
    pasted: dict[int, _Pasted] = {}
    for i, j in _find_candidates(detections):
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


def cover(detections: Sequence[Detection]) -> Box:
    """Whole pixels that cover the boxes of one detection or more, (y1, x1, y2, x2)."""
    boxes = np.stack([detection.box for detection in detections])
    y1, x1 = np.floor(boxes[:, :2].min(axis=0)).astype(int)
    y2, x2 = np.ceil(boxes[:, 2:].max(axis=0)).astype(int)
    return int(y1), int(x1), int(y2), int(x2)


def intersect(a: Box, b: Box) -> Box:
    """Common part of two frames; where there is none its ends are not beyond its starts."""
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _find_candidates(detections: Sequence[Detection]) -> list[tuple[int, int]]:
    """Pairs of different tiles and one class whose boxes meet, in order."""
    if not detections:
        return []
    y1, x1, y2, x2 = np.stack([one.box for one in detections]).astype(np.float64).T
    shapes = shapely.box(x1, y1, x2, y2)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    tile_of = np.array([one.tile_index for one in detections])
    class_of = np.array([one.class_index for one in detections])
    is_pair = (left < right) & (tile_of[left] != tile_of[right])
    is_pair &= class_of[left] == class_of[right]
    return sorted(zip(left[is_pair].tolist(), right[is_pair].tolist(), strict=True))


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
    frame = cover([detection])
    seen = sample_mask(detection.mask, detection.box, frame) > 0.5
    return _Pasted(seen, frame, tile.window.box_yx)


def _count_shared(a: _Pasted, b: _Pasted) -> tuple[int, int, int]:
    """Pixels of a, of b and of both, where both their tiles look."""
    common = intersect(a.tile, b.tile)
    in_a, in_b = intersect(common, a.frame), intersect(common, b.frame)
    in_both = intersect(in_a, in_b)
    both = int((_cut(a, in_both) & _cut(b, in_both)).sum())
    return int(_cut(a, in_a).sum()), int(_cut(b, in_b).sum()), both


def _cut(pasted: _Pasted, frame: Box) -> NDArray[np.bool_]:
    y, x = pasted.frame[:2]
    height, width = max(0, frame[2] - frame[0]), max(0, frame[3] - frame[1])
    if not height or not width:
        return pasted.seen[:0, :0]
    top, left = frame[0] - y, frame[1] - x
    return pasted.seen[top : top + height, left : left + width]
