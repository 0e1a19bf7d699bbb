"""Areas that lie side by side: a country that is cut into jobs."""

from __future__ import annotations

import pytest
import shapely

from geoseg.crs import transform_polygons
from tests.bright import make_scene
from tests.pipeline.placed import PlacedScan, PlacedSource

SHAPE_HW = (820, 900)


@pytest.mark.parametrize("border_px", [262, 390])
def test_areas_side_by_side_give_each_building_once(border_px: int) -> None:
    # Every roof row differs, and the border cuts some of them; in the first case it also lies in
    # the overlap of two rows of tiles.
    roofs = [
        (y, x, y + 20 + (x + y) % 23, x + 20 + x % 29)
        for y in range(5, SHAPE_HW[0] - 50, 45)
        for x in range(5, SHAPE_HW[1] - 55, 51)
    ]
    assert any(y1 < border_px < y2 for y1, _, y2, _ in roofs)
    source = PlacedSource(make_scene(SHAPE_HW, roofs))
    whole = PlacedScan(source).footprints
    height, width = SHAPE_HW
    areas = (shapely.box(0, 0, width, border_px), shapely.box(0, border_px, width, height))
    parts = [PlacedScan(source, area_px=area).footprints for area in areas]
    assert sum(map(len, parts)) == len(whole) == len(roofs)
    upper, lower = (transform_polygons(one.polygons, one.crs, whole.crs) for one in parts)
    # Each of the whole is that of a part.
    both = shapely.STRtree([*upper, *lower])
    near = both.query(whole.polygons, predicate="intersects")
    assert near.shape[1] == len(whole)
    shared = shapely.area(shapely.intersection(whole.polygons[near[0]], both.geometries[near[1]]))
    assert (shared > 0.999 * shapely.area(whole.polygons[near[0]])).all()
