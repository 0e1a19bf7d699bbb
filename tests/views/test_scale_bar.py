from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.errors import ConfigError
from geoseg.views import choose_scale_bar


@pytest.mark.parametrize(
    ("gsd_m", "room_px", "length_m", "label"),
    [
        (0.3, 200, 50, "50 m"),  # room for 60 m
        (1.0, 200, 200, "200 m"),  # exactly
        (0.1, 50, 5, "5 m"),  # exactly, though 0.1 * 50 is no exact float
        (10.0, 260, 2000, "2 km"),  # room for 2.6 km
        (0.01, 99, 0.5, "50 cm"),  # room for 0.99 m
        (3.7, 130, 200, "200 m"),  # room for 481 m
    ],
)
def test_the_longest_round_length_that_fits(
    gsd_m: float, room_px: float, length_m: float, label: str
) -> None:
    bar = choose_scale_bar(gsd_m, room_px)
    assert bar.length_m == pytest.approx(length_m)
    assert bar.width_px == pytest.approx(length_m / gsd_m)
    assert bar.label == label


@given(st.floats(1e-3, 1e4), st.floats(20, 2000))
def test_a_bar_fits_and_fills_at_least_two_fifths_of_its_room(gsd_m: float, room_px: float) -> None:
    bar = choose_scale_bar(gsd_m, room_px)
    assert 0.4 * room_px * (1 - 1e-6) <= bar.width_px <= room_px * (1 + 1e-6)


@pytest.mark.parametrize(("gsd_m", "room_px"), [(0, 10), (-1, 10), (math.nan, 10), (1, 0)])
def test_lengths_must_be_above_zero(gsd_m: float, room_px: float) -> None:
    with pytest.raises(ConfigError, match="must be above 0"):
        choose_scale_bar(gsd_m, room_px)
