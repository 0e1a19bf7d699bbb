"""The learning rate over a run."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.training.schedule import WarmupCosine


def rate(schedule: WarmupCosine, step: int) -> float:
    """The learning rate of a step."""
    return float(schedule(step))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (0, 0.02),
        (4, 0.1),
        (9, 0.2),
        (10, 0.2),
        (35, 0.1 * (1 + math.sqrt(0.5))),
        (60, 0.1),
        (110, 0.0),
        (500, 0.0),
    ],
)
def test_it_grows_to_the_peak_and_falls_to_zero(step: int, expected: float) -> None:
    assert rate(WarmupCosine(0.2, 10, 110), step) == pytest.approx(expected, abs=1e-7)


def test_it_may_start_at_the_peak() -> None:
    assert rate(WarmupCosine(0.2, 0, 100), 0) == pytest.approx(0.2)


def test_a_run_shorter_than_its_warmup_never_falls() -> None:
    rates = [rate(WarmupCosine(1.0, 100, 10), step) for step in range(10)]
    assert rates == pytest.approx([0.01 * (step + 1) for step in range(10)])


def test_it_is_made_again_from_its_config() -> None:
    schedule = WarmupCosine(0.2, 10, 110)
    again = WarmupCosine.from_config(schedule.get_config())
    assert rate(again, 35) == rate(schedule, 35)


@given(st.integers(0, 50), st.integers(1, 200), st.integers(0, 300))
def test_it_stays_between_zero_and_the_peak(warmup: int, steps: int, step: int) -> None:
    assert 0 <= rate(WarmupCosine(0.5, warmup, steps), step) <= 0.5
