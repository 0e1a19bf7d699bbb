"""ResNet-50 and ResNet-101 (He et al. 2015), version 1, with frozen batch norm.

The variant and the layer names are matterport's: the stride sits in the first 1x1 convolution
of a stage and in its shortcut, convolutions have biases, batch norm has epsilon 1e-3.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from geoseg.maskrcnn.architecture import RESNET_BLOCKS, RESNET_CHANNELS
from geoseg.maskrcnn.batch_norm import make_batch_norm
from geoseg.maskrcnn.initializers import AFTER_RELU, OF_BRANCH, keep_size

# Standard deviation of the pixels of an image round the mean that is subtracted.
PIXEL_DEVIATION = 60.0


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
    first = keep_size(AFTER_RELU / PIXEL_DEVIATION**2)
    x = layers.Conv2D(64, 7, 2, padding="valid", kernel_initializer=first, name="conv1")(x)
    x = layers.ReLU(name="conv1_relu")(make_batch_norm("bn_conv1")(x))
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    maps = []
    stages = zip(RESNET_CHANNELS, RESNET_BLOCKS[name], strict=True)
    for stage, (channels, blocks) in enumerate(stages, 2):
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 2 else 1
            x = _bottleneck(x, f"{stage}{chr(ord('a') + block)}", channels, stride, block == 0)
        maps.append(x)
    return keras.Model(image, maps, name=name)


def _bottleneck(x: Any, label: str, channels: int, stride: int, has_projection: bool) -> Any:
    shortcut = x
    y = _convolve(x, f"res{label}_branch2a", channels, stride=stride)
    y = layers.ReLU(name=f"res{label}_relu2a")(make_batch_norm(f"bn{label}_branch2a")(y))
    y = _convolve(y, f"res{label}_branch2b", channels, kernel_px=3)
    y = layers.ReLU(name=f"res{label}_relu2b")(make_batch_norm(f"bn{label}_branch2b")(y))
    y = _convolve(y, f"res{label}_branch2c", 4 * channels, gain=OF_BRANCH)
    y = make_batch_norm(f"bn{label}_branch2c")(y)
    if has_projection:
        shortcut = _convolve(x, f"res{label}_branch1", 4 * channels, stride=stride)
        shortcut = make_batch_norm(f"bn{label}_branch1")(shortcut)
    y = layers.Add(name=f"res{label}_add")([y, shortcut])
    return layers.ReLU(name=f"res{label}_out_relu")(y)


def _convolve(
    x: Any,
    name: str,
    channels: int,
    *,
    kernel_px: int = 1,
    stride: int = 1,
    gain: float = AFTER_RELU,
) -> Any:
    initializer = keep_size(gain)
    return layers.Conv2D(
        channels, kernel_px, stride, padding="same", kernel_initializer=initializer, name=name
    )(x)
