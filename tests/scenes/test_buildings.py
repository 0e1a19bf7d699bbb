from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import box

from geoseg.scenes.buildings import Building, Finish, Part, keep_apart

FINISH = Finish("tile", (0.5, 0.4, 0.3))


def hut(x: float, y: float, side_m: float = 4.0) -> Building:
    return Building(x, y, 0.0, (Part(0, 0, side_m, side_m, 3.0, "flat"),), FINISH)


def test_the_footprint_of_two_wings_is_their_union() -> None:
    parts = (Part(0, 0, 10, 6, 3.0, "hip", 0.4), Part(3, 4, 4, 6, 3.0, "gable", 0.4))
    # An L: 10 x 6, and the 4 x 4 of the other wing that stand out.
    building = Building(20, 30, 0.3, parts, FINISH)
    assert building.footprint.area == pytest.approx(60 + 16)
    assert len(building.footprint.exterior.coords) - 1 == 6


def test_turning_by_a_quarter_swaps_width_and_depth() -> None:
    parts = (Part(0, 0, 10, 6, 3.0, "flat"),)
    low_x, low_y, high_x, high_y = Building(5, 7, np.pi / 2, parts, FINISH).footprint.bounds
    assert (low_x, low_y, high_x, high_y) == pytest.approx((2, 2, 8, 12))


def test_a_cone_is_round() -> None:
    building = Building(0, 0, 0, (Part(0, 0, 6, 6, 2, "cone", 0.6),), FINISH)
    assert building.footprint.area == pytest.approx(np.pi * 9, rel=0.02)


def test_of_two_that_overlap_the_first_is_kept() -> None:
    first, second, third = hut(0, 0), hut(3, 0), hut(6, 0)
    assert keep_apart([first, second, third]) == [first, third]


def test_shared_walls_are_allowed_unless_a_gap_is_asked_for() -> None:
    first, second = hut(0, 0), hut(4, 0)
    assert keep_apart([first, second]) == [first, second]
    assert keep_apart([first, second], gap_m=0.5) == [first]


def test_obstacles_keep_buildings_away() -> None:
    first, second = hut(0, 0), hut(20, 0)
    assert keep_apart([first, second], [box(15, -5, 19, 5)]) == [first]


def test_no_buildings_are_fine() -> None:
    assert keep_apart([], [box(0, 0, 1, 1)]) == []
