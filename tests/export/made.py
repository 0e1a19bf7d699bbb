"""Footprints and origins made for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely
import shapely.affinity
from pyproj import CRS
from shapely import Polygon

from geoseg.crs import WGS84, local_metric_crs
from geoseg.types import FootprintList, Footprints, Origin, join_footprints

METRIC = local_metric_crs(WGS84, 85.52, 27.63)

ORIGIN = Origin(
    geoseg_version="0.1.0",
    model="compact",
    weights_sha256="0123456789abcdef" * 4,
    raster="Kāṭhmāṇḍū & co.tif",
    raster_date="2020-05-01",
    created="2025-01-02T03:04:05Z",
    config={"footprints.tolerance_m": 0.5},
)


def make_footprints(*polygons: Polygon, crs: CRS = METRIC) -> Footprints:
    """Footprints with scores 0.91234, 0.81234, ... and planar areas."""
    array = np.empty(len(polygons), dtype=object)
    array[:] = polygons
    scores = (0.91234 - 0.1 * np.arange(len(array)) % 0.9).astype(np.float32)
    return Footprints(shapely.orient_polygons(array), scores, shapely.area(array), crs)


def make_row(size: int, gap_m: float = 0.0) -> list[Polygon]:
    """A row of turned houses of 10 m x 8 m, `gap_m` between their walls."""
    return [
        shapely.affinity.rotate(
            shapely.box(index * (10 + gap_m), 0, index * (10 + gap_m) + 10, 8), 17, origin=(0, 0)
        )
        for index in range(size)
    ]


COURTYARD = shapely.box(100, 0, 130, 30).difference(shapely.box(110, 10, 120, 20))


def make_town(num_blocks: int) -> list[Footprints]:
    """Blocks of 9 buildings: eight houses that touch, and a courtyard; no two blocks touch."""
    blocks = []
    for index in range(num_blocks):
        shift = (150.0 * (index % 20), 45.0 * (index // 20))
        houses = [*make_row(8), COURTYARD]
        moved = (shapely.affinity.translate(one, *shift) for one in houses)
        blocks.append(make_footprints(*moved))
    return blocks


def batch_up(blocks: Sequence[Footprints], cuts: Iterable[int]) -> FootprintList:
    """Blocks as batches, cut before the blocks of these numbers."""
    borders = [0, *sorted(set(cuts)), len(blocks)]
    batches = [join_footprints(blocks[start:stop], METRIC) for start, stop in pairwise(borders)]
    return FootprintList(tuple(batches), METRIC)
