"""The losses against matterport's, on the same logits and targets."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.maskrcnn.losses import (
    box_loss,
    mask_loss,
    rpn_class_loss,
    softmax_class_loss,
)
from tests.maskrcnn.matterport.golden import Arrays, as_labels, load_golden, load_script


@pytest.fixture(scope="module")
def units() -> Arrays:
    """Inputs and results of single functions."""
    return load_golden("units")


def pick_class(values: NDArray[np.float32], classes: NDArray[np.int32]) -> NDArray[np.float32]:
    """Values (B, N, classes, ...) of each row's own class."""
    rows = classes.reshape(*classes.shape, *[1] * (values.ndim - 2))
    picked: NDArray[np.float32] = np.take_along_axis(values, rows, axis=2)[:, :, 0]
    return picked


def test_objectness_costs_the_same(units: Arrays) -> None:
    scores, labels = units["in_rpn_logits"], as_labels(units["in_rpn_match"][..., 0])
    logits = scores[..., 1] - scores[..., 0]
    assert float(rpn_class_loss(logits, labels)) == pytest.approx(units["loss_rpn_class"], rel=1e-6)
    assert float(rpn_class_loss(logits, np.full_like(labels, -1))) == units["loss_rpn_class_none"]


def test_refining_anchors_costs_the_same(units: Arrays) -> None:
    is_positive = (units["in_rpn_match"][..., 0] == 1).astype(np.float32)
    # Theirs come one after the other, without a row for what is no object.
    targets = np.zeros_like(units["in_rpn_bbox"])
    for image, rows in enumerate(is_positive > 0):
        targets[image, rows] = units["in_rpn_target_bbox"][image, : rows.sum()]
    found = float(box_loss(units["in_rpn_bbox"], targets, is_positive))
    assert found == pytest.approx(units["loss_rpn_bbox"], rel=1e-6)
    none = float(box_loss(units["in_rpn_bbox"], targets, 0 * is_positive))
    assert none == units["loss_rpn_bbox_none"]


@pytest.mark.parametrize("outputs", [2, 3])
def test_classes_cost_the_same(units: Arrays, outputs: int) -> None:
    logits, classes = (units[f"in_class_{name}_nc{outputs}"] for name in ("logits", "ids"))
    # There the third class is not one of the image's: rows that it wins do not count.
    is_used = (logits.argmax(axis=-1) < 2).astype(np.float32)
    found = float(softmax_class_loss(logits, classes, is_used))
    assert found == pytest.approx(units[f"loss_class_nc{outputs}"], rel=1e-6)


@pytest.mark.parametrize("outputs", [2, 3])
def test_refining_proposals_costs_the_same(units: Arrays, outputs: int) -> None:
    classes = units[f"in_class_ids_nc{outputs}"]
    deltas = pick_class(units[f"in_pred_bbox_nc{outputs}"], classes)
    is_positive = (classes > 0).astype(np.float32)
    found = float(box_loss(deltas, units["in_target_bbox"], is_positive))
    assert found == pytest.approx(units[f"loss_bbox_nc{outputs}"], rel=1e-6)
    none = float(box_loss(deltas, units["in_target_bbox"], 0 * is_positive))
    assert none == units["loss_bbox_none"]


@pytest.mark.parametrize("outputs", [2, 3])
def test_masks_cost_the_same(units: Arrays, outputs: int) -> None:
    unit = load_script("golden_inputs").unit
    targets = np.floor(2 * unit(1450, (2, 20, 28, 28))).astype(np.float32)
    # Without saturated cells, where versions of Keras differ.
    masks = unit(1440 + outputs, (2, 20, 28, 28, outputs)).astype(np.float32).clip(0.01, 0.99)
    classes = units[f"in_class_ids_nc{outputs}"]
    own = pick_class(masks.transpose(0, 1, 4, 2, 3), classes).astype(np.float64)
    logits = np.log(own / (1 - own)).astype(np.float32)
    is_positive = (classes > 0).astype(np.float32)
    found = float(mask_loss(logits, targets, is_positive))
    assert found == pytest.approx(units[f"loss_mask_inner_nc{outputs}"], rel=1e-5)
    assert float(mask_loss(logits, targets, 0 * is_positive)) == units["loss_mask_none"]
