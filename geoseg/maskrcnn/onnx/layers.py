"""Layers of Keras as nodes of ONNX."""

from __future__ import annotations

from geoseg.maskrcnn.architecture import BATCH_NORM_EPSILON
from geoseg.maskrcnn.onnx.writer import FeatureMap, GraphWriter, number

# Keras has (height, width, in, out), ONNX (out, in, height, width).
KERNEL_ORDER = (3, 2, 0, 1)
DEPTHWISE_ORDER = (2, 3, 0, 1)


def convolve(
    graph: GraphWriter,
    x: FeatureMap,
    name: str,
    channels: int,
    side: int = 1,
    *,
    stride: int = 1,
    activation: str = "",
    pads: tuple[int, int] | None = None,
) -> FeatureMap:
    """`keras.layers.Conv2D`.

    Args:
        graph: grows by the layer.
        x: its input.
        name: of the layer.
        channels: width of its output.
        side: of the kernel.
        stride: of the kernel.
        activation: "", "relu" or "relu6".
        pads: rows before and after; None pads as `padding="same"` does.
    """
    kernel = graph.weight(f"{name}/kernel", (side, side, x.channels, channels), KERNEL_ORDER)
    return _slide(graph, x, name, kernel, channels, side, stride, activation, pads, group=1)


def convolve_depthwise(
    graph: GraphWriter, x: FeatureMap, name: str, *, stride: int, activation: str
) -> FeatureMap:
    """`keras.layers.DepthwiseConv2D` with a 3 x 3 kernel and `padding="same"`."""
    kernel = graph.weight(f"{name}/kernel", (3, 3, x.channels, 1), DEPTHWISE_ORDER)
    width = x.channels
    return _slide(graph, x, name, kernel, width, 3, stride, activation, None, group=width)


def _slide(
    graph: GraphWriter,
    x: FeatureMap,
    name: str,
    kernel: str,
    channels: int,
    side: int,
    stride: int,
    activation: str,
    pads: tuple[int, int] | None,
    *,
    group: int,
) -> FeatureMap:
    before, after = same_pads(x.size, side, stride) if pads is None else pads
    bias = graph.weight(f"{name}/bias", (channels,))
    y = graph.add(
        "Conv",
        x.name,
        kernel,
        bias,
        kernel_shape=[side, side],
        strides=[stride, stride],
        pads=[before, before, after, after],
        group=group,
    )
    size = (x.size + before + after - side) // stride + 1
    return FeatureMap(activate(graph, y, activation), channels, size)


def same_pads(size: int, side: int, stride: int) -> tuple[int, int]:
    """Rows that `padding="same"` adds before and after an axis; the odd one comes after.

    Example:
        >>> same_pads(300, 3, 2), same_pads(75, 3, 2)
        ((0, 1), (1, 1))
    """
    total = max((-(-size // stride) - 1) * stride + side - size, 0)
    return total // 2, total - total // 2


def activate(graph: GraphWriter, value: str, activation: str) -> str:
    """Apply "", "relu" or "relu6"."""
    if activation == "relu6":
        return graph.add("Clip", value, number(0.0), number(6.0))
    if activation == "relu":
        return graph.add("Relu", value)
    return value


def max_pool(graph: GraphWriter, x: FeatureMap, side: int, stride: int) -> FeatureMap:
    """`keras.layers.MaxPooling2D` with `padding="same"`."""
    before, after = same_pads(x.size, side, stride)
    y = graph.add(
        "MaxPool",
        x.name,
        kernel_shape=[side, side],
        strides=[stride, stride],
        pads=[before, before, after, after],
    )
    return FeatureMap(y, x.channels, -(-x.size // stride))


def batch_norm(graph: GraphWriter, x: FeatureMap, name: str) -> FeatureMap:
    """`keras.layers.BatchNormalization` with its moving statistics."""
    variables = ("gamma", "beta", "moving_mean", "moving_variance")
    values = [graph.weight(f"{name}/{one}", (x.channels,)) for one in variables]
    y = graph.add("BatchNormalization", x.name, *values, epsilon=BATCH_NORM_EPSILON)
    return FeatureMap(y, x.channels, x.size)


def add_maps(graph: GraphWriter, x: FeatureMap, y: FeatureMap) -> FeatureMap:
    """Sum of two maps of one shape."""
    return FeatureMap(graph.add("Add", x.name, y.name), x.channels, x.size)
