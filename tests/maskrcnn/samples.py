"""Small networks, weights and training batches that every test of the network draws on."""

from __future__ import annotations

import dataclasses
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.matterport.config import make_matterport_config

Batch = dict[str, NDArray[Any]]

SMALL = MaskRCNNConfig(
    tile_size_px=96,
    pyramid_channels=16,
    pre_nms_per_level=48,
    num_proposals=48,
    box_units=32,
    mask_convs=1,
    max_detections=24,
)
# The same in matterport's way. A box that ends with the tile has its last samples on the border,
# where an ulp decides whether they count; with sides of these sizes no sum is rounded.
SMALL_MATTERPORT = dataclasses.replace(
    make_matterport_config("resnet50", ("building", "shed"), 68, score=0.5),
    # Far quicker to compile.
    backbone="mobilenet_v2",
    pyramid_channels=16,
    rpn_channels=24,
    pre_nms_total=200,
    num_proposals=48,
    box_pool_px=5,
    box_units=32,
    mask_pool_px=9,
    mask_convs=1,
    detection_nms_iou=0.5,
    max_detections=40,
)
NUM_OBJECTS = 4
OUTPUT_LAYERS = ("rpn_class_raw", "rpn_bbox_pred", "mrcnn_class_logits", "mrcnn_bbox_fc")


def seeded_array(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Weights that depend on their name and shape alone, of a size that keeps signals alive."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith(("moving_variance", "gamma")):
        # Pixels come down to size, and sums of branches don't grow.
        scale = 0.02 if name == "bn_conv1/gamma" else 0.2 if "branch2c/gamma" in name else 1.0
        return (scale * random.uniform(0.5, 1.5, shape)).astype(np.float32)
    if len(shape) == 1:
        return random.normal(0.0, 0.1, shape).astype(np.float32)
    # A depthwise kernel (h, w, channels, 1) sees one channel only.
    is_depthwise = len(shape) == 4 and shape[-1] == 1 and "depthwise" in name
    fan_in = shape[0] * shape[1] if is_depthwise else int(np.prod(shape[:-1]))
    # Scores are to differ, not to saturate, and boxes to move, not to fly off.
    gain = 0.1 if name.startswith(OUTPUT_LAYERS) else 1.0
    return random.normal(0.0, gain * (2.0 / fan_in) ** 0.5, shape).astype(np.float32)


def seeded_weights(model: Any) -> dict[str, NDArray[np.float32]]:
    """An array for each variable of a network."""
    from geoseg.maskrcnn.weights import weight_names

    arrays = {
        name: seeded_array(name, tuple(variable.shape))
        for name, variable in weight_names(model).items()
    }
    if model.config.classification == "softmax":
        # So that background and each class win somewhere.
        arrays["mrcnn_class_logits/bias"] = np.array([-1.0, 0.5, 0.0], np.float32)
    return arrays


def random_images(count: int, size_px: int, seed: int = 0) -> NDArray[np.uint8]:
    """Coarse coloured squares under noise: uint8 (count, size_px, size_px, 3)."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 220, (count, size_px // 12 + 1, size_px // 12 + 1, 3))
    fine = coarse.repeat(12, axis=1).repeat(12, axis=2)[:, :size_px, :size_px]
    noise = random.integers(0, 36, fine.shape)
    return (fine + noise).astype(np.uint8)


def training_batch(config: MaskRCNNConfig, num_objects: tuple[int, ...] = (3, 0)) -> Batch:
    """What `MaskRCNN.call` wants, for as many tiles as there are numbers.

    Rows beyond a tile's objects are empty, but for the last, which is an ignored region.
    """
    from geoseg.maskrcnn.anchors import make_anchors
    from geoseg.maskrcnn.matching import match_anchors

    random = np.random.default_rng(5)
    batch, size = len(num_objects), config.tile_size_px
    anchors = make_anchors(config)
    corners = random.uniform(0.0, 0.6 * size, (batch, NUM_OBJECTS, 2))
    sides = random.uniform(0.15 * size, 0.35 * size, (batch, NUM_OBJECTS, 2))
    boxes = np.concatenate([corners, corners + sides], axis=-1).astype(np.float32)
    is_object = np.zeros((batch, NUM_OBJECTS), np.float32)
    for row, count in enumerate(num_objects):
        is_object[row, :count] = 1.0
    is_object[:, -1] = -1.0
    boxes[is_object == 0] = 0.0
    matched = [
        match_anchors(
            anchors,
            boxes[row][is_object[row] > 0],
            boxes[row][is_object[row] < 0],
            num_sampled=64,
            random=random,
        )
        for row in range(batch)
    ]
    return {
        "images": random_images(batch, size, seed=3),
        "anchor_labels": np.stack([labels for labels, _ in matched]),
        "anchor_deltas": np.stack([deltas for _, deltas in matched]),
        "boxes": boxes,
        "classes": random.integers(0, config.num_classes, (batch, NUM_OBJECTS)).astype(np.int32),
        "is_object": is_object,
        "masks": random.integers(0, 256, (batch, NUM_OBJECTS, 28, 28)).astype(np.uint8),
        "noise": random.random((batch, config.num_proposals + NUM_OBJECTS), np.float32),
    }
