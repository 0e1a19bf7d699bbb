"""The layers of matterport's Mask R-CNN, as its `.h5` files name, shape and order them.

Layer names are those of https://github.com/matterport/Mask_RCNN, whose files look layers up by
name. Numbered names, such as `activation_7`, count the layers of a kind in a fresh Keras session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geoseg.maskrcnn.architecture import RESNET_BLOCKS, RESNET_CHANNELS

PYRAMID_CHANNELS = 256
RPN_CHANNELS = 512
BOX_UNITS = 1024
BOX_POOL_PX = 7
MASK_CONVS = 4
NUM_RATIOS = 3

# The nested model, whose layers share one group.
RPN_MODEL = "rpn_model"
RPN_LAYERS = ("rpn_conv_shared", "rpn_class_raw", "rpn_bbox_pred")

# The layers whose shape follows from the number of classes.
CLASS_LAYERS = ("mrcnn_class_logits", "mrcnn_bbox_fc", "mrcnn_mask")

VARIABLES = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")


@dataclass(frozen=True)
class WeightLayout:
    """One array of a file.

    Attributes:
        layer: the layer that it belongs to, inside of `rpn_model` too.
        variable: one of VARIABLES.
        shape: of the array.
    """

    layer: str
    variable: str
    shape: tuple[int, ...]

    @property
    def key(self) -> str:
        """Its name in a network of this project, `<layer>/<variable>`."""
        return f"{self.layer}/{self.variable}"


@dataclass(frozen=True)
class LayerLayout:
    """One group of a file: a layer, or the nested model.

    Attributes:
        name: of the group.
        weights: in the order of the file; empty for layers that have none.
    """

    name: str
    weights: tuple[WeightLayout, ...] = ()


def list_layers(backbone: str, num_outputs: int) -> tuple[LayerLayout, ...]:
    """All groups of a file that a network for inference was saved to, in its order.

    Args:
        backbone: "resnet50" or "resnet101".
        num_outputs: classes, background included.
    """
    layers = [*_backbone(backbone), *_pyramid(), _rpn_model(), *_heads(num_outputs)]
    return tuple(_number(layers))


def list_weights(backbone: str, num_outputs: int) -> dict[str, WeightLayout]:
    """All arrays by `<layer>/<variable>`, in the order of the file; see `list_layers`."""
    layers = list_layers(backbone, num_outputs)
    return {one.key: one for layer in layers for one in layer.weights}


def _backbone(backbone: str) -> Iterator[LayerLayout]:
    yield from _empty("input_image", "zero_padding2d_1")
    yield _convolution("conv1", 7, 3, 64)
    yield _norm("bn_conv1", 64)
    yield from _empty("activation", "max_pooling2d_1")
    inputs = 64
    stages = zip(RESNET_CHANNELS, RESNET_BLOCKS[backbone], strict=True)
    for stage, (channels, blocks) in enumerate(stages, 2):
        for block in range(blocks):
            label = f"{stage}{chr(ord('a') + block)}"
            yield from _bottleneck(label, inputs, channels, has_projection=block == 0)
            inputs = 4 * channels


def _bottleneck(
    label: str, inputs: int, channels: int, *, has_projection: bool
) -> Iterator[LayerLayout]:
    outputs = 4 * channels
    yield _convolution(f"res{label}_branch2a", 1, inputs, channels)
    yield _norm(f"bn{label}_branch2a", channels)
    yield LayerLayout("activation")
    yield _convolution(f"res{label}_branch2b", 3, channels, channels)
    yield _norm(f"bn{label}_branch2b", channels)
    yield LayerLayout("activation")
    # Keras lists layers by depth: the shortcut stands beside the last convolution.
    yield _convolution(f"res{label}_branch2c", 1, channels, outputs)
    if has_projection:
        yield _convolution(f"res{label}_branch1", 1, inputs, outputs)
    yield _norm(f"bn{label}_branch2c", outputs)
    if has_projection:
        yield _norm(f"bn{label}_branch1", outputs)
    yield from _empty("add", f"res{label}_out")


def _pyramid() -> Iterator[LayerLayout]:
    yield _convolution("fpn_c5p5", 1, 4 * RESNET_CHANNELS[3], PYRAMID_CHANNELS)
    for level in (4, 3, 2):
        yield LayerLayout(f"fpn_p{level + 1}upsampled")
        inputs = 4 * RESNET_CHANNELS[level - 2]
        yield _convolution(f"fpn_c{level}p{level}", 1, inputs, PYRAMID_CHANNELS)
        yield LayerLayout(f"fpn_p{level}add")
    for level in (5, 2, 3, 4):
        yield _convolution(f"fpn_p{level}", 3, PYRAMID_CHANNELS, PYRAMID_CHANNELS)
    yield LayerLayout("fpn_p6")


def _rpn_model() -> LayerLayout:
    shared, scorer, regressor = RPN_LAYERS
    layers = (
        _convolution(shared, 3, PYRAMID_CHANNELS, RPN_CHANNELS),
        # Background and object have a logit each.
        _convolution(scorer, 1, RPN_CHANNELS, 2 * NUM_RATIOS),
        _convolution(regressor, 1, RPN_CHANNELS, 4 * NUM_RATIOS),
    )
    return LayerLayout(RPN_MODEL, tuple(one for layer in layers for one in layer.weights))


def _heads(num_outputs: int) -> Iterator[LayerLayout]:
    yield from _empty("rpn_class", "rpn_bbox", "input_anchors", "ROI", "input_image_meta")
    yield LayerLayout("roi_align_classifier")
    for index, (size_px, inputs) in enumerate(((BOX_POOL_PX, PYRAMID_CHANNELS), (1, BOX_UNITS)), 1):
        yield _convolution(f"mrcnn_class_conv{index}", size_px, inputs, BOX_UNITS)
        yield _norm(f"mrcnn_class_bn{index}", BOX_UNITS)
        yield LayerLayout("activation")
    yield LayerLayout("pool_squeeze")
    logits, boxes, masks = CLASS_LAYERS
    yield _with_kernel(logits, (BOX_UNITS, num_outputs), num_outputs)
    yield _with_kernel(boxes, (BOX_UNITS, 4 * num_outputs), 4 * num_outputs)
    yield from _empty("mrcnn_class", "mrcnn_bbox", "mrcnn_detection", "lambda_3", "roi_align_mask")
    for index in range(1, MASK_CONVS + 1):
        yield _convolution(f"mrcnn_mask_conv{index}", 3, PYRAMID_CHANNELS, PYRAMID_CHANNELS)
        yield _norm(f"mrcnn_mask_bn{index}", PYRAMID_CHANNELS)
        yield LayerLayout("activation")
    yield _convolution("mrcnn_mask_deconv", 2, PYRAMID_CHANNELS, PYRAMID_CHANNELS)
    yield _convolution(masks, 1, PYRAMID_CHANNELS, num_outputs)


def _number(layers: list[LayerLayout]) -> Iterator[LayerLayout]:
    counts = {"activation": 0, "add": 0}
    for layer in layers:
        if layer.name == "mrcnn_class":
            # The softmax that it wraps takes a number.
            counts["activation"] += 1
        if layer.name in counts:
            counts[layer.name] += 1
            yield LayerLayout(f"{layer.name}_{counts[layer.name]}")
        else:
            yield layer


def _empty(*names: str) -> Iterator[LayerLayout]:
    for name in names:
        yield LayerLayout(name)


def _convolution(name: str, size_px: int, inputs: int, outputs: int) -> LayerLayout:
    return _with_kernel(name, (size_px, size_px, inputs, outputs), outputs)


def _with_kernel(name: str, shape: tuple[int, ...], outputs: int) -> LayerLayout:
    weights = (WeightLayout(name, "kernel", shape), WeightLayout(name, "bias", (outputs,)))
    return LayerLayout(name, weights)


def _norm(name: str, channels: int) -> LayerLayout:
    return LayerLayout(
        name, tuple(WeightLayout(name, variable, (channels,)) for variable in VARIABLES[2:])
    )
