"""MobileNetV2 (Sandler et al. 2018) without batch norm: it is folded into the convolutions.

The names of the convolutions are those of `keras.applications.MobileNetV2`. Detectors train with
frozen batch norm anyway, and folded it costs nothing.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from geoseg.maskrcnn.architecture import MOBILENET_EXPANSION, MOBILENET_STAGES, MOBILENET_TAPS
from geoseg.maskrcnn.initializers import (
    AFTER_LINEAR,
    AFTER_RELU,
    OF_BRANCH,
    keep_size,
    keep_size_depthwise,
)


def build_mobilenet_v2(tile_size_px: int) -> keras.Model:
    """The backbone.

    Args:
        tile_size_px: side of the square input.

    Returns:
        A model from images float (B, S, S, 3) in -1..1 to the maps C2..C5, of strides 4 to 32 and
        144, 192, 576 and 1280 channels.
    """
    image = keras.Input((tile_size_px, tile_size_px, 3), name="image")
    first = keep_size(AFTER_RELU)
    x = layers.Conv2D(32, 3, 2, padding="same", kernel_initializer=first, name="Conv1")(image)
    x = layers.ReLU(6.0, name="Conv1_relu")(x)
    x = _depthwise(x, "expanded_conv_depthwise", stride=1)
    x = _project(x, "expanded_conv_project", 16, AFTER_RELU)
    taps: dict[str, Any] = {}
    index = 1
    for channels, stride, blocks in MOBILENET_STAGES:
        for position in range(blocks):
            name = f"block_{index}"
            x, expanded = _bottleneck(x, name, channels, stride if position == 0 else 1)
            taps[f"{name}_expand"] = expanded
            index += 1
    taps["Conv_1"] = _convolve(x, "Conv_1", 1280)
    return keras.Model(image, [taps[name] for name in MOBILENET_TAPS], name="mobilenet_v2")


def _bottleneck(x: Any, name: str, channels: int, stride: int) -> tuple[Any, Any]:
    has_shortcut = stride == 1 and x.shape[-1] == channels
    expanded = _convolve(x, f"{name}_expand", x.shape[-1] * MOBILENET_EXPANSION)
    y = _depthwise(expanded, f"{name}_depthwise", stride)
    y = _project(y, f"{name}_project", channels, OF_BRANCH if has_shortcut else AFTER_RELU)
    if has_shortcut:
        y = layers.Add(name=f"{name}_add")([x, y])
    return y, expanded


def _convolve(x: Any, name: str, channels: int) -> Any:
    # What comes in was projected or added up: it is not rectified.
    initializer = keep_size(AFTER_LINEAR)
    x = layers.Conv2D(channels, 1, kernel_initializer=initializer, name=name)(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _project(x: Any, name: str, channels: int, gain: float) -> Any:
    return layers.Conv2D(channels, 1, kernel_initializer=keep_size(gain), name=name)(x)


def _depthwise(x: Any, name: str, stride: int) -> Any:
    initializer = keep_size_depthwise(AFTER_RELU)
    x = layers.DepthwiseConv2D(
        3, stride, padding="same", depthwise_initializer=initializer, name=name
    )(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)
