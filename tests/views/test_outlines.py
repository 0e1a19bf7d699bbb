from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from shapely.geometry import Polygon, box

from geoseg.views import draw_outlines, score_colours, to_pixels


def test_no_polygons_leave_the_image_as_it_is() -> None:
    image = np.random.default_rng(0).integers(0, 255, (31, 47, 3), dtype=np.uint8)
    drawn = draw_outlines(image, [])
    assert (drawn == image).all()
    assert drawn is not image


def test_the_input_is_not_changed() -> None:
    image = np.full((40, 40, 3), 100, np.uint8)
    draw_outlines(image, [box(5, 5, 35, 35)])
    assert (image == 100).all()


def test_an_outline_lies_on_the_edge_and_nothing_outside_changes() -> None:
    image = np.full((60, 80, 3), 100, np.uint8)
    drawn = draw_outlines(image, [box(20, 10, 60, 50)])
    changed = (drawn != 100).any(axis=2)
    rows, cols = np.nonzero(changed)
    assert (rows.min(), cols.min()) == pytest.approx((10, 20), abs=4)
    assert (rows.max(), cols.max()) == pytest.approx((50, 60), abs=4)
    # Cyan on the wall; inside only a tint, so that the roof stays visible.
    assert drawn[30, 20].tolist() == pytest.approx([0, 229, 255], abs=90)
    assert np.abs(drawn[30, 40].astype(int) - 100).max() < 30


def test_a_courtyard_is_not_filled() -> None:
    image = np.full((60, 60, 3), 100, np.uint8)
    ring = Polygon(box(5, 5, 55, 55).exterior, [box(20, 20, 40, 40).exterior])
    drawn = draw_outlines(image, [ring])
    assert drawn[30, 30].tolist() == [100, 100, 100]
    assert drawn[30, 12].tolist() != [100, 100, 100]


def test_colours_follow_the_scores() -> None:
    image = np.zeros((50, 120, 3), np.uint8)
    houses = [box(5, 5, 45, 45), box(65, 5, 105, 45)]
    drawn = draw_outlines(image, houses, [0.0, 1.0])
    low, high = drawn[25, 5].astype(int), drawn[25, 65].astype(int)
    assert low[0] > low[2]
    assert high[2] > high[0]


def test_polygons_outside_the_image_are_fine() -> None:
    image = np.full((20, 20, 3), 9, np.uint8)
    assert (draw_outlines(image, [box(500, 500, 600, 600)]) == 9).all()


def test_scores_are_clipped_to_the_ramp() -> None:
    colours = score_colours([-1.0, 0.5, 0.75, 2.0], lowest=0.5)
    assert colours.tolist() == [[255, 82, 82], [255, 82, 82], [255, 202, 40], [0, 229, 255]]
    assert score_colours([]).shape == (0, 3)


def test_map_coordinates_become_pixels() -> None:
    transform = Affine(0.5, 0.0, 1000.0, 0.0, -0.5, 2000.0)
    (outline,) = to_pixels([box(1001, 1990, 1005, 1999)], transform)
    assert outline.bounds == pytest.approx((2, 2, 10, 20))
    assert to_pixels([], transform).shape == (0,)


def test_a_turned_raster_is_taken_into_account() -> None:
    turned = Affine(0.0, 0.5, 100.0, 0.5, 0.0, 200.0)
    (outline,) = to_pixels([box(101, 203, 102, 205)], turned)
    assert shapely.get_exterior_ring(outline).bounds == pytest.approx((6, 2, 10, 4))
