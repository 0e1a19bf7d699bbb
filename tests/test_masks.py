"""Soft masks on the pixel grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.masks import paste_mask, sample_mask


def test_cell_centres_keep_their_values() -> None:
    mask = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], np.float32)
    sampled = sample_mask(mask, np.array([0, 0, 2, 3]), (0, 0, 2, 3))
    assert sampled.dtype == np.float32
    np.testing.assert_allclose(sampled, mask, atol=1e-6)


def test_values_between_centres_are_interpolated() -> None:
    # Two cells over four pixels: their centres lie at 1 and 3, the pixels' at 0.5 .. 3.5.
    mask = np.array([[0.0, 1.0]])
    sampled = sample_mask(mask, np.array([0, 0, 1, 4]), (0, 0, 1, 4))
    np.testing.assert_allclose(sampled, [[0.0, 0.25, 0.75, 1.0]])


def test_pixels_whose_centre_is_outside_the_box_are_zero() -> None:
    sampled = sample_mask(np.ones((3, 3)), np.array([0.4, 1.6, 2.5, 2.4]), (0, 0, 4, 4))
    # Rows 0 and 1 lie inside 0.4 .. 2.5, half-open; no column has its centre in 1.6 .. 2.4.
    assert sampled.sum() == 0
    sampled = sample_mask(np.ones((3, 3)), np.array([0.4, 1.5, 2.5, 3.5]), (0, 0, 4, 4))
    np.testing.assert_array_equal(sampled.any(axis=1), [True, True, False, False])
    np.testing.assert_array_equal(sampled.any(axis=0), [False, True, True, False])


def test_a_frame_elsewhere_is_empty() -> None:
    assert sample_mask(np.ones((2, 2)), np.array([0, 0, 4, 4]), (10, 10, 13, 12)).sum() == 0
    assert sample_mask(np.ones((2, 2)), np.array([0, 0, 4, 4]), (2, 2, 2, 5)).shape == (0, 3)


def test_half_precision_masks_are_sampled_in_single() -> None:
    sampled = sample_mask(np.full((5, 7), 0.5, np.float16), np.array([0, 0, 9, 9]), (0, 0, 9, 9))
    assert sampled.dtype == np.float32
    np.testing.assert_allclose(sampled, 0.5)


def test_pasted_mask_is_cut_at_the_image() -> None:
    pasted = paste_mask(np.ones((28, 28)), np.array([-3.0, 2.0, 2.0, 9.0]), (4, 5))
    expected = np.zeros((4, 5), bool)
    expected[:2, 2:] = True
    np.testing.assert_array_equal(pasted, expected)


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (-9, -9, -4, -4), (10, 10, 20, 20), (3, 3, 2, 2)])
def test_a_box_without_pixels_pastes_nothing(box: tuple[float, ...]) -> None:
    pasted = paste_mask(np.ones((3, 3)), np.array(box, np.float32), (6, 7))
    assert pasted.shape == (6, 7)
    assert not pasted.any()


def test_exactly_one_half_is_outside() -> None:
    assert not paste_mask(np.full((2, 2), 0.5), np.array([0, 0, 2, 2]), (2, 2)).any()


@given(
    shape_hw=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    corner=st.tuples(st.floats(-5, 20), st.floats(-5, 20)),
    size=st.tuples(st.floats(0.1, 30), st.floats(0.1, 30)),
)
def test_a_constant_mask_fills_its_box(
    shape_hw: tuple[int, int], corner: tuple[float, float], size: tuple[float, float]
) -> None:
    y1, x1 = corner
    y2, x2 = y1 + size[0], x1 + size[1]
    frame = (-7, -6, 40, 41)
    sampled = sample_mask(np.full(shape_hw, 0.7), np.array([y1, x1, y2, x2]), frame)
    rows, cols = np.arange(-7, 40) + 0.5, np.arange(-6, 41) + 0.5
    inside = ((rows >= y1) & (rows < y2))[:, None] & ((cols >= x1) & (cols < x2))
    np.testing.assert_allclose(sampled, 0.7 * inside, atol=1e-5)


@given(st.integers(0, 2**32 - 1), st.integers(-4, 9), st.integers(-4, 9))
def test_a_frame_is_a_window_of_a_larger_one(seed: int, row: int, col: int) -> None:
    random = np.random.default_rng(seed)
    mask = random.random((5, 4))
    box = np.sort(random.uniform(-3, 12, (2, 2)), axis=0).ravel()
    whole = sample_mask(mask, box, (-4, -4, 13, 13))
    part = sample_mask(mask, box, (row, col, row + 4, col + 3))
    np.testing.assert_allclose(part, whole[row + 4 : row + 8, col + 4 : col + 7], atol=1e-6)


@given(st.floats(0, 1, width=16), st.floats(-3, 9), st.floats(0.5, 40))
def test_a_mask_of_one_value_has_exactly_that_value(
    value: float, start: float, side: float
) -> None:
    mask = np.full((7, 5), value, np.float16)
    sampled = sample_mask(mask, np.array([start, start, start + side, start + side]), (0, 0, 9, 9))
    centres = np.arange(9) + 0.5
    is_inside = (centres >= start) & (centres < start + side)
    np.testing.assert_array_equal(sampled, np.where(np.outer(is_inside, is_inside), value, 0))
