"""Arithmetic on boxes."""

from __future__ import annotations

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from numpy.typing import NDArray

from geoseg.maskrcnn.architecture import MAX_LOG_SCALE
from geoseg.maskrcnn.boxes import (
    box_areas,
    clip_boxes,
    decode_boxes,
    encode_boxes,
    pairwise_inside,
    pairwise_iou,
)

CANVAS_PX = 24


def f32(*rows: tuple[float, ...]) -> NDArray[np.float32]:
    return np.array(rows, np.float32).reshape(-1, 4)


@st.composite
def whole_boxes(draw: st.DrawFn, count: int = 5) -> NDArray[np.float32]:
    """Boxes at whole pixels of the canvas, some of them empty."""
    corners = draw(hnp.arrays(np.int64, (count, 2, 2), elements=st.integers(0, CANVAS_PX)))
    corners.sort(axis=1)
    return corners.reshape(count, 4).astype(np.float32)


@st.composite
def real_boxes(draw: st.DrawFn, count: int = 5) -> NDArray[np.float32]:
    """Boxes with sides of 1 to 200 px, which may reach beyond a tile."""
    corner = draw(hnp.arrays(np.float32, (count, 2), elements=st.floats(-50, 300, width=32)))
    sides = draw(hnp.arrays(np.float32, (count, 2), elements=st.floats(1, 200, width=32)))
    return np.concatenate([corner, corner + sides], axis=1)


def draw_boxes(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    canvas = np.zeros((len(boxes), CANVAS_PX, CANVAS_PX), bool)
    for row, (y1, x1, y2, x2) in zip(canvas, boxes.astype(int), strict=True):
        row[y1:y2, x1:x2] = True
    return canvas


def test_areas_worked_by_hand() -> None:
    boxes = f32((0, 0, 2, 3), (1, 1, 1, 5), (4, 4, 2, 9))
    assert ops.convert_to_numpy(box_areas(boxes)).tolist() == [6, 0, 0]


def test_iou_worked_by_hand() -> None:
    boxes = f32((0, 0, 2, 2))
    others = f32((1, 1, 3, 3), (0, 0, 2, 2), (0, 0, 4, 4), (2, 0, 4, 2), (1, 1, 1, 1))
    iou = ops.convert_to_numpy(pairwise_iou(boxes, others))
    np.testing.assert_allclose(iou, [[1 / 7, 1, 0.25, 0, 0]], rtol=1e-6)


def test_share_inside_worked_by_hand() -> None:
    boxes = f32((0, 0, 2, 2), (0, 0, 4, 4), (3, 3, 3, 3))
    regions = f32((0, 0, 2, 1), (0, 0, 10, 10))
    inside = ops.convert_to_numpy(pairwise_inside(boxes, regions))
    assert inside.tolist() == [[0.5, 1], [0.125, 1], [0, 0]]


@pytest.mark.parametrize("function", [pairwise_iou, pairwise_inside])
def test_no_boxes_give_an_empty_matrix(function: object) -> None:
    result = function(np.zeros((0, 4), np.float32), f32((0, 0, 1, 1)))  # type: ignore[operator]
    assert tuple(result.shape) == (0, 1)


@given(whole_boxes(), whole_boxes(3))
def test_iou_counts_pixels(a: NDArray[np.float32], b: NDArray[np.float32]) -> None:
    drawn_a, drawn_b = draw_boxes(a)[:, None], draw_boxes(b)[None]
    shared = (drawn_a & drawn_b).sum(axis=(2, 3))
    union = (drawn_a | drawn_b).sum(axis=(2, 3))
    area = drawn_a.sum(axis=(2, 3))
    iou = ops.convert_to_numpy(pairwise_iou(a, b))
    inside = ops.convert_to_numpy(pairwise_inside(a, b))
    np.testing.assert_allclose(iou, shared / np.maximum(union, 1), rtol=1e-6)
    np.testing.assert_allclose(inside, shared / np.maximum(area, 1), rtol=1e-6)


@given(real_boxes(), real_boxes())
def test_iou_is_symmetric_and_in_0_to_1(a: NDArray[np.float32], b: NDArray[np.float32]) -> None:
    iou = ops.convert_to_numpy(pairwise_iou(a, b))
    assert (iou == ops.convert_to_numpy(pairwise_iou(b, a)).T).all()
    assert iou.min() >= 0
    assert iou.max() <= 1
    assert (np.diag(ops.convert_to_numpy(pairwise_iou(a, a))) == 1).all()


def test_deltas_worked_by_hand() -> None:
    # The box lies half a height lower and a whole width to the right, and is twice as high.
    deltas = ops.convert_to_numpy(encode_boxes(f32((0, 20, 20, 40)), f32((0, 0, 10, 20))))
    np.testing.assert_allclose(deltas, [[5.0, 10.0, math.log(2) / 0.2, 0.0]], atol=1e-6)


def test_deltas_of_zero_give_the_reference_back() -> None:
    boxes = f32((1, 2, 30, 40))
    decoded = ops.convert_to_numpy(decode_boxes(np.zeros_like(boxes), boxes))
    assert decoded.tolist() == boxes.tolist()


@given(real_boxes(), real_boxes())
def test_decode_inverts_encode(boxes: NDArray[np.float32], refs: NDArray[np.float32]) -> None:
    # Beyond the limit of growth nothing can be inverted.
    sides, ref_sides = boxes[:, 2:] - boxes[:, :2], refs[:, 2:] - refs[:, :2]
    boxes = np.where(np.all(sides < 60 * ref_sides, axis=1, keepdims=True), boxes, refs)
    back = ops.convert_to_numpy(decode_boxes(encode_boxes(boxes, refs), refs))
    np.testing.assert_allclose(back, boxes, atol=2e-3)


def test_growth_is_limited() -> None:
    grown = decode_boxes(f32((0, 0, 1e6, 1e6)), f32((0, 0, 2, 2)))
    half = math.exp(MAX_LOG_SCALE)
    np.testing.assert_allclose(
        ops.convert_to_numpy(grown), [[1 - half, 1 - half, 1 + half, 1 + half]], rtol=1e-5
    )


def test_deltas_of_empty_boxes_are_finite() -> None:
    empty = f32((3, 3, 3, 3))
    full = f32((0, 0, 10, 10))
    for deltas in (encode_boxes(empty, full), encode_boxes(full, empty)):
        assert np.isfinite(ops.convert_to_numpy(deltas)).all()


def test_boxes_are_clipped_to_the_tile() -> None:
    clipped = clip_boxes(f32((-5, 10, 400, 203)), 203.0)
    assert ops.convert_to_numpy(clipped).tolist() == [[0, 10, 203, 203]]
