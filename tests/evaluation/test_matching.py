from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.evaluation import average_precision, match_footprints


def _boxes(*bounds: tuple[float, float, float, float]) -> np.ndarray:
    boxes = np.empty(len(bounds), dtype=object)
    boxes[:] = [shapely.box(*one) for one in bounds]
    return boxes


def test_each_takes_the_partner_of_highest_iou() -> None:
    # IoU 80 / 120 with the first, 8 x 10 shared of 10 x 12.
    pred = _boxes((2, 0, 12, 10), (50, 0, 60, 10))
    truth = _boxes((0, 0, 10, 10), (30, 0, 40, 10), (50, 0, 60, 9))
    matches = match_footprints(pred, truth)
    assert matches.truth_of_pred.tolist() == [0, 2]
    assert matches.pred_of_truth.tolist() == [0, -1, 1]
    assert matches.ious.tolist() == pytest.approx([80 / 120, 0.9])


def test_iou_equal_to_the_threshold_is_enough() -> None:
    pred, truth = _boxes((0, 0, 10, 10)), _boxes((0, 0, 10, 5))
    assert match_footprints(pred, truth, 0.5).truth_of_pred.tolist() == [0]
    assert match_footprints(pred, truth, 0.51).truth_of_pred.tolist() == [-1]


def test_higher_score_chooses_first_even_where_its_iou_is_lower() -> None:
    pred = _boxes((0, 0, 10, 10), (0, 0, 10, 8))
    truth = _boxes((0, 0, 10, 10))
    scores = np.array([0.3, 0.9])
    assert match_footprints(pred, truth, scores=scores).truth_of_pred.tolist() == [-1, 0]
    assert match_footprints(pred, truth).truth_of_pred.tolist() == [0, -1]


def test_second_best_partner_is_taken_when_the_best_is_gone() -> None:
    pred = _boxes((0, 0, 10, 10), (0, 0, 10, 10))
    truth = _boxes((0, 0, 10, 10), (0, 0, 10, 7))
    scores = np.array([0.9, 0.8])
    assert match_footprints(pred, truth, scores=scores).truth_of_pred.tolist() == [0, 1]


@pytest.mark.parametrize(("num_pred", "num_truth"), [(0, 0), (0, 2), (2, 0)])
def test_an_empty_side_has_no_matches(num_pred: int, num_truth: int) -> None:
    matches = match_footprints(
        _boxes(*[(0, 0, 1, 1)] * num_pred), _boxes(*[(0, 0, 1, 1)] * num_truth)
    )
    assert matches.truth_of_pred.tolist() == [-1] * num_pred
    assert matches.pred_of_truth.tolist() == [-1] * num_truth


boxes = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 5), st.integers(1, 5)).map(
        lambda one: (one[0], one[1], one[0] + one[2], one[1] + one[3])
    ),
    max_size=8,
)


@given(boxes, boxes, st.floats(0.05, 1))
def test_matches_are_one_to_one_and_as_good_as_asked(
    pred: list[tuple[float, float, float, float]],
    truth: list[tuple[float, float, float, float]],
    iou: float,
) -> None:
    matches = match_footprints(_boxes(*pred), _boxes(*truth), iou)
    taken = matches.truth_of_pred[matches.truth_of_pred >= 0]
    assert len(set(taken.tolist())) == len(taken)
    for index, other in enumerate(matches.truth_of_pred):
        if other >= 0:
            assert matches.pred_of_truth[other] == index
            assert matches.ious[index] >= iou
        else:
            assert matches.ious[index] == 0


def test_average_precision_worked_by_hand() -> None:
    # Recall 1/2 at precision 1, then 2/2 at precision 2/3: 51 of 101 points and 50 of 101.
    is_match = np.array([True, False, True])
    value = average_precision(is_match, np.array([0.9, 0.8, 0.7]), 2)
    assert value == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)


def test_average_precision_without_either_side_is_zero() -> None:
    none = np.zeros(0)
    assert average_precision(none.astype(bool), none, 3) == 0
    assert average_precision(np.zeros(2, dtype=bool), np.ones(2), 0) == 0
