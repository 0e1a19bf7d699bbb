"""From anchors to proposals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import anchors_per_level, make_anchors
from geoseg.maskrcnn.boxes import encode_boxes
from geoseg.maskrcnn.matching import numpy_iou
from geoseg.maskrcnn.proposals import make_proposals

CONFIG = MaskRCNNConfig(tile_size_px=75, pre_nms_per_level=20, num_proposals=15)
ANCHORS = make_anchors(CONFIG)
NUM_ANCHORS = len(ANCHORS)


def propose(
    logits: NDArray[np.float32],
    deltas: NDArray[np.float32] | None = None,
    config: MaskRCNNConfig = CONFIG,
) -> NDArray[np.float32]:
    if deltas is None:
        deltas = np.zeros((*logits.shape, 4), np.float32)
    found, _ = make_proposals(logits, deltas, make_anchors(config), config)
    boxes: NDArray[np.float32] = ops.convert_to_numpy(found)
    return boxes


def test_each_proposal_keeps_its_logit() -> None:
    logits = np.random.default_rng(0).normal(size=(2, NUM_ANCHORS)).astype(np.float32)
    deltas = np.zeros((*logits.shape, 4), np.float32)
    boxes, own = map(ops.convert_to_numpy, make_proposals(logits, deltas, ANCHORS, CONFIG))
    clipped = np.clip(ANCHORS, 0, 75)
    for image, (box, logit) in enumerate(zip(boxes, own, strict=True)):
        same = np.isclose(clipped[None], box[:, None], atol=1e-3).all(axis=-1)
        assert all(
            np.isclose(logits[image][row], one, atol=1e-6).any()
            for row, one in zip(same, logit, strict=True)
        )


def test_best_anchors_come_first_and_are_clipped() -> None:
    logits = np.full((1, NUM_ANCHORS), -9, np.float32)
    # Two anchors of P3 and one of P2, which lie apart.
    second_level = anchors_per_level(CONFIG)[0]
    best = [second_level + 3 * 55 + 1, 1, second_level + 3 * 9 + 1]
    logits[0, best] = [3, 2, 1]
    found = propose(logits)[0, :3]
    np.testing.assert_allclose(found, np.clip(ANCHORS[best], 0, 75), atol=1e-4)


def test_deltas_refine_the_anchors() -> None:
    logits = np.full((1, NUM_ANCHORS), -9, np.float32)
    logits[0, 700] = 5
    wanted = np.array([[10, 12, 33, 31]], np.float32)
    deltas = np.zeros((1, NUM_ANCHORS, 4), np.float32)
    deltas[0, 700] = ops.convert_to_numpy(encode_boxes(wanted, ANCHORS[700:701]))[0]
    np.testing.assert_allclose(propose(logits, deltas)[0, 0], wanted[0], atol=1e-3)


def test_near_copies_of_a_better_box_give_way() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(1, NUM_ANCHORS)).astype(np.float32)
    found = propose(logits, config=dataclasses.replace(CONFIG, num_proposals=5, rpn_nms_iou=0.2))[0]
    overlap = numpy_iou(found, found) - np.eye(5)
    assert overlap.max() <= 0.2


def test_slivers_come_last() -> None:
    logits = np.zeros((1, NUM_ANCHORS), np.float32)
    logits[0, :20] = 5
    deltas = np.zeros((1, NUM_ANCHORS, 4), np.float32)
    # The 20 best are made flatter than a pixel.
    deltas[0, :20, 2] = -50
    found = propose(logits, deltas)[0]
    sides = found[:, 2:] - found[:, :2]
    assert (sides[:5] >= 1).all()


def test_the_best_of_all_levels_together_can_go_on() -> None:
    logits = np.full((1, NUM_ANCHORS), -9, np.float32)
    # More of P2 than a level may have, and one of P6.
    logits[0, 3 * np.arange(30) * 7] = np.linspace(2, 1, 30)
    logits[0, -1] = 1.5
    few = dataclasses.replace(CONFIG, rpn_nms_iou=1.0, num_proposals=40)
    every = dataclasses.replace(few, pre_nms_per_level=0, pre_nms_total=31)
    assert propose(logits, config=few).shape == (1, 40, 4)
    found = propose(logits, config=every)[0]
    assert found.shape == (31, 4)
    order = np.argsort(-logits[0], kind="stable")[:31]
    np.testing.assert_allclose(found, np.clip(ANCHORS[order], 0, 75), atol=1e-4)


def test_empty_boxes_fill_up_where_they_are_wanted() -> None:
    logits = np.zeros((1, NUM_ANCHORS), np.float32)
    config = dataclasses.replace(CONFIG, rpn_nms_iou=0.05, empty_padding=True)
    found = propose(logits, config=config)[0]
    is_empty = ~found.any(axis=1)
    count = int((~is_empty).sum())
    assert 0 < count < CONFIG.num_proposals
    assert is_empty[count:].all()


@pytest.mark.parametrize(("tile_size_px", "count"), [(64, 163), (75, 189), (203, 200)])
def test_number_of_proposals_is_fixed(tile_size_px: int, count: int) -> None:
    # 50 of each level, or all where a level has fewer: 64 px has 50, 50, 48, 12 and 3.
    config = MaskRCNNConfig(tile_size_px=tile_size_px, pre_nms_per_level=50, num_proposals=200)
    found = propose(np.zeros((2, len(make_anchors(config))), np.float32), config=config)
    assert found.shape == (2, count, 4)
    assert found.dtype == np.float32


@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(0, 100))
def test_proposals_lie_inside_the_tile(seed: int, spread: float) -> None:
    random = np.random.default_rng(seed)
    logits = random.normal(0, 10, (1, NUM_ANCHORS)).astype(np.float32)
    deltas = random.normal(0, spread, (1, NUM_ANCHORS, 4)).astype(np.float32)
    found = propose(logits, deltas)
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 75
    assert (found[..., 2:] >= found[..., :2]).all()


def test_tiles_of_a_batch_do_not_meet() -> None:
    random = np.random.default_rng(3)
    logits = random.normal(size=(3, NUM_ANCHORS)).astype(np.float32)
    deltas = random.normal(size=(3, NUM_ANCHORS, 4)).astype(np.float32)
    together = propose(logits, deltas)
    for row in range(3):
        alone = propose(logits[row : row + 1], deltas[row : row + 1])
        np.testing.assert_array_equal(together[row], alone[0])
