"""The backbones, from pixels to C2..C5; see `geoseg.maskrcnn.backbones`."""

from __future__ import annotations

import numpy as np

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.architecture import (
    IMAGENET_MEAN_RGB,
    MOBILENET_EXPANSION,
    MOBILENET_STAGES,
    MOBILENET_TAPS,
    RESNET_BLOCKS,
    RESNET_CHANNELS,
)
from geoseg.maskrcnn.onnx.layers import (
    activate,
    add_maps,
    batch_norm,
    convolve,
    convolve_depthwise,
    max_pool,
)
from geoseg.maskrcnn.onnx.writer import FeatureMap, GraphWriter, number


def add_backbone(graph: GraphWriter, images: str, config: MaskRCNNConfig) -> list[FeatureMap]:
    """Images uint8 (B, S, S, 3), RGB, to C2..C5."""
    pixels = graph.cast(images, np.float32)
    if config.backbone == "mobilenet_v2":
        centred = graph.add("Sub", pixels, number(128.0))
        x = graph.add("Mul", centred, number(1 / 128.0))
    else:
        x = graph.add("Sub", pixels, np.array(IMAGENET_MEAN_RGB, np.float32))
    x = graph.add("Transpose", x, perm=[0, 3, 1, 2])
    image = FeatureMap(x, 3, config.tile_size_px)
    if config.backbone == "mobilenet_v2":
        return _add_mobilenet_v2(graph, image)
    return _add_resnet(graph, image, config.backbone)


def _add_mobilenet_v2(graph: GraphWriter, image: FeatureMap) -> list[FeatureMap]:
    x = convolve(graph, image, "Conv1", 32, 3, stride=2, activation="relu6")
    x = convolve_depthwise(graph, x, "expanded_conv_depthwise", stride=1, activation="relu6")
    x = convolve(graph, x, "expanded_conv_project", 16)
    taps: dict[str, FeatureMap] = {}
    index = 1
    for channels, stride, blocks in MOBILENET_STAGES:
        for position in range(blocks):
            name = f"block_{index}"
            x, expanded = _add_inverted(graph, x, name, channels, stride if position == 0 else 1)
            taps[f"{name}_expand"] = expanded
            index += 1
    taps["Conv_1"] = convolve(graph, x, "Conv_1", 1280, activation="relu6")
    return [taps[name] for name in MOBILENET_TAPS]


def _add_inverted(
    graph: GraphWriter, x: FeatureMap, name: str, channels: int, stride: int
) -> tuple[FeatureMap, FeatureMap]:
    """One inverted residual: its output, and the wide map inside."""
    width = x.channels * MOBILENET_EXPANSION
    expanded = convolve(graph, x, f"{name}_expand", width, activation="relu6")
    y = convolve_depthwise(graph, expanded, f"{name}_depthwise", stride=stride, activation="relu6")
    y = convolve(graph, y, f"{name}_project", channels)
    if stride == 1 and x.channels == channels:
        y = add_maps(graph, x, y)
    return y, expanded


def _add_resnet(graph: GraphWriter, image: FeatureMap, name: str) -> list[FeatureMap]:
    x = convolve(graph, image, "conv1", 64, 7, stride=2, pads=(3, 3))
    x = _relu(graph, batch_norm(graph, x, "bn_conv1"))
    x = max_pool(graph, x, 3, 2)
    maps = []
    stages = zip(RESNET_CHANNELS, RESNET_BLOCKS[name], strict=True)
    for stage, (channels, blocks) in enumerate(stages, 2):
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 2 else 1
            label = f"{stage}{chr(ord('a') + block)}"
            x = _add_bottleneck(graph, x, label, channels, stride, block == 0)
        maps.append(x)
    return maps


def _add_bottleneck(
    graph: GraphWriter, x: FeatureMap, label: str, channels: int, stride: int, has_projection: bool
) -> FeatureMap:
    def step(x: FeatureMap, branch: str, width: int, side: int, stride: int) -> FeatureMap:
        y = convolve(graph, x, f"res{label}_branch{branch}", width, side, stride=stride)
        return batch_norm(graph, y, f"bn{label}_branch{branch}")

    y = _relu(graph, step(x, "2a", channels, 1, stride))
    y = _relu(graph, step(y, "2b", channels, 3, 1))
    y = step(y, "2c", 4 * channels, 1, 1)
    shortcut = step(x, "1", 4 * channels, 1, stride) if has_projection else x
    return _relu(graph, add_maps(graph, y, shortcut))


def _relu(graph: GraphWriter, x: FeatureMap) -> FeatureMap:
    return FeatureMap(activate(graph, x.name, "relu"), x.channels, x.size)
