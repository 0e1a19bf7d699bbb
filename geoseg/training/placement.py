"""Cutting training samples out of labelled images, at any scale and angle.

A drone image shrunk to the model's GSD may cover less than a tile. Padding teaches the network
to see roofs in the padding, so such a tile is put together from several images instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.coco import LabelledImage, LabelledObject

Affine2x3 = NDArray[np.float64]

# Fragments below this share of their building, or below this area, are not learned.
MIN_VISIBLE_SHARE = 0.15
MIN_AREA_PX = 16.0
MAX_CELLS = 4


@dataclass(frozen=True)
class Placement:
    """How source pixels come to lie in a tile.

    Attributes:
        zoom: tile pixels per source pixel.
        angle_rad: turn from source to tile.
        is_mirrored: x is flipped first.
    """

    zoom: float
    angle_rad: float
    is_mirrored: bool

    @property
    def linear(self) -> NDArray[np.float64]:
        """The 2 x 2 part of the map from source (x, y) to tile (x, y)."""
        cos, sin = math.cos(self.angle_rad), math.sin(self.angle_rad)
        turn = np.array([[cos, -sin], [sin, cos]])
        mirror = np.diag([-1.0 if self.is_mirrored else 1.0, 1.0])
        turned: NDArray[np.float64] = self.zoom * turn @ mirror
        return turned

    def fitting_side_px(self, width: int, height: int) -> float:
        """Side of the largest square of the tile that a source of this size covers."""
        spread = abs(math.cos(self.angle_rad)) + abs(math.sin(self.angle_rad))
        return self.zoom * min(width, height) / spread


def draw_placement(zoom: float, random: np.random.Generator) -> Placement:
    """A random turn and flip: half of them near a quarter turn, half at any angle."""
    if random.random() < 0.5:
        angle_rad = random.integers(4) * math.pi / 2 + random.normal(0.0, 0.06)
    else:
        angle_rad = random.uniform(0.0, 2 * math.pi)
    return Placement(zoom, angle_rad, bool(random.random() < 0.5))


def cells_needed(placement: Placement, image: LabelledImage, tile_size_px: int) -> int:
    """How many such images a side it takes to fill a tile, at most MAX_CELLS."""
    side_px = placement.fitting_side_px(image.width, image.height)
    return min(MAX_CELLS, max(1, math.ceil(tile_size_px / max(side_px, 1.0))))


def fit_placement(
    placement: Placement, image: LabelledImage, gsd_m: float, side_px: float,
    random: np.random.Generator,
) -> Placement:
    """The placement for another image and cell of the same tile.

    It gets a quarter turn and a flip of its own. Where the image would not cover the cell it is
    turned straight, and if need be enlarged.

    Args:
        placement: of the tile's first image.
        image: the image to place.
        gsd_m: of the tile.
        side_px: longer side of the cell.
        random: chooses turn and flip.
    """
    angle_rad = placement.angle_rad + random.integers(4) * math.pi / 2
    is_mirrored = bool(random.random() < 0.5)
    fitted = Placement(image.gsd_m / gsd_m, angle_rad, is_mirrored)
    if fitted.fitting_side_px(image.width, image.height) >= side_px:
        return fitted
    straight_rad = round(angle_rad / (math.pi / 2)) * math.pi / 2
    zoom = max(fitted.zoom, side_px / min(image.width, image.height))
    return Placement(zoom, straight_rad, is_mirrored)


def place_in_cell(
    image: LabelledImage, cell_px: tuple[int, int, int, int], placement: Placement,
    random: np.random.Generator,
) -> Affine2x3:
    """A map from source (x, y) to tile (x, y) under which the source covers the cell.

    Args:
        image: the source.
        cell_px: (y1, x1, y2, x2) in the tile.
        placement: scale, turn and flip.
        random: chooses the place.

    Returns:
        float64 (2, 3). Where the source cannot cover the cell it is centred.
    """
    y1, x1, y2, x2 = cell_px
    linear = placement.linear
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float64)
    middle = corners.mean(axis=0)
    reach = np.abs((corners - middle) @ np.linalg.inv(linear).T).max(axis=0)
    size = np.array([image.width, image.height], np.float64)
    slack = np.maximum(size / 2 - reach, 0.0)
    centre = size / 2 + random.uniform(-1.0, 1.0, 2) * slack
    return np.column_stack([linear, middle - linear @ centre])


def warp_into(
    tile: NDArray[np.uint8], source: NDArray[np.uint8], affine: Affine2x3,
    cell_px: tuple[int, int, int, int],
) -> None:
    """Draw a source into a cell of a tile, in place; the source is mirrored beyond its edges.

    Args:
        tile: uint8 (S, S, 3).
        source: uint8 (H, W, 3).
        affine: source (x, y) to tile (x, y), pixel corners at whole numbers.
        cell_px: (y1, x1, y2, x2) in the tile.
    """
    y1, x1, y2, x2 = cell_px
    zoom = math.sqrt(abs(np.linalg.det(affine[:, :2])))
    factor = np.ones(2)
    if zoom < 0.75:
        # Averaging first keeps fine patterns from turning into false ones.
        height, width = source.shape[:2]
        small = (max(1, round(width * zoom)), max(1, round(height * zoom)))
        source = cv2.resize(source, small, interpolation=cv2.INTER_AREA)
        factor = np.array([small[0] / width, small[1] / height])
    linear = affine[:, :2] / factor
    # OpenCV has pixel centres at whole numbers.
    offset = affine[:, 2] - (x1, y1) + linear @ (0.5, 0.5) - 0.5
    tile[y1:y2, x1:x2] = cv2.warpAffine(
        source,
        np.column_stack([linear, offset]),
        (x2 - x1, y2 - y1),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )


def place_objects(
    objects: tuple[LabelledObject, ...], affine: Affine2x3, cell_px: tuple[int, int, int, int]
) -> list[LabelledObject]:
    """Objects moved by the map and clipped to the cell.

    Fragments too small to be judged come back as ignored.

    Args:
        objects: in source pixels.
        affine: source (x, y) to tile (x, y).
        cell_px: (y1, x1, y2, x2) in the tile.

    Returns:
        What is visible, in tile pixels, in the same order.
    """
    y1, x1, y2, x2 = cell_px
    placed: list[LabelledObject] = []
    for one in objects:
        rings = [ring @ affine[:, :2].T + affine[:, 2] for ring in one.rings]
        low = np.min([ring.min(axis=0) for ring in rings], axis=0)
        high = np.max([ring.max(axis=0) for ring in rings], axis=0)
        if high[0] <= x1 or high[1] <= y1 or low[0] >= x2 or low[1] >= y2:
            continue
        is_inside = low[0] >= x1 and low[1] >= y1 and high[0] <= x2 and high[1] <= y2
        placed.extend(_clip(one, rings, None if is_inside else (x1, y1, x2, y2)))
    return placed


def _clip(
    one: LabelledObject, rings: list[NDArray[np.float64]],
    frame_px: tuple[int, int, int, int] | None,
) -> list[LabelledObject]:
    shape = shapely.Polygon()
    for ring in rings:
        shape = shape.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
    visible = shape if frame_px is None else shapely.intersection(shape, shapely.box(*frame_px))
    parts = [part for part in shapely.get_parts(visible) if part.geom_type == "Polygon"]
    area = sum(part.area for part in parts)
    if area < 1.0:
        return []
    is_ignored = one.is_ignored or area < max(MIN_AREA_PX, MIN_VISIBLE_SHARE * shape.area)
    clipped = tuple(
        np.asarray(ring.coords, np.float32)
        for part in parts
        for ring in (part.exterior, *part.interiors)
    )
    return [LabelledObject(clipped, one.class_index, is_ignored)]
