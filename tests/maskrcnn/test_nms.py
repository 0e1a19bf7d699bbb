"""Non-maximum suppression against two independent implementations."""

from __future__ import annotations

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from numpy.typing import NDArray

from geoseg.maskrcnn import nms
from geoseg.maskrcnn.nms import greedy_keep, pick_kept, take_rows

NUM_BOXES = 12


def keep_by_loops(
    boxes: NDArray[np.float32], candidates: NDArray[np.bool_], iou: float
) -> list[bool]:
    """The textbook's greedy NMS."""
    kept: list[int] = []
    for index in np.flatnonzero(candidates):
        if all(iou_of(boxes[index], boxes[other]) <= np.float32(iou) for other in kept):
            kept.append(int(index))
    return [index in kept for index in range(len(boxes))]


def iou_of(a: NDArray[np.float32], b: NDArray[np.float32]) -> np.float32:
    height = max(min(a[2], b[2]) - max(a[0], b[0]), np.float32(0))
    width = max(min(a[3], b[3]) - max(a[1], b[1]), np.float32(0))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - height * width
    return np.float32(height * width / max(union, np.float32(1e-6)))


@st.composite
def crowded_boxes(draw: st.DrawFn) -> NDArray[np.float32]:
    """Boxes at whole pixels, so close together that ties and long chains are common."""
    shape = (NUM_BOXES, 2)
    corner = draw(hnp.arrays(np.int64, shape, elements=st.integers(0, 12)))
    sides = draw(hnp.arrays(np.int64, shape, elements=st.integers(1, 12)))
    return np.concatenate([corner, corner + sides], axis=1).astype(np.float32)


def keep(boxes: NDArray[np.float32], candidates: NDArray[np.bool_], iou: float) -> list[bool]:
    result: list[bool] = ops.convert_to_numpy(greedy_keep(boxes[None], candidates[None], iou))[
        0
    ].tolist()
    return result


def stack(*rows: tuple[float, ...]) -> NDArray[np.float32]:
    return np.array(rows, np.float32)


def test_the_lesser_of_two_is_dropped() -> None:
    boxes = stack((0, 0, 10, 10), (0, 0, 10, 8), (20, 20, 30, 30))
    assert keep(boxes, np.ones(3, bool), 0.5) == [True, False, True]


def test_overlap_equal_to_the_threshold_is_allowed() -> None:
    boxes = stack((0, 0, 10, 10), (0, 0, 10, 5))
    assert keep(boxes, np.ones(2, bool), 0.5) == [True, True]


def test_a_dropped_box_drops_no_other() -> None:
    # Each overlaps the next by 60 %, and the one after that by 33 %.
    boxes = stack((0, 0, 4, 1), (1, 0, 5, 1), (2, 0, 6, 1), (3, 0, 7, 1))
    assert keep(boxes, np.ones(4, bool), 0.5) == [True, False, True, False]


def test_what_is_no_candidate_neither_stays_nor_drops_others() -> None:
    boxes = stack((0, 0, 10, 10), (0, 0, 10, 9))
    assert keep(boxes, np.array([False, True]), 0.5) == [False, True]


def test_nothing_is_kept_of_no_candidates() -> None:
    assert keep(stack((0, 0, 1, 1), (5, 5, 6, 6)), np.zeros(2, bool), 0.5) == [False, False]


def test_the_longest_chain_is_settled() -> None:
    steps = np.arange(200, dtype=np.float32)
    boxes = np.stack([steps, 0 * steps, steps + 4, 0 * steps + 1], axis=1)
    assert keep(boxes, np.ones(200, bool), 0.5) == [index % 2 == 0 for index in range(200)]


@given(
    crowded_boxes(),
    hnp.arrays(np.bool_, NUM_BOXES),
    st.sampled_from([0.0, 0.25, 0.4, 0.5, 0.7, 1.0]),
)
def test_equals_the_greedy_loop(
    boxes: NDArray[np.float32], candidates: NDArray[np.bool_], iou: float
) -> None:
    assert keep(boxes, candidates, iou) == keep_by_loops(boxes, candidates, iou)


@given(crowded_boxes(), st.sampled_from([0.0, 0.25, 0.4, 0.5, 0.7, 1.0]))
def test_equals_tensorflow_on_ties(boxes: NDArray[np.float32], iou: float) -> None:
    import tensorflow as tf

    scores = np.linspace(1.0, 0.1, NUM_BOXES, dtype=np.float32)
    expected = tf.image.non_max_suppression(boxes, scores, NUM_BOXES, iou).numpy()
    assert np.flatnonzero(keep(boxes, np.ones(NUM_BOXES, bool), iou)).tolist() == expected.tolist()


@pytest.mark.parametrize("iou", [0.3, 0.7])
def test_equals_tensorflow_on_many_boxes(iou: float) -> None:
    import tensorflow as tf

    random = np.random.default_rng(0)
    corner = random.uniform(0, 203, (500, 2))
    boxes = np.concatenate([corner, corner + random.uniform(5, 80, (500, 2))], axis=1)
    boxes = boxes.astype(np.float32)
    scores = np.linspace(1.0, 0.0, 500, dtype=np.float32)
    expected = tf.image.non_max_suppression(boxes, scores, 500, iou).numpy()
    assert np.flatnonzero(keep(boxes, np.ones(500, bool), iou)).tolist() == expected.tolist()


def test_blocks_know_what_is_kept_of_those_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    low = random.uniform(0, 60, (2, 50, 2))
    boxes = np.concatenate([low, low + random.uniform(5, 40, (2, 50, 2))], axis=-1)
    boxes = boxes.astype(np.float32)
    candidates = random.random((2, 50)) < 0.9
    whole = ops.convert_to_numpy(greedy_keep(boxes, candidates, 0.3))
    # The last block is a short one.
    monkeypatch.setattr(nms, "BLOCK", 8)
    np.testing.assert_array_equal(ops.convert_to_numpy(greedy_keep(boxes, candidates, 0.3)), whole)
    assert 8 < whole.sum() < 60


def test_images_of_a_batch_do_not_meet() -> None:
    random = np.random.default_rng(1)
    corner = random.uniform(0, 40, (3, 30, 2))
    boxes = np.concatenate([corner, corner + 20], axis=2).astype(np.float32)
    candidates = random.random((3, 30)) > 0.2
    together = ops.convert_to_numpy(greedy_keep(boxes, candidates, 0.4)).tolist()
    assert together == [keep(*one, 0.4) for one in zip(boxes, candidates, strict=True)]


def test_kept_rows_come_first_and_in_order() -> None:
    kept = np.array([[False, True, False, True], [True, True, True, True]])
    values = np.array([[10, 11, 12, 13], [20, 21, 22, 23]])
    is_filled, picked = pick_kept(kept, 3, values)
    assert ops.convert_to_numpy(is_filled).tolist() == [[True, True, False], [True, True, True]]
    assert ops.convert_to_numpy(picked).tolist() == [[11, 13, 10], [20, 21, 22]]


def test_rows_are_taken_image_by_image() -> None:
    values = np.arange(2 * 3 * 2 * 2).reshape(2, 3, 2, 2)
    index = np.array([[2, 0], [1, 1]])
    taken = ops.convert_to_numpy(take_rows(values, index))
    assert taken.tolist() == np.stack([values[0][[2, 0]], values[1][[1, 1]]]).tolist()
