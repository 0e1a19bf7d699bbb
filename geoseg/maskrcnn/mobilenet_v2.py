"""MobileNetV2 (Sandler et al. 2018) without batch norm: it is folded into the convolutions.

The names of the convolutions are those of `keras.applications.MobileNetV2`. Detectors train with
frozen batch norm anyway, and folded it costs nothing.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

# (channels, stride of the first block, blocks); the expansion is 6 but for the first.
STAGES = ((24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1))
EXPANSION = 6

# The widest tensor before each halving carries the most (Sandler et al., section 6.2).
PYRAMID_TAPS = ("block_3_expand", "block_6_expand", "block_13_expand", "Conv_1")


def build_mobilenet_v2(tile_size_px: int) -> keras.Model:
    """The backbone.

    Args:
        tile_size_px: side of the square input.

    Returns:
        A model from images float (B, S, S, 3) in -1..1 to the maps C2..C5, of strides 4 to 32 and
        144, 192, 576 and 1280 channels.
    """
    image = keras.Input((tile_size_px, tile_size_px, 3), name="image")
    x = layers.Conv2D(32, 3, 2, padding="same", name="Conv1")(image)
    x = layers.ReLU(6.0, name="Conv1_relu")(x)
    x = _depthwise(x, "expanded_conv_depthwise", stride=1)
    x = _convolve(x, "expanded_conv_project", 16, is_linear=True)
    taps: dict[str, Any] = {}
    index = 1
    for channels, stride, blocks in STAGES:
        for position in range(blocks):
            name = f"block_{index}"
            x, expanded = _bottleneck(x, name, channels, stride if position == 0 else 1)
            taps[f"{name}_expand"] = expanded
            index += 1
    taps["Conv_1"] = _convolve(x, "Conv_1", 1280)
    return keras.Model(image, [taps[name] for name in PYRAMID_TAPS], name="mobilenet_v2")


def _bottleneck(x: Any, name: str, channels: int, stride: int) -> tuple[Any, Any]:
    expanded = _convolve(x, f"{name}_expand", x.shape[-1] * EXPANSION)
    y = _depthwise(expanded, f"{name}_depthwise", stride)
    y = _convolve(y, f"{name}_project", channels, is_linear=True)
    if stride == 1 and x.shape[-1] == channels:
        y = layers.Add(name=f"{name}_add")([x, y])
    return y, expanded


def _convolve(x: Any, name: str, channels: int, *, is_linear: bool = False) -> Any:
    x = layers.Conv2D(channels, 1, name=name)(x)
    return x if is_linear else layers.ReLU(6.0, name=f"{name}_relu")(x)


def _depthwise(x: Any, name: str, stride: int) -> Any:
    x = layers.DepthwiseConv2D(3, stride, padding="same", name=name)(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)
