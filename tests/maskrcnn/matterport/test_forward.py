"""Every stage of a forward pass against matterport's, for both backbones.

The tolerances are those that the original shows between two versions of TensorFlow.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.maskrcnn.detect import select_detections
from geoseg.maskrcnn.frames import enter_frame, leave_frame
from geoseg.maskrcnn.model import MaskRCNN
from tests.maskrcnn.matterport.golden import (
    Arrays,
    Stages,
    assert_near,
    assert_same_detections,
    build_seeded,
    load_golden,
    normalize_boxes,
    pool,
    run_stages,
    to_array,
    to_frame,
)

# Cells between the ones that are kept, by map.
STEPS = {"C2": 8, "C3": 4, "C4": 2, "C5": 1, "P2": 8, "P3": 4, "P4": 2, "P5": 1, "P6": 1}


@dataclass(frozen=True)
class Case:
    """One image in one network.

    Attributes:
        name: of the image.
        model: the network.
        stages: what it makes of the image.
        arrays: what the original made of all images.
    """

    name: str
    model: MaskRCNN
    stages: Stages
    arrays: Arrays

    def golden(self, name: str) -> NDArray[np.float32]:
        return self.arrays[f"{self.name}_{name}"]

    def window(self) -> NDArray[np.float32]:
        return self.golden("window")[None].astype(np.float32)


@pytest.fixture(scope="module", params=["resnet50", "resnet101"])
def backbone(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module", params=["A", "B", "C"])
def case(backbone: str, request: pytest.FixtureRequest) -> Case:
    stages = run_stages(backbone, request.param)
    return Case(request.param, build_seeded(backbone), stages, load_golden(backbone))


def test_the_input_is_the_same(case: Case) -> None:
    assert_near(case.stages.molded[::8, ::8], case.golden("molded_input"), 5e-8)


@pytest.mark.parametrize("name", STEPS)
def test_maps_are_the_same(case: Case, name: str) -> None:
    found, step = case.stages.maps[name], STEPS[name]
    assert_near(found[::step, ::step, :: found.shape[-1] // 16], case.golden(name), 4e-6)
    size = np.abs(found.astype(np.float64))
    stats = (found.mean(dtype=float), found.std(dtype=float), size.mean(), found.min(), found.max())
    np.testing.assert_allclose(stats, case.golden(f"{name}_stats"), atol=4e-6 * size.max())


def test_anchors_are_scored_and_refined_the_same(case: Case) -> None:
    stages = case.stages
    assert_near(stages.rpn_scores[::25], case.golden("rpn_logits_every25"), 6e-6)
    # Of image B there is every 25th.
    ending, step = ("_every25", 25) if case.name == "B" else ("", 1)
    scores = 1 / (1 + np.exp(-stages.rpn_logits[::step].astype(np.float64)))
    np.testing.assert_allclose(scores, case.golden(f"rpn_class{ending}")[:, 1], atol=6e-6)
    np.testing.assert_allclose(
        stages.rpn_deltas[::step], case.golden(f"rpn_bbox{ending}"), atol=1.6e-5
    )


def test_proposals_are_the_same_boxes(case: Case) -> None:
    found = normalize_boxes(case.stages.proposals + np.array([0, 0, 1, 1]))
    wanted = case.golden("proposals")
    distances = np.abs(found[:, None] - wanted).max(axis=-1)
    # A pair that overlaps by as much as is allowed may fall either way.
    assert (distances.min(axis=1) > 1e-5).sum() <= 1
    assert (distances.min(axis=0) > 1e-5).sum() <= 1
    # Where scores are equal up to rounding, neighbours change places.
    steps = np.diff(distances.argmin(axis=1))
    assert (steps == 1).sum() >= 970


def test_proposals_are_classified_and_refined_the_same(case: Case) -> None:
    # The original's own proposals, so that rows compare.
    boxes = case.golden("proposals")
    pooled = pool(case.model, case.stages.pyramid, boxes, 7)
    first = to_array(pooled[0, :20, :, :, ::16])
    np.testing.assert_allclose(first, case.golden("roi_align7_first20"), atol=8e-5)
    logits, deltas = (to_array(one)[0] for one in case.model.box_head(pooled))
    # The last samples of a box that ends with the tile lie on its border, and an ulp beyond they
    # are zero: a few rows may differ.
    whole = (boxes[:, 2:] < 1).all(axis=1)
    assert whole.sum() >= 750
    np.testing.assert_allclose(logits[whole], case.golden("class_logits")[whole], atol=5e-5)
    np.testing.assert_allclose(deltas[whole], case.golden("bbox_deltas")[whole], atol=3e-5)
    close = np.abs(logits - case.golden("class_logits")).max(axis=1) < 5e-5
    assert close.mean() >= 0.99
    powers = np.exp(logits.astype(np.float64))
    shares = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares[whole], case.golden("class_probs")[whole], atol=1e-5)


def test_detections_are_the_same(case: Case) -> None:
    config, proposals = case.model.config, case.stages.proposals[None]
    logits, deltas = case.model.classify(case.stages.pyramid, proposals)
    windows = enter_frame(case.window(), config)
    for min_score, name in ((0.0, "detections"), (config.score, "detections_conf07")):
        found = select_detections(logits, deltas, proposals, min_score, config, windows)
        boxes, scores, classes, kept = (
            to_array(found[one])[0] for one in ("boxes", "scores", "classes", "is_kept")
        )
        boxes = to_array(leave_frame(boxes, config))
        assert_same_detections(boxes[kept], scores[kept], case.golden(name))
        assert not classes[kept].any()


def test_masks_are_the_same(case: Case) -> None:
    wanted = case.golden("detections")
    # The last row is one without a box, if the tile is not full.
    boxes = wanted[[*range(10), -1], :4]
    pooled = pool(case.model, case.stages.pyramid, boxes, 14)
    first = to_array(pooled[0, :10, :, :, ::32])
    np.testing.assert_allclose(first, case.golden("roi_align14_first10"), atol=8e-5)
    masks = to_array(keras.ops.sigmoid(case.model.mask_head(pooled)))[0]
    np.testing.assert_allclose(masks[:10], case.golden("mask_first10"), atol=2.3e-5)
    np.testing.assert_allclose(masks[10], case.golden("mask_last_row"), atol=2.3e-5)


def test_masks_are_those_of_the_own_class() -> None:
    model, golden = build_seeded("resnet50"), load_golden("resnet50")
    wanted = golden["A_mask_own_class"]
    boxes = leave_frame(to_frame(golden["A_detections"][None, : len(wanted), :4]), model.config)
    classes = np.zeros((1, len(wanted)), np.int32)
    masks = model.find_masks(run_stages("resnet50", "A").pyramid, boxes, classes)
    np.testing.assert_allclose(to_array(masks)[0], wanted, atol=2.3e-5)
