"""Copy-paste of buildings (Ghiasi et al. 2021, "Simple Copy-Paste", section 3).

Buildings are cut out along their outlines and put on another tile. What they hide is taken out of
the labels that lie under them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.sources import LabelledObject
from geoseg.training.loaded_image import LoadedImage
from geoseg.training.outlines import hide_under, make_shapes, rings_of
from geoseg.training.placement import Placement, warp_into
from geoseg.training.targets import draw_masks, find_boxes

# Pasted buildings are neither specks nor most of the tile.
MIN_PASTED_AREA_PX = 36.0
MAX_PASTED_SIDE = 0.5
# A pasted building and one that it touches may share at most this much of either.
MAX_SHARED = 0.4
# Places tried for each building.
NUM_TRIES = 4
# A pixel of ground comes along all round, for the pixels on an outline show ground and roof: half
# transparent there, roofs would look smaller than their labels. Beyond it the edge is soft.
RIM = np.ones((3, 3), np.uint8)
EDGE_SIGMA_PX = 0.6
EDGE_PX = 3
# Buildings this close to the edge of their image may be cut by it.
MARGIN_PX = 1.0


@dataclass(frozen=True)
class Scene:
    """A tile while buildings are pasted into it.

    Attributes:
        tile: uint8 (S, S, 3), drawn on.
        objects: in tile pixels.
    """

    tile: NDArray[np.uint8]
    objects: tuple[LabelledObject, ...]


def paste_buildings(
    scene: Scene, donor: LoadedImage, placement: Placement, most: int, random: np.random.Generator
) -> Scene:
    """Paste some buildings of a donor at random places of a tile.

    A building stays out where it would hide much of another, or lie in an ignored region. What it
    hides of others leaves their labels; where little is left, it is ignored.

    Args:
        scene: the tile and its objects; not changed.
        donor: where buildings come from. Ignored ones, and those that the edge of the image may
            cut, stay there.
        placement: scale, turn and flip from donor to tile.
        most: most buildings that are pasted, at least 1.
        random: chooses buildings and places.

    Returns:
        A new tile, and its objects: the old ones in their order, then the pasted ones.
    """
    linear = placement.linear
    candidates = find_candidates(donor, placement, scene.tile.shape[0])
    chosen = random.permutation(candidates)[: int(random.integers(1, most + 1))]
    if not len(chosen):
        return scene
    scene = replace(scene, tile=scene.tile.copy())
    outlines = shapely.transform(donor.shapes[chosen], lambda points: points @ linear.T)
    for index, outline in zip(chosen, outlines, strict=True):
        place = _find_place(outline, scene, random)
        if place is not None:
            affine = np.column_stack([linear, place])
            original = donor.labels.objects[index]
            scene = _paste(scene, _move(outline, place), original, donor.pixels, affine)
    return scene


def find_candidates(
    donor: LoadedImage, placement: Placement, tile_size_px: int
) -> NDArray[np.int64]:
    """Objects of a donor that can be pasted.

    Args:
        donor: the image they are on.
        placement: scale, turn and flip from donor to tile.
        tile_size_px: side of the tile.

    Returns:
        int64 (N,), indices: not ignored, wholly on the image, outside of ignored regions, and
        neither too small nor too large for the tile.
    """
    shapes = donor.shapes
    if not len(shapes):
        return np.zeros(0, np.int64)
    low_x, low_y, high_x, high_y = shapely.bounds(shapes).T
    is_ignored = np.array([one.is_ignored for one in donor.labels.objects])
    longest_px = np.maximum(high_x - low_x, high_y - low_y) * placement.zoom
    area_px = shapely.area(shapes) * placement.zoom**2
    is_good = ~is_ignored & (area_px >= MIN_PASTED_AREA_PX)
    is_good &= longest_px <= MAX_PASTED_SIDE * tile_size_px
    is_good &= (low_x >= MARGIN_PX) & (high_x <= donor.labels.width - MARGIN_PX)
    is_good &= (low_y >= MARGIN_PX) & (high_y <= donor.labels.height - MARGIN_PX)
    for region in shapes[is_ignored]:
        is_good &= ~shapely.intersects(shapes, region)
    return np.flatnonzero(is_good)


def _find_place(
    outline: shapely.Geometry, scene: Scene, random: np.random.Generator
) -> NDArray[np.float64] | None:
    """A shift (x, y) that puts an outline on a free place within the tile; None without one."""
    bounds = np.array(outline.bounds)
    low, high = -bounds[:2], scene.tile.shape[0] - bounds[2:]
    for _ in range(NUM_TRIES):
        shift = random.uniform(low, high)
        if (low <= high).all() and _is_free(_move(outline, shift), scene.objects):
            return shift  # type: ignore[no-any-return]
    return None


def _move(outline: shapely.Geometry, shift: NDArray[np.float64]) -> shapely.Geometry:
    return shapely.transform(outline, lambda points: points + shift)


def _is_free(shape: shapely.Geometry, objects: Sequence[LabelledObject]) -> bool:
    near = [objects[index] for index in touched_by(shape, objects)]
    shapes = make_shapes(near)
    shared = shapely.area(shapely.intersection(shapes, shape))
    if any(one.is_ignored and area > 0 for one, area in zip(near, shared, strict=True)):
        return False
    return bool((shared <= MAX_SHARED * np.minimum(shapely.area(shapes), shape.area)).all())


def touched_by(shape: shapely.Geometry, objects: Sequence[LabelledObject]) -> NDArray[np.int64]:
    """Indices of objects whose bounds meet those of a shape: int64 (N,)."""
    low_x, low_y, high_x, high_y = shape.bounds
    boxes = find_boxes(objects)
    is_near = (boxes[:, 0] < high_y) & (boxes[:, 2] > low_y)
    is_near &= (boxes[:, 1] < high_x) & (boxes[:, 3] > low_x)
    return np.flatnonzero(is_near)


def _paste(
    scene: Scene,
    shape: shapely.Geometry,
    original: LabelledObject,
    pixels: NDArray[np.uint8],
    affine: NDArray[np.float64],
) -> Scene:
    """Draw one object, in place, and put it over the labels of the others."""
    pasted = replace(original, rings=rings_of(shape))
    _blend(scene.tile, pasted, pixels, affine)
    objects = list(scene.objects)
    touched = touched_by(shape, objects)
    under = hide_under([objects[index] for index in touched], shape)
    left = dict(zip(touched.tolist(), under, strict=True))
    kept = [left.get(index, one) for index, one in enumerate(objects)]
    return replace(scene, objects=(*(one for one in kept if one is not None), pasted))


def _blend(
    tile: NDArray[np.uint8],
    pasted: LabelledObject,
    pixels: NDArray[np.uint8],
    affine: NDArray[np.float64],
) -> None:
    """Draw the pixels of an object over a tile, with a soft edge, in place."""
    size_px = tile.shape[0]
    box = find_boxes([pasted])[0]
    y1, x1 = np.maximum(np.floor(box[:2]).astype(int) - EDGE_PX, 0).tolist()
    y2, x2 = np.minimum(np.ceil(box[2:]).astype(int) + EDGE_PX, size_px).tolist()
    # Masks are square: their cells are the pixels of a square that holds the box.
    side_px = max(y2 - y1, x2 - x1)
    frame = np.array([[y1, x1, y1 + side_px, x1 + side_px]], np.float32)
    cover = draw_masks([pasted], frame, side_px)[0, : y2 - y1, : x2 - x1]
    opaque = cv2.dilate(cover, RIM)
    opaque = cv2.GaussianBlur(opaque, (0, 0), EDGE_SIGMA_PX, borderType=cv2.BORDER_REPLICATE)
    patch = np.zeros((y2 - y1, x2 - x1, 3), np.uint8)
    moved = np.column_stack([affine[:, :2], affine[:, 2] - (x1, y1)])
    warp_into(patch, pixels, moved, (0, 0, y2 - y1, x2 - x1))
    share = (opaque.astype(np.float32) / 255.0)[..., np.newaxis]
    under = tile[y1:y2, x1:x2]
    tile[y1:y2, x1:x2] = np.round(under + share * (patch.astype(np.float32) - under))
