"""The box head and the mask head."""

from __future__ import annotations

import numpy as np
from keras import ops

from geoseg.maskrcnn.heads import BoxHead, MaskHead


def test_box_head_scores_and_refines_each_box() -> None:
    pooled = np.random.default_rng(0).normal(size=(2, 5, 7, 7, 3)).astype(np.float32)
    head = BoxHead(2, 8)
    logits, deltas = head(pooled)
    assert tuple(logits.shape) == (2, 5, 2)
    assert tuple(deltas.shape) == (2, 5, 4)
    assert head.compute_output_shape(pooled.shape) == ((2, 5, 2), (2, 5, 4))
    # A box's result depends on its own features alone.
    alone, _ = head(pooled[1:, 3:4])
    np.testing.assert_allclose(
        ops.convert_to_numpy(logits)[1, 3], ops.convert_to_numpy(alone)[0, 0], atol=1e-5
    )


def test_box_head_worked_by_hand() -> None:
    head = BoxHead(1, 2)
    head.build((None, None, 1, 2, 1))
    head.hidden[0].set_weights([np.array([[1, -1], [2, -2]]), np.array([0, 1])])
    head.hidden[1].set_weights([np.eye(2), np.zeros(2)])
    head.scorer.set_weights([np.array([[1], [10]]), np.array([0.5])])
    head.regressor.set_weights([np.array([[1, 0, 0, 2], [0, 1, 0, 0]]), np.zeros(4)])
    # 1 * 3 + 2 * 4 = 11 and its negative plus 1, which the ReLU cuts off.
    logits, deltas = head(np.array([3, 4], np.float32).reshape(1, 1, 1, 2, 1))
    assert ops.convert_to_numpy(logits).tolist() == [[[11.5]]]
    assert ops.convert_to_numpy(deltas).tolist() == [[[11, 0, 0, 22]]]


def test_mask_head_doubles_the_side() -> None:
    pooled = np.random.default_rng(0).normal(size=(2, 3, 5, 5, 4)).astype(np.float32)
    head = MaskHead(2, 4, 1)
    masks = head(pooled)
    assert tuple(masks.shape) == (2, 3, 10, 10, 2)
    assert head.compute_output_shape(pooled.shape) == (2, 3, 10, 10, 2)
    alone = head(pooled[1:, 2:])
    np.testing.assert_allclose(
        ops.convert_to_numpy(masks)[1, 2], ops.convert_to_numpy(alone)[0, 0], atol=1e-5
    )


def test_mask_head_worked_by_hand() -> None:
    # No convolutions: each cell becomes 2 x 2 cells, weighted 1, 2, 3 and 4.
    head = MaskHead(1, 1, 0)
    head.build((None, None, 2, 2, 1))
    head.upsampler.set_weights([np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1), np.zeros(1)])
    head.predictor.set_weights([np.full((1, 1, 1, 1), 10.0), np.array([0.5])])
    masks = head(np.array([[1, 0], [2, -1]], np.float32).reshape(1, 1, 2, 2, 1))
    cells = np.array([[1, 2, 0, 0], [3, 4, 0, 0], [2, 4, 0, 0], [6, 8, 0, 0]])
    np.testing.assert_allclose(ops.convert_to_numpy(masks)[0, 0, ..., 0], 10 * cells + 0.5)
