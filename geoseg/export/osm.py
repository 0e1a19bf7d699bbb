"""OSM XML for review in JOSM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LinearRing, Polygon

from geoseg.export.wgs84 import UNITS_PER_DEGREE, GridPolygons, round_to_grid
from geoseg.types import Footprints, Origin

MAX_ELEMENTS = 10_000
"""A file holds fewer, which is what one OSM changeset takes."""

MAX_WAY_NODES = 2_000
_BUILDING = '<tag k="building" v="yes"/>'


def write_osm(path: Path, footprints: Footprints, origin: Origin) -> None:
    """Write buildings as new, unreviewed OSM objects that JOSM refuses to upload.

    Adjoining buildings share nodes. A building with holes, or with a ring of more than 2,000
    nodes, is a multipolygon relation. Score and model stay out of the tags. What would have
    10,000 elements or more is split by place into `<stem>_001.osm`, `<stem>_002.osm`, ...;
    buildings that share walls stay in one file where it can hold them.
    """
    grid = round_to_grid(footprints)
    files = list(_split_by_place(grid))
    next_id = -1
    for number, members in enumerate(files, start=1):
        name = path.name if len(files) == 1 else f"{path.stem}_{number:03d}{path.suffix}"
        document = _Document(next_id)
        for member in members:
            document.add_building(grid.polygons[member])
        next_id = document.next_id
        with path.with_name(name).open("w", encoding="utf-8") as file:
            document.write(file, f"geoseg {origin.geoseg_version}")


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


def _split_by_place(grid: GridPolygons) -> Iterator[NDArray[np.int64]]:
    """Halve the area until each part is small enough; indices of polygons, in input order."""
    # Nodes counted as if none were shared, ways, and a relation: never fewer than there are.
    sizes = shapely.get_num_coordinates(grid.polygons) + 2
    sizes += shapely.get_num_coordinates(grid.polygons) // MAX_WAY_NODES
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
