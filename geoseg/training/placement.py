"""Cutting training samples out of labelled images, at any scale and angle.

A drone image shrunk to the model's GSD may cover less than a tile. Padding teaches the network
to see roofs in the padding, so such a tile is put together from several images instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.config import AugmentConfig
from geoseg.datasets.sources import LabelledImage

Affine2x3 = NDArray[np.float64]
Cell = tuple[int, int, int, int]

MAX_CELLS = 4
# Below this zoom, bilinear sampling alone would skip pixels of the source.
SHRINKING_ZOOM = 0.75


@dataclass(frozen=True)
class Placement:
    """How source pixels come to lie in a tile, but for where.

    Attributes:
        zoom: tile pixels per source pixel.
        angle_rad: turn from source to tile, from x towards y.
        is_mirrored: x is flipped first.
    """

    zoom: float
    angle_rad: float
    is_mirrored: bool = False

    @property
    def linear(self) -> NDArray[np.float64]:
        """The 2 x 2 part of the map from source (x, y) to tile (x, y)."""
        cos, sin = math.cos(self.angle_rad), math.sin(self.angle_rad)
        mirror = -1.0 if self.is_mirrored else 1.0
        return self.zoom * np.array([[cos * mirror, -sin], [sin * mirror, cos]])

    def fitting_side_px(self, image: LabelledImage) -> float:
        """Side of the largest square of the tile that an image is sure to cover."""
        spread = abs(math.cos(self.angle_rad)) + abs(math.sin(self.angle_rad))
        return self.zoom * min(image.width, image.height) / spread


def draw_angle(augment: AugmentConfig, random: np.random.Generator) -> float:
    """A random turn in radians: any angle, or nearly straight, as often as `augment` says.

    Whole quarter turns are not part of it: `fit_placement` adds them.
    """
    if random.random() < augment.any_angle_probability:
        return float(random.uniform(0.0, 2 * math.pi))
    return float(random.normal(0.0, math.radians(augment.tilt_deg)))


def cells_needed(placement: Placement, image: LabelledImage, tile_size_px: int) -> int:
    """How many such images a side it takes to fill a tile, at most MAX_CELLS."""
    side_px = placement.fitting_side_px(image)
    return min(MAX_CELLS, max(1, math.ceil(tile_size_px / max(side_px, 1.0))))


def divide_tile(tile_size_px: int, num_cells: int) -> list[Cell]:
    """Cells of a tile, (y1, x1, y2, x2), row by row; they cover each pixel once.

    Example:
        >>> divide_tile(5, 2)
        [(0, 0, 2, 2), (0, 2, 2, 5), (2, 0, 5, 2), (2, 2, 5, 5)]
    """
    borders = [round(tile_size_px * index / num_cells) for index in range(num_cells + 1)]
    spans = list(zip(borders, borders[1:], strict=False))
    return [(top, left, bottom, right) for top, bottom in spans for left, right in spans]


def orient_image(
    image: LabelledImage,
    gsd_m: float,
    angle_rad: float,
    augment: AugmentConfig,
    random: np.random.Generator,
) -> Placement:
    """A placement of an image at its true scale, with a quarter turn and a flip of its own.

    Args:
        image: the image to place.
        gsd_m: of the tile.
        angle_rad: of the tile, as `draw_angle` gives it.
        augment: whether there are quarter turns, and how often flips.
        random: chooses quarter turn and flip.
    """
    if augment.quarter_turns:
        angle_rad += int(random.integers(4)) * math.pi / 2
    is_mirrored = bool(random.random() < augment.flip_probability)
    return Placement(image.gsd_m / gsd_m, angle_rad, is_mirrored)


def fit_placement(placement: Placement, image: LabelledImage, side_px: float) -> Placement:
    """A placement under which an image covers a square of the tile.

    Where it would not, it is turned straight, and if need be enlarged.

    Args:
        placement: how it would be placed, see `orient_image`.
        image: the image to place.
        side_px: of the square.
    """
    if placement.fitting_side_px(image) >= side_px:
        return placement
    straight_rad = round(placement.angle_rad / (math.pi / 2)) * math.pi / 2
    zoom = max(placement.zoom, side_px / min(image.width, image.height))
    return Placement(zoom, straight_rad, placement.is_mirrored)


def place_in_cell(
    image: LabelledImage, cell_px: Cell, placement: Placement, random: np.random.Generator
) -> Affine2x3:
    """A map from source (x, y) to tile (x, y) under which the source covers the cell.

    Args:
        image: the source.
        cell_px: (y1, x1, y2, x2) in the tile.
        placement: scale, turn and flip, see `fit_placement`.
        random: chooses the place.

    Returns:
        float64 (2, 3). Along an axis on which the source is too small it is centred.
    """
    linear = placement.linear
    corners = cell_corners(cell_px)
    middle = corners.mean(axis=0)
    reach = np.abs((corners - middle) @ np.linalg.inv(linear).T).max(axis=0)
    size = np.array([image.width, image.height], np.float64)
    slack = np.maximum(size / 2 - reach, 0.0)
    centre = size / 2 + random.uniform(-1.0, 1.0, 2) * slack
    return np.column_stack([linear, middle - linear @ centre])


def cell_corners(cell_px: Cell) -> NDArray[np.float64]:
    """Corners (x, y) of a cell (y1, x1, y2, x2): float64 (4, 2)."""
    y1, x1, y2, x2 = cell_px
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float64)


def warp_into(
    tile: NDArray[np.uint8], source: NDArray[np.uint8], affine: Affine2x3, cell_px: Cell
) -> None:
    """Draw a source into a cell of a tile, in place; the source is mirrored beyond its edges.

    Args:
        tile: uint8 (S, S, 3).
        source: uint8 (H, W, 3).
        affine: source (x, y) to tile (x, y), pixel corners at whole numbers.
        cell_px: (y1, x1, y2, x2) in the tile.
    """
    y1, x1, y2, x2 = cell_px
    source, affine = _shrink(source, affine, cell_px)
    # OpenCV has pixel centres at whole numbers.
    linear = affine[:, :2]
    offset = affine[:, 2] - (x1, y1) + linear @ (0.5, 0.5) - 0.5
    tile[y1:y2, x1:x2] = cv2.warpAffine(
        source,
        np.column_stack([linear, offset]),
        (x2 - x1, y2 - y1),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )


def _shrink(
    source: NDArray[np.uint8], affine: Affine2x3, cell_px: Cell
) -> tuple[NDArray[np.uint8], Affine2x3]:
    """Average the part of a source that a cell shows down to the scale of the tile.

    That keeps fine patterns from turning into false ones.

    Returns:
        The part and its own map to the tile; what came in where it is not shrunk much.
    """
    linear = affine[:, :2]
    zoom = math.sqrt(abs(np.linalg.det(linear)))
    if zoom >= SHRINKING_ZOOM:
        return source, affine
    seen = (cell_corners(cell_px) - affine[:, 2]) @ np.linalg.inv(linear).T
    # Bilinear sampling reaches one shrunk pixel beyond the cell.
    margin = 2.0 / zoom
    size = np.array(source.shape[1::-1])
    low = np.clip(np.floor(seen.min(axis=0) - margin), 0, size - 1).astype(int)
    high = np.clip(np.ceil(seen.max(axis=0) + margin), low + 1, size).astype(int)
    part = source[low[1] : high[1], low[0] : high[0]]
    small = np.maximum(1, np.round((high - low) * zoom)).astype(int)
    shrunk = cv2.resize(part, (int(small[0]), int(small[1])), interpolation=cv2.INTER_AREA)
    scaled = linear * ((high - low) / small)
    return shrunk, np.column_stack([scaled, affine[:, 2] + linear @ low])  # type: ignore[return-value]
