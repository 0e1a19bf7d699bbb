"""The network as a whole."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest
from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.model import LOSS_NAMES, MaskRCNN
from geoseg.maskrcnn.weights import fill_weights
from tests.maskrcnn.samples import SMALL, random_images, seeded_weights, training_batch


def losses_of(model: MaskRCNN, num_objects: tuple[int, ...]) -> dict[str, float]:
    batch = training_batch(model.config, num_objects)
    return {name: float(value) for name, value in model(batch).items()}


def test_a_batch_gives_the_five_losses(small_model: MaskRCNN) -> None:
    losses = losses_of(small_model, (3, 1))
    assert set(losses) == set(LOSS_NAMES)
    assert all(np.isfinite(value) and value > 0 for value in losses.values())


def test_tiles_without_objects_teach_background_alone(small_model: MaskRCNN) -> None:
    losses = losses_of(small_model, (0, 0))
    assert losses["rpn_class"] > 0
    assert losses["class"] > 0
    assert losses["rpn_bbox"] == losses["bbox"] == losses["mask"] == 0


def test_anchors_and_scores_are_equally_many(small_model: MaskRCNN) -> None:
    pyramid = small_model.features(random_images(1, 96))
    logits, deltas, proposals, objectness = small_model.propose(pyramid)
    assert tuple(logits.shape) == (1, len(small_model.anchors))
    assert tuple(deltas.shape) == (1, len(small_model.anchors), 4)
    assert tuple(proposals.shape) == (1, SMALL.num_proposals, 4)
    assert tuple(objectness.shape) == (1, SMALL.num_proposals)


def test_boxes_then_masks(small_model: MaskRCNN) -> None:
    images = random_images(2, 96)
    found = small_model.find_boxes(images, np.full((2, 1), 0.1, np.float32))
    count = SMALL.max_detections
    assert tuple(found["boxes"].shape) == (2, count, 4)
    assert ops.convert_to_numpy(found["is_kept"]).any()
    masks = small_model.find_masks(found["pyramid"], found["boxes"][:, :3], found["classes"][:, :3])
    masks = ops.convert_to_numpy(masks)
    assert masks.shape == (2, 3, 28, 28)
    assert 0 <= masks.min() < masks.max() <= 1


def test_detections_score_what_both_stages_say(small_model: MaskRCNN) -> None:
    model = MaskRCNN(dataclasses.replace(SMALL, objectness_share=0.3))
    fill_weights(model, seeded_weights(small_model), "the test")
    images = random_images(1, 96)
    pyramid = model.features(images)
    _, _, proposals, objectness = model.propose(pyramid)
    logits = ops.convert_to_numpy(model.classify(pyramid, proposals)[0])[0, :, 0]
    expected = 1 / (1 + np.exp(-0.7 * logits - 0.3 * ops.convert_to_numpy(objectness)[0]))
    found = model.find_boxes(images, 0.0)
    is_kept = ops.convert_to_numpy(found["is_kept"])[0]
    scores = ops.convert_to_numpy(found["scores"])[0][is_kept]
    assert len(scores) > 0
    np.testing.assert_allclose(scores[0], expected.max(), rtol=1e-4)
    assert np.isclose(scores[:, None], expected, rtol=1e-4).any(axis=1).all()


def test_a_tile_gives_the_same_alone_and_in_a_batch(small_model: MaskRCNN) -> None:
    images = random_images(2, 96)
    together = small_model.find_boxes(images, 0.1)
    alone = small_model.find_boxes(images[1:], 0.1)
    for name in ("boxes", "scores", "is_kept"):
        one, other = (ops.convert_to_numpy(found[name])[-1] for found in (together, alone))
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_each_row_gets_the_mask_of_its_class() -> None:
    config = dataclasses.replace(SMALL, class_names=("building", "shed"), mask_convs=0)
    model = MaskRCNN(config)
    kernel, _ = model.mask_head.predictor.get_weights()
    model.mask_head.predictor.set_weights([0 * kernel, np.array([3.0, -3.0])])
    pyramid = model.features(random_images(1, 96))[:4]
    boxes = np.array([[[3, 3, 40, 40], [3, 3, 40, 40]]], np.float32)
    masks = ops.convert_to_numpy(model.find_masks(pyramid, boxes, np.array([[1, 0]], np.int32)))
    np.testing.assert_allclose(masks[0, 0], 1 / (1 + np.exp(3.0)), rtol=1e-5)
    np.testing.assert_allclose(masks[0, 1], 1 / (1 + np.exp(-3.0)), rtol=1e-5)


@pytest.mark.parametrize("tile_size_px", [75, 203])
def test_odd_tiles_train_and_detect(tile_size_px: int) -> None:
    model = MaskRCNN(dataclasses.replace(SMALL, tile_size_px=tile_size_px))
    assert all(np.isfinite(value) for value in losses_of(model, (2,)).values())
    found = model.find_boxes(random_images(1, tile_size_px), 0.0)
    assert ops.convert_to_numpy(found["boxes"]).max() <= tile_size_px


def test_training_lowers_the_loss() -> None:
    keras.utils.set_random_seed(0)
    model = MaskRCNN(SMALL, num_rois=16, num_positive=6)
    fill_weights(model, seeded_weights(model), "the test")
    batch = training_batch(SMALL)
    model.compile(keras.optimizers.Adam(3e-5), jit_compile=False)
    logs = [model.train_on_batch(batch, return_dict=True) for _ in range(3)]
    assert set(logs[0]) == {"loss", *LOSS_NAMES}
    # train_on_batch reports the mean over the steps so far.
    means = np.array([float(log["loss"]) for log in logs])
    losses = np.diff(means * [1, 2, 3], prepend=0.0)
    assert losses[1:].max() < losses[0]
    parts = sum(float(logs[0][name]) for name in LOSS_NAMES)
    assert parts == pytest.approx(float(logs[0]["loss"]), rel=1e-5)


def test_weighted_losses_make_the_sum_and_are_told_as_they_are() -> None:
    weights = (1.0, 0.5, 0.0, 2.0, 3.0)
    model = MaskRCNN(SMALL, loss_weights=weights)
    model.compile("sgd", jit_compile=False)
    model.optimizer.learning_rate = 0.0
    logs = model.train_on_batch(
        training_batch(SMALL, (3, 1)), np.zeros((2, 1), np.float32), return_dict=True
    )
    parts = [float(logs[name]) for name in LOSS_NAMES]
    assert min(parts) > 0
    assert np.dot(parts, weights) == pytest.approx(float(logs["loss"]), rel=1e-5)


def test_metrics_are_counted_once() -> None:
    model = MaskRCNN(SMALL)
    model.compile("sgd", jit_compile=False)
    assert [metric.name for metric in model.metrics] == ["loss", *LOSS_NAMES]


def test_proposals_and_targets_pass_no_gradient() -> None:
    import tensorflow as tf

    model = MaskRCNN(SMALL)
    pyramid = model.features(random_images(1, 96))
    with tf.GradientTape() as tape:
        _, _, proposals, objectness = model.propose(pyramid)
        total = ops.sum(proposals) + ops.sum(objectness)
    assert all(
        gradient is None
        for gradient in tape.gradient(total, [one.value for one in model.rpn.weights])
    )


def test_mixed_precision_leaves_boxes_whole() -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = MaskRCNN(SMALL)
    finally:
        keras.config.set_dtype_policy(before)
    pyramid = model.features(random_images(1, 96))
    assert {keras.backend.standardize_dtype(level.dtype) for level in pyramid} == {"bfloat16"}
    found = model.find_boxes(random_images(1, 96), 0.0)
    for name in ("boxes", "scores"):
        assert keras.backend.standardize_dtype(found[name].dtype) == "float32"
    batch = training_batch(SMALL)
    assert all(
        keras.backend.standardize_dtype(value.dtype) == "float32" for value in model(batch).values()
    )


@pytest.mark.parametrize("backbone", ["resnet50", "resnet101"])
def test_resnets_train_and_detect(backbone: str) -> None:
    model = MaskRCNN(dataclasses.replace(SMALL, backbone=backbone, tile_size_px=64))
    assert all(np.isfinite(value) for value in losses_of(model, (2,)).values())
    assert set(model.find_boxes(random_images(1, 64), 0.0)) >= {"boxes", "scores", "classes"}


def test_the_default_network_has_the_size_that_is_documented() -> None:
    model = MaskRCNN(MaskRCNNConfig(tile_size_px=64))
    assert model.count_params() == 7_065_717
