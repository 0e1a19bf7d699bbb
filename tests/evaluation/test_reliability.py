from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.evaluation.reliability import (
    calibration_error,
    make_reliability_table,
    wilson_interval,
)


def test_table_worked_by_hand() -> None:
    scores = np.array([0.05, 0.72, 0.78, 0.71, 1.0])
    is_true = np.array([False, True, True, False, True])
    low, middle, high = make_reliability_table(scores, is_true)
    assert (low.low, low.high, low.count, low.precision) == (0.0, 0.1, 1, 0.0)
    assert (middle.low, middle.high, middle.count) == (0.7, 0.8, 3)
    assert middle.mean_score == pytest.approx((0.72 + 0.78 + 0.71) / 3)
    assert middle.precision == pytest.approx(2 / 3)
    # A score of 1 is in the last bin, not beyond it.
    assert (high.low, high.high, high.count, high.precision) == (0.9, 1.0, 1, 1.0)
    gaps = [1 * 0.05, 3 * abs(2 / 3 - 2.21 / 3), 0]
    assert calibration_error(scores, is_true) == pytest.approx(sum(gaps) / 5)


def test_interval_is_the_one_of_the_literature() -> None:
    # 81 of 263: Newcombe 1998, "Two-sided confidence intervals for the single proportion".
    assert wilson_interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson_interval(1 / 29, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_weights_count_as_copies_would() -> None:
    scores, is_true = np.array([0.31, 0.35, 0.9]), np.array([True, False, True])
    copies = [2, 1, 3]
    weighted = make_reliability_table(scores, is_true, np.array(copies, float))
    copied = make_reliability_table(np.repeat(scores, copies), np.repeat(is_true, copies))
    for one, other in zip(weighted, copied, strict=True):
        assert one.precision == pytest.approx(other.precision)
        assert one.mean_score == pytest.approx(other.mean_score)
    assert calibration_error(scores, is_true, np.array(copies, float)) == pytest.approx(
        calibration_error(np.repeat(scores, copies), np.repeat(is_true, copies))
    )


def test_no_detections_have_no_bins_and_no_error() -> None:
    none = np.zeros(0)
    assert make_reliability_table(none, none.astype(bool)) == []
    assert calibration_error(none, none.astype(bool)) == 0


@given(st.integers(0, 2**32 - 1))
def test_scores_that_mean_what_they_say_have_a_small_error(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.random(20_000)
    assert calibration_error(scores, random.random(20_000) < scores) < 0.03
