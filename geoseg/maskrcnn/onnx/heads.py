"""The two heads; see `geoseg.maskrcnn.heads`."""

from __future__ import annotations

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.onnx.layers import convolve
from geoseg.maskrcnn.onnx.writer import FeatureMap, GraphWriter, ints


def add_box_head(graph: GraphWriter, pooled: FeatureMap, config: MaskRCNNConfig) -> tuple[str, str]:
    """Pooled features (R, C, P, P) to class logits (R, classes) and deltas (R, 4)."""
    side, channels, units = pooled.size, pooled.channels, config.box_units
    num_inputs = side * side * channels
    # Keras lays the features out as (P, P, C).
    first = graph.weight("mrcnn_class_conv1/kernel", (num_inputs, units))
    first = graph.reshape(first, side, side, channels, units)
    first = graph.add("Transpose", first, perm=[2, 0, 1, 3])
    first = graph.reshape(first, num_inputs, units)
    bias = graph.weight("mrcnn_class_conv1/bias", (units,))
    x = graph.add("Gemm", graph.add("Flatten", pooled.name), first, bias)
    x = _dense(graph, graph.add("Relu", x), "mrcnn_class_conv2", units, units)
    x = graph.add("Relu", x)
    logits = _dense(graph, x, "mrcnn_class_logits", units, config.num_classes)
    return logits, _dense(graph, x, "mrcnn_bbox_fc", units, 4)


def _dense(graph: GraphWriter, x: str, name: str, num_inputs: int, units: int) -> str:
    kernel = graph.weight(f"{name}/kernel", (num_inputs, units))
    return graph.add("Gemm", x, kernel, graph.weight(f"{name}/bias", (units,)))


def add_mask_head(graph: GraphWriter, pooled: FeatureMap, config: MaskRCNNConfig) -> str:
    """Pooled features (R, C, P, P) to mask logits (R, classes, 2P, 2P)."""
    x, channels, side = pooled, pooled.channels, pooled.size
    for index in range(config.mask_convs):
        x = convolve(graph, x, f"mrcnn_mask_conv{index + 1}", channels, 3, activation="relu")
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
    logits = convolve(graph, rows, "mrcnn_mask", config.num_classes)
    logits_name = graph.reshape(logits.name, -1, 2, 2, config.num_classes, side, side)
    # (R, dy, dx, classes, y, x) to (R, classes, y, dy, x, dx).
    laid = graph.add("Transpose", logits_name, perm=[0, 3, 4, 1, 5, 2])
    return graph.reshape(laid, -1, config.num_classes, 2 * side, 2 * side)


def take_own_class(graph: GraphWriter, masks: str, classes: str, num_classes: int) -> str:
    """Masks (R, classes, M, M) of each row's own class, int64 (R,): (R, M, M)."""
    if num_classes == 1:
        return graph.add("Squeeze", masks, ints(1))
    return graph.add("GatherND", masks, graph.add("Unsqueeze", classes, ints(-1)), batch_dims=1)
