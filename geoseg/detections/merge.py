"""One detection per building, where overlapping tiles have seen it several times.

Two detections of different tiles are one building when their masks agree where both tiles
look. The view whose tile sees most round the building comes first and is blended with the
others of that building. One that every tile cuts is put together from its fragments, from one
to the next. A small building inside a large one stays, as it does within a tile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.detections.blending import FADE_PX, blend_views
from geoseg.detections.same_building import find_partners
from geoseg.tiles import Rectangle
from geoseg.types import Detection, Tile

# A mask that comes this close to its tile's border is taken to go on beyond it.
BORDER_PX = 2.0


def merge_detections(
    detections: Sequence[Detection], tile_at: Callable[[int], Tile], shape_hw: tuple[int, int]
) -> list[Detection]:
    """Leave one detection per building: `split_merged` where nothing is unseen.

    Args:
        detections: of all tiles, boxes in pixels of the model grid, `tile_index` set.
        tile_at: the tile of an index.
        shape_hw: size of the model grid; a tile's border along the raster's edge cuts nothing.

    Returns:
        Detections from top to bottom, then from left to right. What several tiles saw is blended
        as of `blend_views`; what one tile saw is unchanged.
    """
    return split_merged(detections, tile_at, shape_hw, unseen=())[0]


def split_merged(
    detections: Sequence[Detection],
    tile_at: Callable[[int], Tile],
    shape_hw: tuple[int, int],
    unseen: Sequence[Rectangle],
) -> tuple[list[Detection], list[Detection]]:
    """Leave one detection per building, where what is still to come cannot change it.

    Detections of other tiles that lie inside of `unseen` may follow later. A detection that
    meets it waits for them, and so does every other that is tied to one that waits, directly or
    over others, by showing the same building. Merging what waits together with what follows
    gives, with what is merged here, the same as merging everything at once.

    Args:
        detections: boxes in pixels of the model grid and within their tiles, `tile_index` set.
        tile_at: the tile of an index.
        shape_hw: size of the model grid; a tile's border along the raster's edge cuts nothing.
        unseen: rectangles (y1, x1, y2, x2) in pixels of the model grid, half-open; may be infinite.

    Returns:
        Merged detections as of `merge_detections`, and those that wait, unchanged. Neither depends
        on the order of the input.
    """
    tiles = {index: tile_at(index) for index in {one.tile_index for one in detections}}
    depths_px = [_find_depth(one, tiles[one.tile_index], shape_hw) for one in detections]
    # The deepest views come first. The rest settles ties, so that the input's order does not.
    ranks = [
        (-min(depth_px, FADE_PX), -one.score, _place(one), number)
        for number, (one, depth_px) in enumerate(zip(detections, depths_px, strict=True))
    ]
    order = [rank[-1] for rank in sorted(ranks)]
    ordered = [detections[number] for number in order]
    is_cut = [depths_px[number] < BORDER_PX for number in order]
    partners = find_partners(ordered, is_cut, tiles)
    waits = _find_waiting(ordered, partners, unseen)
    is_open = ~waits
    merged = []
    for first in range(len(ordered)):
        if is_open[first]:
            group = _take_group(first, partners, is_open, leads_on=is_cut[first])
            views = [ordered[index] for index in sorted(group)]
            merged.append(blend_views(views, tiles, shape_hw))
    waiting = [ordered[index] for index in np.flatnonzero(waits)]
    return sorted(merged, key=_place), sorted(waiting, key=_place)


def _find_depth(detection: Detection, tile: Tile, shape_hw: tuple[int, int]) -> float:
    """Pixels from the box to the nearest border of its tile that lies inside the raster."""
    y1, x1, y2, x2 = tile.window.box_yx
    top, left, bottom, right = detection.box.tolist()
    return min(
        top - y1 if y1 > 0 else math.inf,
        left - x1 if x1 > 0 else math.inf,
        y2 - bottom if y2 < shape_hw[0] else math.inf,
        x2 - right if x2 < shape_hw[1] else math.inf,
    )


def _place(detection: Detection) -> tuple[Any, ...]:
    """Order from top to bottom, then from left to right; all other content settles ties."""
    rest = (-detection.score, detection.tile_index, detection.class_index)
    return (*detection.box.tolist(), *rest, detection.mask.tobytes())


def _find_waiting(
    detections: Sequence[Detection],
    partners: Sequence[Sequence[int]],
    unseen: Sequence[Rectangle],
) -> NDArray[np.bool_]:
    """Which detections meet unseen ground, or are tied to one that does: bool (N,)."""
    waits = np.zeros(len(detections), dtype=bool)
    if not detections or not unseen:
        return waits
    boxes = np.stack([one.box for one in detections])[:, np.newaxis].astype(np.float64)
    ground = np.array(unseen, np.float64)
    meets = (boxes[..., :2] < ground[:, 2:]) & (boxes[..., 2:] > ground[:, :2])
    is_open = ~waits
    for first in np.flatnonzero(np.any(np.all(meets, axis=2), axis=1)).tolist():
        if is_open[first]:
            waits[_take_group(first, partners, is_open, leads_on=True)] = True
    return waits


def _take_group(
    first: int, partners: Sequence[Sequence[int]], is_open: NDArray[np.bool_], *, leads_on: bool
) -> list[int]:
    """Close a detection and its open partners, and theirs in turn where it leads on.

    A whole view does not lead on: its partners' other partners are of neighbours.
    """
    group = [first]
    is_open[first] = False
    for index in group:
        following = [other for other in partners[index] if is_open[other]]
        is_open[following] = False
        group.extend(following)
        if not leads_on:
            break
    return group
