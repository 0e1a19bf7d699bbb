"""Moving the labels of an image into a tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.sources import LabelledObject
from geoseg.training.placement import Affine2x3, Cell

# Fragments below this share of their building, or below this area, are not learned.
MIN_VISIBLE_SHARE = 0.15
MIN_AREA_PX = 16.0
# What is smaller shows nothing at all.
MIN_SEEN_PX = 1.0


def make_shapes(objects: Sequence[LabelledObject]) -> NDArray[np.object_]:
    """The areas of objects, in their own pixels.

    Returns:
        object (N,) of valid shapely Polygon or MultiPolygon; empty where an object has no area.
    """
    shapes = np.empty(len(objects), dtype=object)
    for index, one in enumerate(objects):
        shape = shapely.Polygon(one.rings[0])
        if len(one.rings) > 1 or not shape.is_valid:
            # Ring after ring, so that a ring in a ring is a hole.
            areas = (_make_area(shapely.make_valid(shapely.Polygon(ring))) for ring in one.rings)
            shape = reduce(shapely.symmetric_difference, areas)
        shapes[index] = shape
    return shapes


def _make_area(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """The polygons of a geometry of any type."""
    # Twice: a collection may hold a multipolygon.
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def place_objects(
    objects: Sequence[LabelledObject],
    shapes: NDArray[np.object_],
    affine: Affine2x3,
    cell_px: Cell,
) -> list[LabelledObject]:
    """Objects moved by a map and clipped to a cell.

    Fragments too small to be judged come back as ignored, specks of less than a pixel not at all.

    Args:
        objects: in source pixels.
        shapes: their areas, see `make_shapes`.
        affine: source (x, y) to tile (x, y).
        cell_px: (y1, x1, y2, x2) in the tile.

    Returns:
        What is visible, in tile pixels, in the same order; rings float32.
    """
    y1, x1, y2, x2 = cell_px
    moved = shapely.transform(shapes, lambda points: points @ affine[:, :2].T + affine[:, 2])
    low_x, low_y, high_x, high_y = shapely.bounds(moved).reshape(-1, 4).T
    seen = np.flatnonzero((high_x > x1) & (high_y > y1) & (low_x < x2) & (low_y < y2))
    is_cut = (low_x < x1) | (low_y < y1) | (high_x > x2) | (high_y > y2)
    visible = moved.copy()
    cut = seen[is_cut[seen]]
    visible[cut] = shapely.clip_by_rect(moved[cut], x1, y1, x2, y2)
    areas = shapely.area(visible)
    too_small = areas < np.maximum(MIN_AREA_PX, MIN_VISIBLE_SHARE * shapely.area(moved))
    kept = seen[areas[seen] >= MIN_SEEN_PX]
    return [
        replace(
            objects[index],
            rings=rings,
            is_ignored=bool(objects[index].is_ignored or too_small[index]),
        )
        for index, rings in zip(kept, _outlines(visible[kept]), strict=True)
    ]


def hide_under(
    objects: Sequence[LabelledObject], cover: shapely.Geometry
) -> list[LabelledObject | None]:
    """What is left of objects that something has come to lie on.

    Args:
        objects: N objects.
        cover: the area of what hides them, in the same frame.

    Returns:
        N entries: the object itself where nothing of it is hidden; what is left of it, ignored
        where that is too little to be judged; None where less than a pixel is left.
    """
    shapes = make_shapes(objects)
    areas = shapely.area(shapes)
    rest = shapely.difference(shapes, cover)
    left = shapely.area(rest)
    too_small = left < np.maximum(MIN_AREA_PX, MIN_VISIBLE_SHARE * areas)
    result: list[LabelledObject | None] = []
    for index, one in enumerate(objects):
        if left[index] >= areas[index]:
            result.append(one)
        elif left[index] < MIN_SEEN_PX:
            result.append(None)
        else:
            is_ignored = bool(one.is_ignored or too_small[index])
            result.append(replace(one, rings=rings_of(rest[index]), is_ignored=is_ignored))
    return result


def rings_of(shape: shapely.Geometry) -> tuple[NDArray[np.float32], ...]:
    """The rings of the polygons of a geometry: float32 (V, 2) each, to be filled even-odd."""
    shapes = np.empty(1, dtype=object)
    shapes[0] = shape
    return _outlines(shapes)[0]


def _outlines(shapes: NDArray[np.object_]) -> list[tuple[NDArray[np.float32], ...]]:
    """The rings of the polygons of each geometry; lines that clipping left are dropped."""
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    is_polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part_of = shapely.get_rings(parts[is_polygon], return_index=True)
    points, ring_of = shapely.get_coordinates(rings, return_index=True)
    outlines: list[list[NDArray[np.float32]]] = [[] for _ in shapes]
    starts = np.searchsorted(ring_of, np.arange(1, len(rings)))
    split = np.split(points.astype(np.float32), starts) if len(rings) else []
    for ring, index in zip(split, shape_of[is_polygon][part_of], strict=True):
        outlines[index].append(ring)
    return [tuple(one) for one in outlines]
