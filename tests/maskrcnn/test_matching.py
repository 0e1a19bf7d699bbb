"""Which anchors and proposals stand for which object."""

from __future__ import annotations

import dataclasses

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import make_anchors
from geoseg.maskrcnn.boxes import decode_boxes, pairwise_iou
from geoseg.maskrcnn.matching import match_anchors, numpy_iou, sample_rois

NONE = np.zeros((0, 4), np.float32)
ANCHORS = np.array(
    [[0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 5], [50, 50, 60, 60], [80, 80, 90, 90]], np.float32
)
NUM_PROPOSALS, NUM_OBJECTS = 10, 4


def f32(*rows: object) -> NDArray[np.float32]:
    return np.array(rows, np.float32)


def match(
    boxes: NDArray[np.float32], ignored: NDArray[np.float32] = NONE, num_sampled: int = 256
) -> tuple[list[int], NDArray[np.float32]]:
    random = np.random.default_rng(0)
    labels, deltas = match_anchors(ANCHORS, boxes, ignored, num_sampled=num_sampled, random=random)
    assert labels.dtype == np.int8
    return labels.tolist(), deltas


@st.composite
def boxes_of(draw: st.DrawFn, *shape: int) -> NDArray[np.float32]:
    low = draw(hnp.arrays(np.float32, (*shape, 2), elements=st.integers(0, 150)))
    sides = draw(hnp.arrays(np.float32, (*shape, 2), elements=st.integers(1, 60)))
    return np.concatenate([low, low + sides], axis=-1)


def test_labels_worked_by_hand() -> None:
    # IoU with the object: 1, 0.8, 0.5 (neither), 0, 0.
    labels, deltas = match(f32([0, 0, 10, 10]))
    assert labels == [1, 1, -1, 0, 0]
    np.testing.assert_allclose(deltas[0], 0, atol=1e-6)
    np.testing.assert_allclose(deltas[1], [0, 1.25, 0, np.log(1.25) / 0.2], rtol=1e-5)
    assert not deltas[2:].any()


def test_an_object_without_a_good_anchor_gets_its_best() -> None:
    # IoU 0.25 with the fourth anchor.
    assert match(f32([50, 50, 55, 55]))[0] == [0, 0, 0, 1, 0]


def test_an_object_that_no_anchor_meets_gets_none() -> None:
    assert match(f32([60, 60, 63, 62]))[0] == [0, 0, 0, 0, 0]


def test_without_objects_all_is_background() -> None:
    labels, deltas = match(NONE)
    assert labels == [0] * 5
    assert not deltas.any()


def test_ignored_regions_are_no_background() -> None:
    # More than half of the first three and exactly half of the last lie inside.
    assert match(NONE, f32([0, 0, 8, 40], [80, 80, 85, 90]))[0] == [-1, -1, -1, 0, 0]


def test_positives_take_at_most_half_and_background_the_rest() -> None:
    labels, _ = match(f32([0, 0, 10, 9]), num_sampled=2)
    assert sorted(labels) == [-1, -1, -1, 0, 1]


@pytest.mark.parametrize("tile_size_px", [75, 203])
def test_deltas_turn_positive_anchors_into_objects(tile_size_px: int) -> None:
    anchors = make_anchors(dataclasses.replace(MaskRCNNConfig(), tile_size_px=tile_size_px))
    boxes = f32([3, 3, 40, 33], [30, 31, 62, 70])
    labels, deltas = match_anchors(
        anchors, boxes, NONE, num_sampled=256, random=np.random.default_rng(0)
    )
    assert (labels >= 0).sum() == 256
    back = ops.convert_to_numpy(decode_boxes(deltas[labels == 1], anchors[labels == 1]))
    distance = np.abs(back[:, None] - boxes).max(axis=-1)
    assert distance.min(axis=1).max() < 1e-3
    assert set(distance.argmin(axis=1)) == {0, 1}


@given(boxes_of(6), boxes_of(3), st.integers(0, 12))
def test_labels_keep_the_rules(
    anchors: NDArray[np.float32], boxes: NDArray[np.float32], num_sampled: int
) -> None:
    labels, deltas = match_anchors(
        anchors, boxes, NONE, num_sampled=num_sampled, random=np.random.default_rng(0)
    )
    iou = ops.convert_to_numpy(pairwise_iou(anchors, boxes))
    assert (labels >= 0).sum() <= num_sampled
    assert (labels == 1).sum() <= num_sampled // 2
    assert (iou[labels == 0] < 0.3).all()
    is_best = (iou == iou.max(axis=0)).any(axis=1)
    assert (is_best | (iou.max(axis=1) >= 0.7))[labels == 1].all()
    assert not deltas[labels != 1].any()


@given(boxes_of(5), boxes_of(4))
def test_numpy_iou_is_that_of_the_network(a: NDArray[np.float32], b: NDArray[np.float32]) -> None:
    np.testing.assert_allclose(numpy_iou(a, b), ops.convert_to_numpy(pairwise_iou(a, b)), rtol=1e-6)


def sample(
    proposals: NDArray[np.float32],
    boxes: NDArray[np.float32],
    is_object: NDArray[np.float32],
    noise: NDArray[np.float32] | None = None,
    *,
    num_rois: int = 8,
    num_positive: int = 3,
) -> dict[str, NDArray[np.float32]]:
    if noise is None:
        noise = np.full((len(proposals), proposals.shape[1] + boxes.shape[1]), 0.5, np.float32)
    found = sample_rois(
        proposals, boxes, is_object, noise, num_rois=num_rois, num_positive=num_positive
    )
    return {name: ops.convert_to_numpy(value) for name, value in found.items()}


def test_rois_worked_by_hand() -> None:
    proposals = f32([[0, 0, 10, 10], [0, 0, 10, 4], [50, 50, 60, 60], [80, 80, 90, 90]])
    boxes = f32([[50, 50, 60, 66], [0, 0, 10, 9], [0, 0, 0, 0]])
    found = sample(proposals, boxes, f32([1, 1, 0]), num_rois=7, num_positive=4)
    # Both objects and the proposals that match them; then background; one row stays empty.
    assert found["is_positive"].tolist() == [[1, 1, 1, 1, 0, 0, 0]]
    assert found["is_used"].tolist() == [[1, 1, 1, 1, 1, 1, 0]]
    rows = found["rois"][0, :4].tolist(), found["object"][0, :4]
    positives = {tuple(row): index for row, index in zip(*rows, strict=True)}
    assert positives[0, 0, 10, 10] == 1
    assert positives[50, 50, 60, 60] == 0
    assert positives[50, 50, 60, 66] == 0
    background = {tuple(row) for row in found["rois"][0, 4:6].tolist()}
    assert background == {(0, 0, 10, 4), (80, 80, 90, 90)}


def test_noise_settles_which_are_taken() -> None:
    proposals = f32([[0, 0, 9, 9], [0, 0, 9, 8], [0, 0, 9, 7], [0, 0, 8, 8]])
    noise = f32([0.1, 0.2, 0.9, 0.3, 0.0])
    found = sample(proposals, f32([[0, 0, 9, 9]]), f32([1]), noise, num_rois=2, num_positive=1)
    assert found["rois"][0, 0].tolist() == [0, 0, 9, 7]


def test_without_objects_there_is_only_background() -> None:
    proposals = f32([[0, 0, 10, 10], [20, 20, 30, 30]])
    found = sample(proposals, np.zeros((1, 2, 4), np.float32), np.zeros((1, 2), np.float32),
                   num_rois=4, num_positive=2)  # fmt: skip
    assert not found["is_positive"].any()
    assert found["is_used"].tolist() == [[0, 0, 1, 1]]


def test_background_inside_an_ignored_region_is_not_used() -> None:
    proposals = f32([[10, 10, 20, 20], [70, 70, 80, 80]])
    found = sample(proposals, f32([[0, 0, 60, 60]]), f32([-1]), num_rois=2, num_positive=1)
    assert found["is_used"].tolist() == [[0, 1]]
    assert found["rois"][0, 1].tolist() == [70, 70, 80, 80]


@given(
    boxes_of(2, NUM_PROPOSALS),
    boxes_of(2, NUM_OBJECTS),
    hnp.arrays(np.float32, (2, NUM_OBJECTS), elements=st.sampled_from([-1, 0, 1])),
    hnp.arrays(np.float32, (2, NUM_PROPOSALS + NUM_OBJECTS), elements=st.floats(0, 1, width=32)),
)
def test_rois_keep_the_rules(
    proposals: NDArray[np.float32],
    boxes: NDArray[np.float32],
    is_object: NDArray[np.float32],
    noise: NDArray[np.float32],
) -> None:
    boxes = np.where(is_object[..., None] == 0, np.float32(0), boxes)
    found = sample(proposals, boxes, is_object, noise)
    assert not found["is_positive"][:, 3:].any()
    assert (found["is_positive"] <= found["is_used"]).all()
    for image in range(2):
        iou = numpy_iou(found["rois"][image], boxes[image])
        with_objects = np.where(is_object[image] > 0, iou, -1.0)
        used, positive = found["is_used"][image] > 0, found["is_positive"][image] > 0
        assert (with_objects.max(axis=1)[positive] >= 0.5).all()
        assert (with_objects.max(axis=1)[used & ~positive] < 0.5).all()
        assert (found["object"][image] == with_objects.argmax(axis=1))[positive].all()
        allowed = [*proposals[image].tolist(), *boxes[image][is_object[image] > 0].tolist()]
        assert all(roi in allowed for roi in found["rois"][image][used].tolist())
        # Every object that is there can be learned: it is its own best proposal.
        assert positive.sum() >= min(3, (is_object[image] > 0).sum())
