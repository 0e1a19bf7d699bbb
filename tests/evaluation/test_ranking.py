from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.evaluation.ranking import RankedDetections, f1_at, find_best_f1, join_ranked


def _rank(scores: list[float], is_true: list[bool], num_truth: int) -> RankedDetections:
    return RankedDetections(
        np.array(scores, float), np.array(is_true, bool), np.zeros(len(scores), int), num_truth
    )


def test_f1_worked_by_hand() -> None:
    found = _rank([0.9, 0.8, 0.8, 0.3], [True, True, False, True], 5)
    assert f1_at(found, 0.95) == 0
    assert f1_at(found, 0.9) == pytest.approx(2 * 1 / (1 + 5))
    assert f1_at(found, 0.8) == pytest.approx(2 * 2 / (3 + 5))
    assert find_best_f1(found) == pytest.approx((2 * 3 / (4 + 5), 0.3))


def test_equal_scores_are_kept_together() -> None:
    # The right one alone would give 2/3.
    found = _rank([0.5, 0.5, 0.5], [True, False, False], 2)
    assert find_best_f1(found) == pytest.approx((2 / 5, 0.5))


@pytest.mark.parametrize("found", [_rank([], [], 3), _rank([0.4], [False], 3), _rank([], [], 0)])
def test_nothing_right_is_zero(found: RankedDetections) -> None:
    assert find_best_f1(found) == (0, 0)
    assert f1_at(found, 0) == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=30))
def test_no_score_gives_more_than_the_best(pairs: list[tuple[int, bool]]) -> None:
    is_true = [one for _, one in pairs]
    found = _rank([score / 10 for score, _ in pairs], is_true, sum(is_true) + 2)
    best, score = find_best_f1(found)
    assert best == pytest.approx(max(f1_at(found, number / 10) for number in range(10)))
    assert f1_at(found, score) == pytest.approx(best)


def test_joined_parts_follow_each_other() -> None:
    joined = join_ranked([_rank([0.1], [True], 2), _rank([0.9, 0.2], [False, True], 3)])
    assert joined.scores.tolist() == [0.1, 0.9, 0.2]
    assert joined.is_true.tolist() == [True, False, True]
    assert (len(joined), joined.num_truth) == (3, 5)
    assert len(join_ranked([])) == 0
