"""OSM XML for review in JOSM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LinearRing, Polygon

from geoseg.export.wgs84 import UNITS_PER_DEGREE, GridPolygons, round_to_grid
from geoseg.types import FootprintBatches, Origin

MAX_ELEMENTS = 10_000
"""A file holds fewer, which is what one OSM changeset takes."""

MAX_WAY_NODES = 2_000
# Enough for 50 files, so that few of them lie along the border of what was gathered.
_MAX_GATHERED = 50 * MAX_ELEMENTS
_BUILDING = '<tag k="building" v="yes"/>'


def write_osm(path: Path, footprints: FootprintBatches, origin: Origin) -> None:
    """Write buildings as new, unreviewed OSM objects that JOSM refuses to upload.

    Adjoining buildings share nodes. A building with holes, or with a ring of more than 2,000
    nodes, is a multipolygon relation. Score and model stay out of the tags. What would have
    10,000 elements or more is split by place into `<stem>_001.osm`, `<stem>_002.osm`, ...;
    buildings that share walls stay in one file where it can hold them. At most about half a
    million elements are in memory: as many batches as have them are split by place together.
    """
    next_id, number = -1, 0
    for grid in _gather(map(round_to_grid, footprints)):
        for members in _split_by_place(grid):
            number += 1
            document = _Document(next_id)
            for member in members:
                document.add_building(grid.polygons[member])
            next_id = document.next_id
            with _part_path(path, number).open("w", encoding="utf-8") as file:
                document.write(file, f"geoseg {origin.geoseg_version}")
    if number == 1:
        _part_path(path, number).replace(path)


def _part_path(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}_{number:03d}{path.suffix}")


@dataclass
class _Way:
    way_id: int
    node_ids: list[int]
    tags: str = ""


@dataclass
class _Document:
    """The elements of one file; ids count down from `next_id`."""

    next_id: int
    nodes: dict[tuple[int, int], int] = field(default_factory=dict)
    ways: dict[frozenset[int], _Way] = field(default_factory=dict)
    relations: list[str] = field(default_factory=list)

    def add_building(self, polygon: Polygon) -> None:
        """Add a polygon of whole 1e-7 degrees."""
        rings = [("outer", self._add_ring(polygon.exterior))]
        rings += [("inner", self._add_ring(ring)) for ring in polygon.interiors]
        if len(rings) == 1 and len(rings[0][1]) <= MAX_WAY_NODES:
            self._add_way(rings[0][1]).tags = _BUILDING
            return
        members = [
            f'<member type="way" ref="{self._add_way(part).way_id}" role="{role}"/>'
            for role, ring in rings
            for part in _cut_ring(ring)
        ]
        self.relations.append(
            f'  <relation id="{self._take_id()}" visible="true">'
            f'{"".join(members)}<tag k="type" v="multipolygon"/>{_BUILDING}</relation>\n'
        )

    def write(self, file: TextIO, generator: str) -> None:
        """Write nodes, ways and relations in this order."""
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write(f'<osm version="0.6" generator={quoteattr(generator)} upload="never">\n')
        if self.nodes:
            west, south = (_degrees(value) for value in np.min(list(self.nodes), axis=0))
            east, north = (_degrees(value) for value in np.max(list(self.nodes), axis=0))
            file.write(
                f'  <bounds minlat="{south}" minlon="{west}" maxlat="{north}" maxlon="{east}"/>\n'
            )
        for (x, y), node_id in self.nodes.items():
            file.write(
                f'  <node id="{node_id}" visible="true" lat="{_degrees(y)}" lon="{_degrees(x)}"/>\n'
            )
        for way in self.ways.values():
            refs = "".join(f'<nd ref="{node_id}"/>' for node_id in way.node_ids)
            file.write(f'  <way id="{way.way_id}" visible="true">{refs}{way.tags}</way>\n')
        file.writelines(self.relations)
        file.write("</osm>\n")

    def _add_ring(self, ring: LinearRing) -> list[int]:
        points = shapely.get_coordinates(ring).astype(np.int64)
        return [self._add_node((x, y)) for x, y in points.tolist()]

    def _add_node(self, point: tuple[int, int]) -> int:
        if point not in self.nodes:
            self.nodes[point] = self._take_id()
        return self.nodes[point]

    def _add_way(self, node_ids: list[int]) -> _Way:
        """A building that fills another's courtyard is one way, with both roles."""
        nodes = frozenset(node_ids)
        if nodes not in self.ways:
            self.ways[nodes] = _Way(self._take_id(), node_ids)
        return self.ways[nodes]

    def _take_id(self) -> int:
        self.next_id -= 1
        return self.next_id + 1


def _cut_ring(ring: list[int]) -> Iterator[list[int]]:
    """Cut a closed ring into ways of at most 2,000 nodes, end to start."""
    for start in range(0, len(ring) - 1, MAX_WAY_NODES - 1):
        yield ring[start : start + MAX_WAY_NODES]


def _degrees(units: int) -> str:
    return f"{int(units) / UNITS_PER_DEGREE:.7f}"


def _gather(grids: Iterable[GridPolygons]) -> Iterator[GridPolygons]:
    """Join successive grids until they have elements for many files; an empty one if there is none.

    Walls are shared within a grid only, so each can be split without regard to the others.
    """
    waiting: list[GridPolygons] = []
    num_elements, is_first = 0, True
    for grid in grids:
        waiting.append(grid)
        num_elements += int(_count_elements(grid).sum())
        if num_elements >= _MAX_GATHERED:
            yield _join_grids(waiting)
            waiting, num_elements, is_first = [], 0, False
    if num_elements or is_first:
        yield _join_grids(waiting)


def _join_grids(grids: list[GridPolygons]) -> GridPolygons:
    """Grids as one; owners count from 0 in each of them."""
    num_groups = [int(grid.groups.max(initial=-1)) + 1 for grid in grids]
    firsts = np.cumsum([0, *num_groups])
    return GridPolygons(
        np.concatenate([np.empty(0, object), *(grid.polygons for grid in grids)]),
        np.concatenate([np.empty(0, np.int64), *(grid.owners for grid in grids)]),
        np.concatenate(
            [
                np.empty(0, np.int64),
                *(grid.groups + first for grid, first in zip(grids, firsts, strict=False)),
            ]
        ),
    )


def _count_elements(grid: GridPolygons) -> NDArray[np.int64]:
    """Of each polygon: nodes as if none were shared, ways, a relation; never fewer than it has."""
    num_points = shapely.get_num_coordinates(grid.polygons).astype(np.int64)
    return num_points + 2 + num_points // MAX_WAY_NODES


def _split_by_place(grid: GridPolygons) -> Iterator[NDArray[np.int64]]:
    """Halve the area until each part is small enough; indices of polygons, in input order."""
    sizes = _count_elements(grid)
    centres = shapely.get_coordinates(shapely.centroid(grid.polygons))
    num_members = np.maximum(np.bincount(grid.groups), 1)
    group_centres = np.column_stack(
        [np.bincount(grid.groups, weights=axis) / num_members for axis in centres.T]
    )[grid.groups]

    waiting = [np.arange(len(grid.polygons))]
    while waiting:
        members = waiting.pop()
        if len(members) < 2 or sizes[members].sum() < MAX_ELEMENTS:
            yield np.sort(members)
            continue
        axis = int(np.argmax(np.ptp(group_centres[members], axis=0)))
        order = members[
            np.lexsort([centres[members, axis], grid.groups[members], group_centres[members, axis]])
        ]
        cut = int(np.searchsorted(np.cumsum(sizes[order]), sizes[order].sum() / 2))
        borders = np.flatnonzero(np.diff(grid.groups[order])) + 1
        if len(borders):
            cut = int(borders[np.argmin(np.abs(borders - cut))])
        cut = min(max(cut, 1), len(order) - 1)
        waiting += [order[cut:], order[:cut]]
