"""Perfect views of rectangular buildings, as tiles would give them."""

from __future__ import annotations

import numpy as np

from geoseg.types import Detection, Tile

MASK_SIDE = 28

Rectangle = tuple[float, float, float, float]


def view(tile: Tile, building: Rectangle, *, score: float = 0.9) -> Detection:
    """What a tile sees of a building, (y1, x1, y2, x2) on the model grid."""
    y1, x1, y2, x2 = tile.window.box_yx
    box = np.array(
        [
            max(building[0], y1),
            max(building[1], x1),
            min(building[2], y2),
            min(building[3], x2),
        ],
        np.float32,
    )
    assert (box[2:] > box[:2]).all(), "the tile does not see the building"
    mask = np.ones((MASK_SIDE, MASK_SIDE), np.float16)
    return Detection(box, score, mask, tile_index=tile.index)


def views(tiles: list[Tile], buildings: list[Rectangle]) -> list[Detection]:
    """All views of all buildings, for tiles that see at least a pixel."""
    found = []
    for tile in tiles:
        y1, x1, y2, x2 = tile.window.box_yx
        for top, left, bottom, right in buildings:
            height = min(bottom, y2) - max(top, y1)
            width = min(right, x2) - max(left, x1)
            if height >= 1 and width >= 1:
                found.append(view(tile, (top, left, bottom, right)))
    return found
