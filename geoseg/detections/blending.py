"""One detection out of several views of a building, each from another tile.

At the border of its tile the network sees half of what surrounds a pixel, and guesses. So each
view counts by how far a pixel lies from the border of the view's tile: from one tile to the
next its say fades, and nothing jumps where a tile ends.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geoseg.detections.same_building import Box, cover, intersect
from geoseg.masks import sample_mask
from geoseg.types import Detection, Tile

# A view counts in full at this distance from the border of its tile and beyond.
FADE_PX = 32.0


def blend_views(
    views: Sequence[Detection], tiles: Mapping[int, Tile], shape_hw: tuple[int, int]
) -> Detection:
    """Blend what several tiles show of one building; a single view stays as it is.

    Args:
        views: at least one, boxes in pixels of the model grid and within their tiles. Of one tile
            there may be several, parts that only another tile sees together.
        tiles: those of the views, by index.
        shape_hw: size of the model grid.

    Returns:
        The soft mask is the mean of what the tiles show at each pixel, and the score that of the
        views over the building, both weighted as of `weigh_pixels`. A box that fits the mask, a
        mask of one cell a pixel, `tile_index` -1, the class of the first view.
    """
    if len(views) == 1:
        return views[0]
    frame = cover(views)
    total = np.zeros((frame[2] - frame[0], frame[3] - frame[1]), np.float32)
    weight = np.zeros_like(total)
    scored = counted = 0.0
    for index in sorted({view.tile_index for view in views}):
        tile = tiles[index]
        part = intersect(frame, tile.window.box_yx)
        weights = weigh_pixels(tile, part, shape_hw)
        seen = np.zeros_like(weights)
        for view in views:
            if view.tile_index == index:
                sampled = sample_mask(view.mask, view.box, part)
                share = float((weights * sampled).sum(dtype=np.float64))
                scored, counted = scored + share * view.score, counted + share
                np.maximum(seen, sampled, out=seen)
        rows = slice(part[0] - frame[0], part[2] - frame[0])
        cols = slice(part[1] - frame[1], part[3] - frame[1])
        total[rows, cols] += weights * seen
        weight[rows, cols] += weights
    mask = np.divide(total, weight, out=total, where=weight > 0)
    rows, cols = find_inside(mask)
    y, x = frame[:2]
    box = np.array([y + rows.start, x + cols.start, y + rows.stop, x + cols.stop], np.float32)
    score = scored / counted if counted > 0 else max(view.score for view in views)
    return replace(
        views[0], box=box, score=score, mask=mask[rows, cols].astype(np.float16), tile_index=-1
    )


def weigh_pixels(tile: Tile, frame_px: Box, shape_hw: tuple[int, int]) -> NDArray[np.float32]:
    """How much a tile's view of each pixel counts: its distance to the tile's border.

    Args:
        tile: the tile.
        frame_px: (y1, x1, y2, x2), whole pixels within the tile's window.
        shape_hw: size of the model grid; along its edge nothing is cut, so a border there is
            infinitely far.

    Returns:
        float32 (H, W), above 0 and at most `FADE_PX`, measured from the pixels' centres.

    Example:
        >>> from geoseg.types import Window
        >>> tile = Tile(0, 0, 0, Window(0, 0, 300, 300), Window(0, 0, 268, 300))
        >>> weigh_pixels(tile, (0, 297, 1, 300), (300, 700))
        array([[2.5, 1.5, 0.5]], dtype=float32)
    """
    y1, x1, y2, x2 = tile.window.box_yx
    rows = _measure_depths(y2 - y1, y1 > 0, y2 < shape_hw[0])[frame_px[0] - y1 : frame_px[2] - y1]
    cols = _measure_depths(x2 - x1, x1 > 0, x2 < shape_hw[1])[frame_px[1] - x1 : frame_px[3] - x1]
    weights: NDArray[np.float32] = np.minimum(rows[:, np.newaxis], cols)
    return weights


@functools.cache
def _measure_depths(length_px: int, has_start: bool, has_stop: bool) -> NDArray[np.float32]:
    """Distances of the pixels along one axis of a tile to those of its ends that cut something."""
    centres = np.arange(length_px, dtype=np.float32) + np.float32(0.5)
    depths = np.full(length_px, FADE_PX, np.float32)
    if has_start:
        np.minimum(depths, centres, out=depths)
    if has_stop:
        np.minimum(depths, centres[::-1], out=depths)
    return depths


def find_inside(mask: NDArray[np.floating]) -> tuple[slice, slice]:
    """Rows and columns where a soft mask is above 0.5, and one more on each side.

    Returns:
        All of them where it is above 0.5 nowhere.
    """
    return _span(mask.max(axis=1)), _span(mask.max(axis=0))


def _span(profile: NDArray[np.floating]) -> slice:
    inside = np.flatnonzero(profile > 0.5)
    if not len(inside):
        return slice(0, len(profile))
    return slice(max(0, int(inside[0]) - 1), min(len(profile), int(inside[-1]) + 2))
