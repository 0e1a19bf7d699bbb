"""One training step against matterport's: losses on the same targets, and their gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from keras import ops
from numpy.typing import NDArray

from geoseg.maskrcnn.boxes import clip_boxes, decode_boxes, encode_boxes
from geoseg.maskrcnn.frames import enter_frame
from geoseg.maskrcnn.losses import box_loss, rpn_class_loss
from geoseg.maskrcnn.matching import numpy_iou
from geoseg.maskrcnn.model import LOSS_NAMES, MaskRCNN
from geoseg.maskrcnn.weights import weight_names
from tests.maskrcnn.matterport.golden import (
    EXTENT_PX,
    Arrays,
    as_labels,
    build_seeded,
    load_golden,
    load_image,
    to_frame,
)

THEIR_NAMES = {
    "rpn_class": "rpn_class_loss",
    "rpn_bbox": "rpn_bbox_loss",
    "class": "mrcnn_class_loss",
    "bbox": "mrcnn_bbox_loss",
    "mask": "mrcnn_mask_loss",
}
MASK_SIZE_PX = 56


@dataclass(frozen=True)
class Step:
    """Losses by name, and gradients of their sum by the name of the weight."""

    losses: dict[str, float]
    gradients: Arrays


@pytest.fixture(scope="module")
def golden() -> Arrays:
    return load_golden("train_resnet50")


@pytest.fixture(scope="module")
def step(golden: Arrays) -> Step:
    import tensorflow as tf

    model = build_seeded("resnet50")
    variables = weight_names(model)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        # Those that stay frozen here as well: there batch norm has trainable scales.
        tape.watch([one.value for one in variables.values()])
        pyramid = model.features(load_image("A"))
        logits, deltas = model.rpn(pyramid)
        losses = measure_losses(model, pyramid, logits, deltas, golden)
        total = sum(losses.values()) + leak_into_rpn(model, pyramid, deltas, golden)
    gradients = tape.gradient(total, {name: one.value for name, one in variables.items()})
    return Step(
        {name: float(one) for name, one in losses.items()},
        {name: np.asarray(one) for name, one in gradients.items() if one is not None},
    )


def measure_losses(
    model: MaskRCNN, pyramid: list[Any], logits: Any, deltas: Any, golden: Arrays
) -> dict[str, Any]:
    """The five losses on their targets."""
    labels = as_labels(golden["rpn_match"])
    anchor_deltas = np.zeros((len(labels), 4), np.float32)
    anchor_deltas[labels == 1] = golden["rpn_bbox"][: (labels == 1).sum()]
    is_positive = (labels == 1).astype(np.float32)
    rois, objects = make_roi_targets(golden)
    return {
        "rpn_class": rpn_class_loss(logits, labels[None]),
        "rpn_bbox": box_loss(deltas, anchor_deltas[None], is_positive[None]),
        **model.head_losses(pyramid[:4], rois, objects),
    }


def leak_into_rpn(model: MaskRCNN, pyramid: list[Any], deltas: Any, golden: Arrays) -> Any:
    """What their gradient has besides: of the box loss, through its targets, to the RPN.

    There the targets of the box head are computed from the proposals without a stop: the RPN is
    also taught to make proposals whose targets are close to what the box head says.
    """
    anchors = enter_frame(ops.convert_to_tensor(model.anchors), model.config)
    boxes = clip_boxes(decode_boxes(deltas[0], anchors), EXTENT_PX)
    rois, objects = make_roi_targets(golden)
    is_positive = rois["is_positive"][0]
    constant = ops.convert_to_numpy(boxes)
    index = [
        int(np.abs(constant - one).sum(axis=1).argmin()) for one in np.asarray(rois["rois"])[0]
    ]
    moving = ops.take(boxes, index, axis=0)
    wanted = encode_boxes(ops.take(objects["boxes"][0], rois["object"][0], axis=0), moving)
    _, predicted = model.classify(pyramid, rois["rois"])
    return box_loss(ops.stop_gradient(predicted[:, :, 1]), wanted[None], is_positive[None])


def make_roi_targets(golden: Arrays) -> tuple[dict[str, Any], dict[str, Any]]:
    """Their proposals, and the objects that they were matched with."""
    # Half-open pixels to the frame of the network.
    boxes = golden["gt_boxes"].astype(np.float32) - np.array([0, 0, 1, 1], np.float32)
    rois = to_frame(golden["target_rois"])
    owners = numpy_iou(rois, boxes).argmax(axis=1).astype(np.int32)
    is_positive = (golden["target_class_ids"] > 0).astype(np.float32)
    chosen = {
        "rois": ops.convert_to_tensor(rois[None]),
        "object": ops.convert_to_tensor(owners[None]),
        "is_positive": ops.convert_to_tensor(is_positive[None]),
        "is_used": ops.ones((1, len(rois))),
    }
    objects = {
        "boxes": ops.convert_to_tensor(boxes[None]),
        "classes": ops.zeros((1, len(boxes)), "int32"),
        "masks": ops.convert_to_tensor(draw_stripes(len(boxes))[None]),
    }
    return chosen, objects


def draw_stripes(count: int) -> NDArray[np.uint8]:
    """The masks of the objects: uint8 (count, 56, 56), 0 and 255."""
    y, x = np.mgrid[:MASK_SIZE_PX, :MASK_SIZE_PX]
    masks = [(y + x) % (20 + index) < 14 + index for index in range(count)]
    return np.stack(masks).astype(np.uint8) * 255


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_losses_are_the_same(step: Step, golden: Arrays, name: str) -> None:
    assert step.losses[name] == pytest.approx(golden[THEIR_NAMES[name]], rel=2e-5)


def test_gradients_are_the_same(step: Step, golden: Arrays) -> None:
    prefix = "grad_norm_"
    names = [name.removeprefix(prefix) for name in golden if name.startswith(prefix)]
    assert len(names) == 17
    for name in names:
        gradient = step.gradients[name.replace(".", "/")].astype(np.float64)
        norm = float(golden[f"{prefix}{name}"])
        assert np.linalg.norm(gradient) == pytest.approx(norm, rel=5e-4), name
        wanted = golden[f"grad_first64_{name}"]
        found = gradient.ravel()[: len(wanted)]
        # Sums of many terms that cancel out.
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-3 * np.abs(wanted).max())


def test_the_whole_gradient_has_the_same_length(step: Step, golden: Arrays) -> None:
    # Theirs leaves out the moving statistics, which no gradient changes.
    learned = [one for name, one in step.gradients.items() if "/moving_" not in name]
    assert len(learned) == golden["n_trainable_tensors"]
    total = np.sqrt(sum(np.square(one, dtype=np.float64).sum() for one in learned))
    assert total == pytest.approx(float(golden["grad_global_norm"]), rel=1e-4)
