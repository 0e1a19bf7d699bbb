"""The two heads; see `geoseg.maskrcnn.heads`."""

from __future__ import annotations

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.onnx.layers import batch_norm, convolve
from geoseg.maskrcnn.onnx.writer import FeatureMap, GraphWriter, ints


def add_box_head(graph: GraphWriter, pooled: FeatureMap, config: MaskRCNNConfig) -> tuple[str, str]:
    """Pooled features (R, C, P, P) to class logits (R, outputs) and deltas (R, 4).

    With `box_per_class` the deltas are (R, 4 * outputs), class by class.
    """
    side, units, has_norm = pooled.size, config.box_units, config.head_batch_norm
    num_inputs = side * side * pooled.channels
    shape = (side, side, pooled.channels, units) if has_norm else (num_inputs, units)
    first = graph.weight("mrcnn_class_conv1/kernel", shape)
    # Keras lays the features out as (P, P, C).
    first = graph.reshape(first, side, side, pooled.channels, units)
    first = graph.add("Transpose", first, perm=[2, 0, 1, 3])
    first = graph.reshape(first, num_inputs, units)
    x = _hide(graph, graph.add("Flatten", pooled.name), first, 1, config)
    shape = (1, 1, units, units) if has_norm else (units, units)
    second = graph.reshape(graph.weight("mrcnn_class_conv2/kernel", shape), units, units)
    x = _hide(graph, x, second, 2, config)
    logits = _dense(graph, x, "mrcnn_class_logits", units, config.num_outputs)
    num_deltas = 4 * config.num_outputs if config.box_per_class else 4
    return logits, _dense(graph, x, "mrcnn_bbox_fc", units, num_deltas)


def _hide(graph: GraphWriter, x: str, kernel: str, number: int, config: MaskRCNNConfig) -> str:
    """A hidden layer of the box head on rows (R, inputs)."""
    units = config.box_units
    x = graph.add("Gemm", x, kernel, graph.weight(f"mrcnn_class_conv{number}/bias", (units,)))
    if config.head_batch_norm:
        cell = FeatureMap(graph.reshape(x, -1, units, 1, 1), units, 1)
        x = graph.add("Flatten", batch_norm(graph, cell, f"mrcnn_class_bn{number}").name)
    return graph.add("Relu", x)


def _dense(graph: GraphWriter, x: str, name: str, num_inputs: int, units: int) -> str:
    kernel = graph.weight(f"{name}/kernel", (num_inputs, units))
    return graph.add("Gemm", x, kernel, graph.weight(f"{name}/bias", (units,)))


def add_mask_head(graph: GraphWriter, pooled: FeatureMap, config: MaskRCNNConfig) -> str:
    """Pooled features (R, C, P, P) to mask logits (R, outputs, 2P, 2P)."""
    x, channels, side = pooled, pooled.channels, pooled.size
    for index in range(config.mask_convs):
        x = convolve(graph, x, f"mrcnn_mask_conv{index + 1}", channels, 3)
        if config.head_batch_norm:
            x = batch_norm(graph, x, f"mrcnn_mask_bn{index + 1}")
        x = FeatureMap(graph.add("Relu", x.name), channels, side)
    # A transposed convolution whose windows do not overlap makes the four quarters of a cell
    # without each other's help, and so does the 1x1 convolution behind it: both run on the
    # small map, and only their few results are laid side by side.
    kernel = graph.weight("mrcnn_mask_deconv/kernel", (2, 2, channels, channels), (0, 1, 2, 3))
    kernel = graph.reshape(kernel, 4 * channels, channels, 1, 1)
    bias = graph.weight("mrcnn_mask_deconv/bias", (channels,))
    quarters = graph.add(
        "Conv", x.name, kernel, graph.add("Concat", bias, bias, bias, bias, axis=0)
    )
    quarters = graph.reshape(graph.add("Relu", quarters), -1, channels, side, side)
    rows = FeatureMap(quarters, channels, side)
    logits = convolve(graph, rows, "mrcnn_mask", config.num_outputs)
    logits_name = graph.reshape(logits.name, -1, 2, 2, config.num_outputs, side, side)
    # (R, dy, dx, classes, y, x) to (R, classes, y, dy, x, dx).
    laid = graph.add("Transpose", logits_name, perm=[0, 3, 4, 1, 5, 2])
    return graph.reshape(laid, -1, config.num_outputs, 2 * side, 2 * side)


def take_own_class(graph: GraphWriter, masks: str, outputs: str, num_outputs: int) -> str:
    """Masks (R, outputs, M, M) of each row's own class, its output int64 (R,): (R, M, M)."""
    if num_outputs == 1:
        return graph.add("Squeeze", masks, ints(1))
    return graph.add("GatherND", masks, graph.add("Unsqueeze", outputs, ints(-1)), batch_dims=1)
