"""The region proposal network's head."""

from __future__ import annotations

import dataclasses

import numpy as np
from keras import ops

from geoseg.maskrcnn.anchors import STRIDES_PX, level_sizes, make_anchors
from geoseg.maskrcnn.rpn import PRIOR_PROBABILITY, RPNHead
from tests.maskrcnn.samples import SMALL

CONFIG = dataclasses.replace(SMALL, tile_size_px=75)
SIZES = level_sizes(75)


def build_head() -> RPNHead:
    head = RPNHead(4, 3)
    head.build([(None, size, size, 4) for size in SIZES])
    return head


def test_there_is_one_output_per_anchor() -> None:
    pyramid = [np.zeros((2, size, size, 4), np.float32) for size in SIZES]
    logits, deltas = build_head()(pyramid)
    num_anchors = len(make_anchors(CONFIG))
    assert tuple(logits.shape) == (2, num_anchors)
    assert tuple(deltas.shape) == (2, num_anchors, 4)
    assert build_head().compute_output_shape([one.shape for one in pyramid]) == (
        (2, num_anchors),
        (2, num_anchors, 4),
    )


def test_a_fresh_head_expects_few_objects() -> None:
    pyramid = [np.zeros((1, size, size, 4), np.float32) for size in SIZES]
    logits, deltas = build_head()(pyramid)
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.sigmoid(logits)), PRIOR_PROBABILITY, rtol=1e-5
    )
    assert not ops.convert_to_numpy(deltas).any()


def test_scores_and_deltas_start_out_independent() -> None:
    head = build_head()
    scores = np.ravel(head.scorer.get_weights()[0])
    deltas = np.ravel(head.regressor.get_weights()[0])
    assert not np.isin(scores, deltas).any()


def test_outputs_are_in_the_order_of_the_anchors() -> None:
    # Each cell holds its own position; the head copies it to the deltas of its anchors.
    head = build_head()
    shared = np.zeros((3, 3, 4, 4))
    shared[1, 1] = np.eye(4)
    head.shared.set_weights([shared, np.zeros(4)])
    head.regressor.set_weights([np.tile(np.eye(4), 3).reshape(1, 1, 4, 12), np.zeros(12)])
    pyramid = []
    for size, stride_px in zip(SIZES, STRIDES_PX, strict=True):
        centres = (np.arange(size) + 0.5) * stride_px
        y, x = np.meshgrid(centres, centres, indexing="ij")
        pyramid.append(np.stack([y, x, 0 * y, 0 * x + stride_px], axis=-1)[None].astype(np.float32))
    _, deltas = head(pyramid)
    deltas = ops.convert_to_numpy(deltas)[0]
    anchors = make_anchors(CONFIG)
    np.testing.assert_allclose(deltas[:, 0], (anchors[:, 0] + anchors[:, 2]) / 2, atol=1e-3)
    np.testing.assert_allclose(deltas[:, 1], (anchors[:, 1] + anchors[:, 3]) / 2, atol=1e-3)
    # The scale of an anchor is 4 times its stride.
    area = (anchors[:, 2] - anchors[:, 0]) * (anchors[:, 3] - anchors[:, 1])
    np.testing.assert_allclose(deltas[:, 3] * 4, np.sqrt(area), rtol=1e-4)
