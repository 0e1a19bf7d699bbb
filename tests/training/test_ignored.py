"""In an ignored region nothing is learned, neither building nor background."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.datasets.sources import LabelledObject
from geoseg.maskrcnn.anchors import make_anchors
from geoseg.maskrcnn.losses import class_loss, rpn_class_loss
from geoseg.maskrcnn.matching import sample_rois
from geoseg.training.targets import Sample, make_targets
from tests.training.in_memory import make_box, make_object

TILE_PX = 96
CONFIG = MaskRCNNConfig(
    tile_size_px=TILE_PX,
    pyramid_channels=16,
    pre_nms_per_level=32,
    num_proposals=24,
    box_units=32,
    mask_convs=1,
    max_detections=8,
)
ANCHORS = make_anchors(CONFIG)
REGION = make_box(0, 0, 60, TILE_PX)
HOUSE = make_box(68, 30, 20, 24)


def make_inputs(*objects: LabelledObject) -> dict[str, NDArray[Any]]:
    """A batch of one tile."""
    image = np.random.default_rng(0).integers(0, 256, (TILE_PX, TILE_PX, 3)).astype(np.uint8)
    random = np.random.default_rng(1)
    targets = make_targets(
        Sample(image, objects),
        ANCHORS,
        max_objects=4,
        num_proposals=CONFIG.num_proposals,
        random=random,
    )
    return {name: array[np.newaxis] for name, array in targets.items()}


def visible_share_inside(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Share of what is visible of each box that lies in REGION."""
    seen = boxes.clip(0, TILE_PX)
    widths = seen[:, 3] - seen[:, 1]
    inside = seen[:, 3].clip(max=60) - seen[:, 1].clip(max=60)
    share: NDArray[np.float32] = inside / np.maximum(widths, 1e-6)
    return share


def test_no_anchor_in_an_ignored_region_is_background() -> None:
    house, region = make_object(HOUSE), make_object(REGION, is_ignored=True)
    labels = make_inputs(house, region)["anchor_labels"][0]
    negatives = ANCHORS[labels == 0]
    assert len(negatives) > 50
    assert visible_share_inside(negatives).max() <= 0.51
    assert (labels == 1).any()


def test_without_the_region_the_same_anchors_are_background() -> None:
    labels = make_inputs(make_object(HOUSE))["anchor_labels"][0]
    assert (visible_share_inside(ANCHORS[labels == 0]) > 0.9).sum() > 50


def test_a_tile_that_is_ignored_throughout_leaves_the_weights_alone() -> None:
    import tensorflow as tf

    from geoseg.maskrcnn.model import MaskRCNN

    keras.utils.set_random_seed(0)
    model = MaskRCNN(CONFIG, num_rois=16, num_positive=6)

    def largest_gradient(*objects: LabelledObject) -> float:
        inputs = {name: tf.constant(array) for name, array in make_inputs(*objects).items()}
        with tf.GradientTape() as tape:
            loss = sum(model(inputs).values())
        gradients = tape.gradient(loss, model.trainable_variables)
        return max(float(tf.reduce_max(tf.abs(one))) for one in gradients if one is not None)

    everywhere = make_object(make_box(0, 0, TILE_PX, TILE_PX), is_ignored=True)
    building = make_object(HOUSE, is_ignored=True)
    assert largest_gradient(building, everywhere) == 0.0
    # The comparison: the same tile without the region teaches that all of it is background.
    assert largest_gradient() > 1e-3


@pytest.mark.parametrize("is_ignored", [True, False])
def test_an_ignored_building_pulls_at_no_score(is_ignored: bool) -> None:
    import tensorflow as tf

    ops = keras.ops
    building = make_box(8, 12, 36, 40)
    inputs = make_inputs(
        make_object(HOUSE), make_object(building, class_index=0, is_ignored=is_ignored)
    )
    # Both stages look at the building itself.
    box = np.array([12, 8, 52, 44], np.float32)
    proposals = np.concatenate([np.tile(box, (12, 1)), np.tile([[60, 2, 90, 30]], (12, 1))])
    rois = sample_rois(
        proposals[np.newaxis].astype(np.float32),
        inputs["boxes"],
        inputs["is_object"],
        inputs["noise"],
        num_rois=32,
        num_positive=8,
    )
    logits = tf.Variable(np.zeros((1, 32, 1), np.float32))
    anchor_logits = tf.Variable(np.zeros((1, len(ANCHORS)), np.float32))
    with tf.GradientTape() as tape:
        targets = ops.cast(rois["is_positive"], "float32")[..., None]
        loss = class_loss(logits, targets, rois["is_used"])
        loss += rpn_class_loss(anchor_logits, inputs["anchor_labels"])
    of_rois, of_anchors = (np.abs(one) for one in tape.gradient(loss, [logits, anchor_logits]))
    on_building = (np.asarray(rois["rois"])[0] == box).all(axis=1)
    assert on_building.any() or is_ignored
    within = (ANCHORS[:, :2] > (12, 8)).all(axis=1) & (ANCHORS[:, 2:] < (52, 44)).all(axis=1)
    assert within.sum() > 20
    pulls = of_rois[0, on_building].sum() + of_anchors[0, within].sum()
    if is_ignored:
        assert pulls == 0.0
    else:
        assert pulls > 0.0
