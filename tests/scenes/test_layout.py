from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from geoseg.scenes.layout import Frame, Lot, make_frame, make_streets, split_block
from geoseg.scenes.light import Light


def test_a_straight_frame_only_turns_and_moves() -> None:
    frame = Frame((10.0, 20.0), np.pi / 2, 0.0, 100.0)
    assert frame.to_xy(3.0, 4.0) == pytest.approx([10 - 4, 20 + 3])


def test_a_bent_frame_keeps_its_distance_from_the_middle_of_the_bend() -> None:
    frame = Frame((0.0, 0.0), 0.0, 1 / 50, 100.0)
    points = frame.to_xy(np.linspace(-40, 40, 9), 10.0)
    assert np.hypot(points[:, 0], points[:, 1] - 50) == pytest.approx(np.full(9, 40.0))


@given(st.floats(-1 / 150, 1 / 150), st.integers(-1, 1).filter(bool))
def test_lot_coordinates_start_at_the_street(curvature: float, front: int) -> None:
    lot = Lot(Frame((0.0, 0.0), 0.4, curvature, 100.0), 10.0, 30.0, 5.0, 35.0, front)
    street_t = 5.0 if front > 0 else 35.0
    expected = lot.frame.to_xy(20.0, street_t)
    assert lot.to_xy(0.0, 0.0) == pytest.approx(expected, abs=1e-6)


def test_lots_fill_their_block_without_overlap() -> None:
    rng = np.random.default_rng(0)
    streets = make_streets(
        rng,
        make_frame(rng, (120.0, 120.0), bend=0.0),
        width_m=8.0,
        block_depth_m=(40.0, 50.0),
        block_length_m=(60.0, 90.0),
    )
    block = streets.blocks[0]
    lots = list(split_block(rng, streets, block, lot_width_m=(12.0, 18.0), rows=2))
    area = (block[1] - block[0]) * (block[3] - block[2])
    assert sum(Polygon(lot.corners).area for lot in lots) == pytest.approx(area)
    assert min(lot.width_m for lot in lots) > 9


def test_a_roof_towards_the_sun_is_brighter_than_one_turned_away() -> None:
    light = Light((1.0, 0.0), np.radians(45), 0.4, (0.0, 0.0))
    assert light.shade(0.0, (1.0, 0.0)) == pytest.approx(1.0)
    # 45 degrees slope under a sun at 45 degrees: cos + cos * 1 / tan(45) = sqrt(2).
    assert light.shade(1.0, (1.0, 0.0)) == pytest.approx(0.4 + 0.6 * np.sqrt(2))
    assert light.shade(1.0, (-1.0, 0.0)) == pytest.approx(0.4)


def test_a_shadow_is_as_long_as_the_wall_is_high_under_a_sun_at_45_degrees() -> None:
    light = Light((1.0, 0.0), np.radians(45), 0.4, (0.0, 0.0))
    assert light.shadow_offset(3.0) == pytest.approx((-3.0, 0.0))
