"""ResNet-50 and ResNet-101 (He et al. 2015), version 1, with frozen batch norm.

The variant and the layer names are matterport's: the stride sits in the first 1x1 convolution
of a stage and in its shortcut, convolutions have biases, batch norm has epsilon 1e-3.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

BLOCKS = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3)}
STAGE_CHANNELS = (64, 128, 256, 512)
BATCH_NORM_EPSILON = 1e-3


def build_resnet(name: str, tile_size_px: int) -> keras.Model:
    """The backbone.

    Args:
        name: "resnet50" or "resnet101".
        tile_size_px: side of the square input.

    Returns:
        A model from images float (B, S, S, 3), mean subtracted, to the maps C2..C5, of strides 4
        to 32 and 256, 512, 1024 and 2048 channels.
    """
    image = keras.Input((tile_size_px, tile_size_px, 3), name="image")
    x = layers.ZeroPadding2D(3, name="conv1_pad")(image)
    x = layers.Conv2D(64, 7, 2, padding="valid", name="conv1")(x)
    x = layers.ReLU(name="conv1_relu")(_batch_norm(x, "bn_conv1"))
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    maps = []
    for stage, (channels, blocks) in enumerate(zip(STAGE_CHANNELS, BLOCKS[name], strict=True), 2):
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 2 else 1
            x = _bottleneck(x, f"{stage}{chr(ord('a') + block)}", channels, stride, block == 0)
        maps.append(x)
    return keras.Model(image, maps, name=name)


def _bottleneck(x: Any, label: str, channels: int, stride: int, has_projection: bool) -> Any:
    shortcut = x
    y = layers.Conv2D(channels, 1, stride, name=f"res{label}_branch2a")(x)
    y = layers.ReLU(name=f"res{label}_relu2a")(_batch_norm(y, f"bn{label}_branch2a"))
    y = layers.Conv2D(channels, 3, padding="same", name=f"res{label}_branch2b")(y)
    y = layers.ReLU(name=f"res{label}_relu2b")(_batch_norm(y, f"bn{label}_branch2b"))
    y = layers.Conv2D(4 * channels, 1, name=f"res{label}_branch2c")(y)
    y = _batch_norm(y, f"bn{label}_branch2c")
    if has_projection:
        shortcut = layers.Conv2D(4 * channels, 1, stride, name=f"res{label}_branch1")(x)
        shortcut = _batch_norm(shortcut, f"bn{label}_branch1")
    y = layers.Add(name=f"res{label}_add")([y, shortcut])
    return layers.ReLU(name=f"res{label}_out_relu")(y)


def _batch_norm(x: Any, name: str) -> Any:
    # Not trainable: Keras then uses the moving statistics in training too.
    return layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, trainable=False, name=name)(x)
