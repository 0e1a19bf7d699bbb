"""The losses, worked by hand."""

from __future__ import annotations

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.maskrcnn.losses import (
    box_loss,
    class_loss,
    mask_loss,
    masked_mean,
    rpn_class_loss,
    sigmoid_cross_entropy,
    smooth_l1,
    softmax_class_loss,
)

LOG_2 = math.log(2)


def f32(*values: object) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def test_the_mean_counts_only_what_has_weight() -> None:
    assert float(masked_mean(f32(1, 2, 6), f32(1, 0, 1))) == 3.5


def test_the_mean_of_nothing_is_zero() -> None:
    assert float(masked_mean(f32(1, 2, 6), f32(0, 0, 0))) == 0


def test_smooth_l1_worked_by_hand() -> None:
    assert smooth_l1(f32(0, 0.5, -1, 3)).numpy().tolist() == [0, 0.125, 0.5, 2.5]


@given(
    hnp.arrays(np.float32, 6, elements=st.floats(-60, 60, width=32)),
    hnp.arrays(np.float32, 6, elements=st.floats(0, 1, width=32)),
)
def test_cross_entropy_equals_tensorflow(
    logits: NDArray[np.float32], targets: NDArray[np.float32]
) -> None:
    import tensorflow as tf

    expected = tf.nn.sigmoid_cross_entropy_with_logits(targets, logits).numpy()
    found = sigmoid_cross_entropy(logits, targets).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_cross_entropy_stays_finite_far_out() -> None:
    assert sigmoid_cross_entropy(f32(1e4, -1e4), f32(0, 1)).numpy().tolist() == [1e4, 1e4]


def test_objectness_leaves_out_unused_anchors() -> None:
    logits, labels = f32([0, 100, 0, -100]), np.array([[1, -1, 0, -1]], np.int8)
    assert float(rpn_class_loss(logits, labels)) == pytest.approx(LOG_2)


def test_box_loss_counts_positives_alone() -> None:
    deltas = f32([[1, 0, 0, 0], [9, 9, 9, 9], [3, 3, 3, 3]])
    targets = np.zeros_like(deltas)
    # (0.5 + 0 + 0 + 0) / 4 and 2.5, their mean.
    expected = (0.125 + 2.5) / 2
    assert float(box_loss(deltas, targets, f32([1, 0, 1]))) == pytest.approx(expected)


def test_class_loss_adds_the_classes_up() -> None:
    logits = f32([[0, 0], [0, 0], [50, 50]])
    targets = f32([[1, 0], [0, 0], [0, 0]])
    assert float(class_loss(logits, targets, f32([1, 1, 0]))) == pytest.approx(2 * LOG_2)


def test_a_contest_of_classes_costs_what_tensorflow_says() -> None:
    import tensorflow as tf

    random = np.random.default_rng(0)
    logits = random.normal(0, 5, (2, 6, 3)).astype(np.float32)
    classes = random.integers(0, 3, (2, 6)).astype(np.int32)
    is_used = f32([1, 1, 0, 1, 0, 1], [1, 1, 1, 1, 1, 0])
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits).numpy()
    expected = (each * is_used).sum() / is_used.sum()
    assert float(softmax_class_loss(logits, classes, is_used)) == pytest.approx(expected, rel=1e-5)
    assert float(softmax_class_loss(logits, classes, 0 * is_used)) == 0


def test_mask_loss_is_the_mean_over_cells_of_positives() -> None:
    logits = np.zeros((1, 2, 3, 3), np.float32)
    logits[0, 1] = 77
    targets = np.full((1, 2, 3, 3), 0.5, np.float32)
    assert float(mask_loss(logits, targets, f32([1, 0]))) == pytest.approx(LOG_2)


def test_without_positives_box_and_mask_cost_nothing() -> None:
    none = f32([0, 0])
    deltas = np.ones((1, 2, 4), np.float32)
    masks = np.ones((1, 2, 3, 3), np.float32)
    assert float(box_loss(deltas, -deltas, none)) == 0
    assert float(mask_loss(masks, 0 * masks, none)) == 0
