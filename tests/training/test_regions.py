"""Ignored regions as boxes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from geoseg.datasets.sources import LabelledObject
from geoseg.training.regions import MARGIN_PX, cover_regions

TILE_PX = 300


def ignored(*shapes: shapely.Polygon) -> list[LabelledObject]:
    """Ignored objects."""
    rings = [
        tuple(
            shapely.get_coordinates(ring).astype(np.float32)
            for ring in (shape.exterior, *shape.interiors)
        )
        for shape in shapes
    ]
    return [LabelledObject(one, is_ignored=True) for one in rings]


def boxes_of(*shapes: shapely.Polygon) -> list[shapely.Polygon]:
    """The boxes as polygons."""
    return [
        shapely.box(x1, y1, x2, y2) for y1, x1, y2, x2 in cover_regions(ignored(*shapes)).tolist()
    ]


def test_none_give_none() -> None:
    assert cover_regions([]).shape == (0, 4)


def test_a_rectangle_is_its_box_and_a_speck_none() -> None:
    speck = shapely.Polygon([(200, 200), (210, 200), (200, 215)])
    boxes = cover_regions(ignored(speck, shapely.box(10, 20, 100, 60)))
    assert boxes.tolist() == [[20, 10, 60, 100]]
    assert boxes.dtype == np.float32


def test_the_corner_of_an_l_is_learned() -> None:
    corner = shapely.box(120, 120, TILE_PX, TILE_PX)
    shape = shapely.difference(shapely.box(0, 0, TILE_PX, TILE_PX), corner)
    boxes = boxes_of(shape)
    covered = shapely.union_all(boxes)
    assert covered.intersection(shape).area > 0.9 * shape.area
    assert covered.intersection(corner).area < 0.05 * corner.area
    assert len(boxes) < 60


@given(
    angle_deg=st.floats(0, 360),
    shift=st.floats(-60, 60),
    anchor=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(16, 200), st.floats(0.6, 1.6)),
)
def test_anchors_beyond_a_slanting_border_are_left_out_and_others_are_not(
    angle_deg: float, shift: float, anchor: tuple[float, float, float, float]
) -> None:
    half = shapely.affinity.rotate(
        shapely.box(150 + shift, -500, 1000, 800), angle_deg, origin=(150, 150)
    )
    shape = shapely.intersection(half, shapely.box(0, 0, TILE_PX, TILE_PX))
    x, y, side, ratio = anchor
    width, height = min(side * ratio, 300), min(side / ratio, 300)
    left, top = x * (TILE_PX - width), y * (TILE_PX - height)
    box = shapely.box(left, top, left + width, top + height)
    inside = box.intersection(shape).area / box.area
    shares = [box.intersection(one).area / box.area for one in boxes_of(*parts_of(shape))]
    # A border of two pixels is a third of the smallest anchor here, at a corner.
    if inside < 0.2:
        assert max(shares, default=0) <= 0.5
    grown = shape.buffer(MARGIN_PX + 1e-3, join_style="mitre")
    assert all(grown.covers(one) for one in boxes_of(*parts_of(shape)))


def parts_of(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """Its polygons."""
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]


def test_most_anchors_deep_inside_a_region_are_left_out() -> None:
    slant = shapely.Polygon([(0, 0), (300, 0), (300, 60), (0, 260)])
    boxes = boxes_of(slant)
    random = np.random.default_rng(0)
    num_inside = num_left_out = 0
    for _ in range(2000):
        width, height = np.exp(random.uniform(np.log(16), np.log(160), 2))
        left, top = random.uniform(0, 300 - width), random.uniform(0, 300 - height)
        anchor = shapely.box(left, top, left + width, top + height)
        if anchor.within(slant):
            num_inside += 1
            num_left_out += any(anchor.intersection(one).area > 0.5 * anchor.area for one in boxes)
    assert num_inside > 300
    assert num_left_out / num_inside == pytest.approx(1, abs=0.1)
