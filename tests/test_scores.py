from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.scores import IDENTITY, calibrate_scores, find_raw_score

unit = st.floats(0, 1, width=32)
weights = st.floats(0, 5).filter(lambda value: value == 0 or value > 1e-3)
calibrations = st.tuples(weights, weights, st.floats(-5, 5)).filter(lambda one: one[0] + one[1] > 0)


def test_scores_worked_by_hand() -> None:
    # logit = 2 ln(1/2) + 1 ln(1/2) ... - (-3): odds 1/4 * 2 * e^3, then odds 81/100 * 10 * e^3.
    raw = np.array([[0.5], [0.9]])
    odds = np.array([[0.25 * 2], [0.81 * 10]]) * math.exp(3)
    calibrated = calibrate_scores(raw, (2.0, 1.0, 3.0))
    assert calibrated.dtype == np.float32
    assert calibrated == pytest.approx(odds / (1 + odds))


def test_no_calibration_and_the_identity_change_nothing() -> None:
    raw = np.linspace(0.001, 0.999, 50, dtype=np.float32)
    assert calibrate_scores(raw, None).tolist() == raw.tolist()
    assert calibrate_scores(raw, IDENTITY) == pytest.approx(raw, rel=1e-5)
    assert find_raw_score(0.3, None) == 0.3


def test_no_scores_stay_none() -> None:
    assert calibrate_scores(np.zeros((0, 5), np.float32), (1.0, 2.0, 0.0)).shape == (0, 5)


@given(st.lists(unit, min_size=2, max_size=30), calibrations)
def test_calibrated_scores_are_in_the_order_of_the_raw_ones(
    raw: list[float], calibration: tuple[float, float, float]
) -> None:
    calibrated = calibrate_scores(np.sort(np.array(raw, np.float32)), calibration)
    assert (np.diff(calibrated) >= 0).all()
    assert ((calibrated >= 0) & (calibrated <= 1)).all()


@given(st.lists(unit, min_size=1, max_size=30), unit, calibrations)
def test_a_threshold_before_keeps_what_one_after_keeps(
    raw: list[float], wanted: float, calibration: tuple[float, float, float]
) -> None:
    scores = np.array(raw, np.float32)
    least = np.float32(find_raw_score(wanted, calibration))
    kept_after = calibrate_scores(scores, calibration) >= np.float32(wanted)
    assert (scores >= least).tolist() == kept_after.tolist()


def test_a_score_that_nothing_reaches_keeps_nothing() -> None:
    # Without a term for 1 - raw, even a raw score of 1 is only 1/2 once calibrated.
    assert find_raw_score(0.6, (1.0, 0.0, 0.0)) == math.inf
    assert find_raw_score(0.0, (1.0, 0.0, 0.0)) == 0.0
