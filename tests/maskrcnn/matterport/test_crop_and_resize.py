"""Sampling of boxes from border to border, against TensorFlow's own kernel."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.maskrcnn.anchors import level_sizes
from geoseg.maskrcnn.matterport.config import make_matterport_config
from geoseg.maskrcnn.roi_align import roi_align, roi_levels
from tests.maskrcnn.matterport.golden import to_array

SMALL_PX = 100
CONFIG = make_matterport_config("resnet50", ("building",), SMALL_PX)


def random_boxes(count: int) -> NDArray[np.float32]:
    """Normalized boxes (1, count, 4), a third of them beyond the tile, the first empty."""
    random = np.random.default_rng(4)
    low = random.uniform(-0.2, 0.9, (count, 2))
    high = low + random.uniform(0, 1, (count, 2)) ** 2
    boxes = np.concatenate([low, high], axis=1)
    boxes[::3] = boxes[::3].clip(0, 1)
    boxes[0] = 0
    return boxes[None].astype(np.float32)


@pytest.mark.parametrize("pool_px", [7, 14])
@pytest.mark.parametrize("level", [2, 3, 4, 5])
def test_samples_equal_those_of_tensorflow(level: int, pool_px: int) -> None:
    import tensorflow as tf

    random = np.random.default_rng(level)
    pyramid = [
        random.normal(size=(1, size, size, 3)).astype(np.float32)
        for size in level_sizes(SMALL_PX)[:4]
    ]
    boxes = random_boxes(200)
    # With this size all boxes but the empty ones read one level.
    config = dataclasses.replace(CONFIG, roi_canonical_px={2: 1e6, 5: 1e-6}.get(level, 40.0))
    levels = to_array(roi_levels(boxes * 99, config))[0]
    here = levels == level
    assert here.sum() >= 20
    features = pyramid[level - 2]
    rows = np.zeros(len(boxes[0]), np.int32)
    wanted = tf.image.crop_and_resize(features, boxes[0], rows, (pool_px, pool_px)).numpy()
    found = to_array(roi_align(pyramid, boxes * np.float32(99), pool_px, config))[0]
    close = np.abs(found - wanted).max(axis=-1) < 1e-4
    # Samples on the very border are taken or not by the last bit.
    assert close[here].mean() > 0.999
    assert np.median(np.abs(wanted[here])) > 0.01
