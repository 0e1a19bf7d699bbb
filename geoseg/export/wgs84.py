"""Footprints in degrees, on the grid of 1e-7 degrees that GeoJSON and OSM files share.

Rounding each polygon by itself would let walls that two buildings share overlap or part by a
centimetre. Here the outlines of buildings that touch are rounded together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geoseg.crs import WGS84, transform_polygons
from geoseg.groups import group_connected
from geoseg.types import Footprints

UNITS_PER_DEGREE = 10_000_000
# About 0.1 m: walls of two detections that are closer are the same wall.
_SNAP_UNITS = 9.0


class GridPolygons(NamedTuple):
    """Polygons whose coordinates are whole numbers of 1e-7 degrees, longitude first.

    Attributes:
        polygons: object (P,) of valid shapely Polygon, exteriors counter-clockwise; those
            that touch have equal vertices where they do, and none overlap.
        owners: int64 (P,), index of the footprint that each is, or is a part of.
        groups: int64 (P,), equal for polygons that are connected by shared walls.
    """

    polygons: NDArray[np.object_]
    owners: NDArray[np.int64]
    groups: NDArray[np.int64]


def round_to_grid(footprints: Footprints) -> GridPolygons:
    """Reproject footprints to WGS 84 and round them, neighbours together.

    Gaps of less than about 0.1 m between walls are closed. A footprint across the antimeridian
    is cut there into two parts; one that is smaller than the grid is left out.
    """
    in_degrees = transform_polygons(footprints.polygons, footprints.crs, WGS84)
    whole, owners = _cut_at_antimeridian(in_degrees)
    units = shapely.transform(whole, lambda points: points * UNITS_PER_DEGREE)
    rounded = _largest_parts(shapely.set_precision(shapely.make_valid(units), 1.0))
    near = _find_near(rounded)
    neighbours: list[list[int]] = [[] for _ in rounded]
    for one, other in near.T.tolist():
        neighbours[one].append(other)
    groups = group_connected(near[0], near[1], len(rounded))
    by_group = np.argsort(groups, kind="stable")
    for members in np.split(by_group, np.cumsum(np.bincount(groups))[:-1]):
        if len(members) > 1:
            rounded[members] = _share_nodes(rounded, members, neighbours)
    is_kept = ~shapely.is_empty(rounded)
    return GridPolygons(shapely.orient_polygons(rounded[is_kept]), owners[is_kept], groups[is_kept])


def _cut_at_antimeridian(
    polygons: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    bounds = shapely.bounds(polygons).reshape(-1, 4)
    is_across = bounds[:, 2] - bounds[:, 0] > 180
    if not is_across.any():
        return polygons, np.arange(len(polygons))
    across = shapely.transform(
        polygons[is_across], lambda points: np.column_stack([points[:, 0] % 360, points[:, 1]])
    )
    west = shapely.intersection(across, shapely.box(0, -90, 180, 90))
    east = shapely.transform(
        shapely.intersection(across, shapely.box(180, -90, 360, 90)),
        lambda points: points - [360, 0],
    )
    index = np.flatnonzero(is_across)
    return (
        _largest_parts(np.concatenate([polygons[~is_across], west, east])),
        np.concatenate([np.flatnonzero(~is_across), index, index]),
    )


def _largest_parts(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    result = geometries.copy()
    for index in np.flatnonzero(shapely.get_type_id(geometries) != shapely.GeometryType.POLYGON):
        parts = [part for part in shapely.get_parts(geometries[index]) if isinstance(part, Polygon)]
        result[index] = max(parts, key=lambda part: part.area, default=Polygon())
    return result


def _find_near(polygons: NDArray[np.object_]) -> NDArray[np.int64]:
    """Pairs of polygons that are near each other, both ways round: int64 (2, P), in order."""
    tree = shapely.STRtree(polygons)
    pairs = tree.query(polygons, predicate="dwithin", distance=_SNAP_UNITS)
    pairs = pairs[:, pairs[0] != pairs[1]]
    # In order: what is snapped must not depend on how the tree of all polygons was built.
    return pairs[:, np.lexsort(pairs[::-1])]


def _share_nodes(
    polygons: NDArray[np.object_], members: NDArray[np.int64], neighbours: list[list[int]]
) -> NDArray[np.object_]:
    """Node the outlines of a group on the grid and build its polygons from the faces.

    Every crossing and every touch becomes a vertex of both sides, so the polygons share walls
    exactly; a face that two of them claim goes to the first.
    """
    snapped: dict[int, Polygon] = {}
    for _ in range(2):  # The second time, the earlier ones take over vertices of the later ones.
        for member in members.tolist():
            around = [snapped[other] for other in neighbours[member] if other in snapped]
            before = snapped.get(member, polygons[member])
            moved = shapely.snap(before, MultiPolygon(around), _SNAP_UNITS)
            snapped[member] = moved if moved.is_valid and not moved.is_empty else before
    outlines = np.array(list(snapped.values()), dtype=object)
    lines = shapely.union_all(shapely.boundary(outlines), grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    tree = shapely.STRtree(shapely.point_on_surface(faces))
    owner, face = tree.query(outlines, predicate="contains")
    order = np.lexsort([owner, face])
    face, first = np.unique(face[order], return_index=True)
    owner = owner[order][first]
    merged = [shapely.union_all(faces[face[owner == index]]) for index in range(len(outlines))]
    return _largest_parts(np.array(merged, dtype=object))
