"""From the box head's output to detections."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.boxes import encode_boxes
from geoseg.maskrcnn.detect import mix_logits, select_detections
from geoseg.maskrcnn.matching import numpy_iou

CONFIG = MaskRCNNConfig(
    tile_size_px=75, class_names=("building", "shed"), detection_nms_iou=0.4, max_detections=3
)
FAR = -20.0


def select(
    logits: object,
    proposals: object,
    deltas: object | None = None,
    min_score: object = 0.5,
    config: MaskRCNNConfig = CONFIG,
) -> dict[str, NDArray[np.float32]]:
    logits = np.asarray(logits, np.float32)[None]
    proposals = np.asarray(proposals, np.float32)[None]
    deltas = np.zeros_like(proposals) if deltas is None else np.asarray(deltas, np.float32)[None]
    found = select_detections(logits, deltas, proposals, min_score, config)
    return {name: ops.convert_to_numpy(value)[0] for name, value in found.items()}


def test_the_best_of_a_class_drops_its_copies_but_not_the_other_class() -> None:
    box, copy, elsewhere = [10, 10, 30, 30], [10, 10, 30, 29], [40, 40, 60, 60]
    logits = [[1, FAR], [2, FAR], [FAR, 3], [0.5, FAR]]
    found = select(logits, [box, copy, box, elsewhere])
    assert found["is_kept"].tolist() == [True, True, True]
    assert found["classes"].tolist() == [1, 0, 0]
    assert found["boxes"].tolist() == [box, copy, elsewhere]
    np.testing.assert_allclose(found["scores"], 1 / (1 + np.exp([-3.0, -2.0, -0.5])), rtol=1e-5)


def test_the_rpn_has_its_share_in_a_score() -> None:
    logits = np.array([[[2.0, -1.0], [0.0, 4.0]]], np.float32)
    objectness = np.array([[-3.0, 1.0]], np.float32)
    mixed = mix_logits(logits, objectness, dataclasses.replace(CONFIG, objectness_share=0.25))
    np.testing.assert_allclose(
        ops.convert_to_numpy(mixed), [[[0.75, -1.5], [0.25, 3.25]]], rtol=1e-6
    )
    assert mix_logits(logits, objectness, CONFIG) is logits


def test_a_proposal_counts_for_its_best_class_only() -> None:
    found = select([[3, 2]], [[10, 10, 30, 30]])
    assert found["is_kept"].tolist() == [True]
    assert found["classes"].tolist() == [0]


@pytest.mark.parametrize("min_score", [0.7, np.array([[0.7]], np.float32)])
def test_low_scores_are_dropped(min_score: object) -> None:
    found = select([[2, FAR], [0.5, FAR]], [[0, 0, 9, 9], [20, 20, 29, 29]], min_score=min_score)
    assert found["is_kept"].tolist() == [True, False]


def test_nothing_is_found_below_the_score() -> None:
    found = select(np.full((4, 2), FAR), [[0, 0, 9, 9]] * 4)
    assert not found["is_kept"].any()


def test_boxes_are_refined_and_clipped() -> None:
    proposals = np.array([[10, 10, 30, 30], [40, 40, 60, 60]], np.float32)
    wanted = np.array([[12, 5, 36, 31], [50, 30, 90, 74]], np.float32)
    deltas = ops.convert_to_numpy(encode_boxes(wanted, proposals))
    found = select([[2, FAR], [1, FAR]], proposals, deltas)
    np.testing.assert_allclose(found["boxes"], [[12, 5, 36, 31], [50, 30, 75, 74]], atol=1e-3)


def test_slivers_are_dropped() -> None:
    found = select([[2, FAR], [1, FAR]], [[10, 10, 10.5, 40], [20, 20, 40, 40]])
    assert found["is_kept"].tolist() == [True, False]
    assert found["boxes"][0].tolist() == [20, 20, 40, 40]


CONTEST = dataclasses.replace(CONFIG, classification="softmax", box_per_class=True)


def test_background_is_no_detection() -> None:
    boxes = [[10, 10, 30, 30], [40, 40, 60, 60]]
    deltas = np.zeros((2, 3, 4))
    found = select([[3, 2, 1], [0, 1, 3]], boxes, deltas, 0.1, CONTEST)
    assert found["is_kept"].tolist() == [True, False]
    assert found["boxes"][0].tolist() == boxes[1]
    assert found["classes"][0] == 1
    powers = np.exp([0, 1, 3])
    assert found["scores"][0] == pytest.approx(powers[2] / powers.sum())


def test_each_class_refines_the_box_in_its_own_way() -> None:
    boxes = np.array([[10, 10, 30, 30], [40, 40, 60, 60]], np.float32)
    deltas = np.zeros((2, 3, 4))
    # By a tenth of the height, in the class that wins and in another.
    deltas[0, 2, 0] = deltas[1, 1, 0] = 1.0
    found = select([[0, 1, 3], [0, 1, 2]], boxes, deltas, 0.1, CONTEST)
    np.testing.assert_allclose(found["boxes"], [[12, 10, 32, 30], [40, 40, 60, 60]], atol=1e-4)


def test_boxes_are_clipped_to_where_the_image_lies() -> None:
    proposals = np.array([[[10, 10, 30, 30], [40, 40, 60, 60]]], np.float32)
    logits = np.array([[[2, FAR], [1, FAR]]], np.float32)
    window = np.array([[12, 0, 50, 75]], np.float32)
    found = select_detections(logits, 0 * proposals, proposals, 0.5, CONFIG, window)
    boxes = ops.convert_to_numpy(found["boxes"])[0]
    np.testing.assert_allclose(boxes, [[12, 10, 30, 30], [40, 40, 50, 60]], atol=1e-4)


@given(seed=st.integers(0, 2**32 - 1))
def test_detections_keep_the_rules(seed: int) -> None:
    random = np.random.default_rng(seed)
    low = random.uniform(-10, 60, (20, 2))
    proposals = np.concatenate([low, low + random.uniform(0.5, 40, (20, 2))], axis=1)
    logits, deltas = random.normal(size=(20, 2)), random.normal(size=(20, 4))
    config = dataclasses.replace(CONFIG, max_detections=12)
    found = select(logits, proposals, deltas, 0.4, config)
    kept = found["is_kept"]
    count = int(kept.sum())
    assert kept.tolist() == [True] * count + [False] * (12 - count)
    boxes, scores, classes = (found[name][:count] for name in ("boxes", "scores", "classes"))
    assert (scores >= 0.4).all()
    assert (np.diff(scores) <= 0).all()
    assert count == 0 or (boxes.min() >= 0 and boxes.max() <= 75)
    same_class = classes[:, None] == classes
    overlap = np.where(same_class, numpy_iou(boxes, boxes), 0) - np.eye(count)
    assert count == 0 or overlap.max() <= 0.4 + 1e-5
