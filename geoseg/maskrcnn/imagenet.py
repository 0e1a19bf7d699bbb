"""ImageNet weights for the backbones, from `keras.applications`."""

from __future__ import annotations

import re

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.errors import WeightsError
from geoseg.maskrcnn.architecture import BATCH_NORM_EPSILON

# What an image side must be for keras.applications to take the published weights without a word.
_USUAL_SIDE_PX = 224
# Of the batch norms of keras.applications' networks.
_MOBILENET_EPSILON = 1e-3
_RESNET_EPSILON = 1.001e-5

_APPLICATIONS = {
    "mobilenet_v2": keras.applications.MobileNetV2,
    "resnet50": keras.applications.ResNet50,
    "resnet101": keras.applications.ResNet101,
}


def fill_from_imagenet(backbone: keras.Model) -> None:
    """Fill a backbone with the weights that Keras publishes.

    Keras downloads them once, checks their hash and keeps them in its own folder.

    Args:
        backbone: see `geoseg.maskrcnn.backbones.build_backbone`.

    Raises:
        WeightsError: they cannot be downloaded.
    """
    shape = (_USUAL_SIDE_PX, _USUAL_SIDE_PX, 3)
    try:
        source = _APPLICATIONS[backbone.name](
            input_shape=shape, include_top=False, weights="imagenet"
        )
    except Exception as error:  # Keras wraps whatever goes wrong in one.
        raise WeightsError(
            f"ImageNet weights of {backbone.name} must be downloaded once; {_line(error)}"
        ) from error
    fill_from_keras(backbone, source)


def fill_from_keras(backbone: keras.Model, source: keras.Model) -> None:
    """Fill a backbone from the network of the same kind in `keras.applications`.

    Args:
        backbone: see `geoseg.maskrcnn.backbones.build_backbone`. Afterwards it gives the maps of
            `source`, from pixels normalised its own way.
        source: with or without its top.
    """
    fill = _fill_mobilenet if backbone.name == "mobilenet_v2" else _fill_resnet
    fill(backbone, source)


def _fill_mobilenet(backbone: keras.Model, source: keras.Model) -> None:
    norms = {layer.name: layer for layer in source.layers}
    for layer in backbone.layers:
        if not layer.weights:
            continue
        names = (f"{layer.name}_BN", f"bn_{layer.name}", f"{layer.name}_bn")
        norm = next(norms[name] for name in names if name in norms)
        gamma, beta, mean, variance = norm.get_weights()
        scale = gamma / np.sqrt(variance + _MOBILENET_EPSILON)
        (kernel,) = source.get_layer(layer.name).get_weights()
        # The last axis of a depthwise kernel is the multiplier, 1.
        is_depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        kernel = kernel * (scale[:, None] if is_depthwise else scale)
        layer.set_weights([kernel, beta - mean * scale])


def _fill_resnet(backbone: keras.Model, source: keras.Model) -> None:
    for layer in backbone.layers:
        if not layer.weights:
            continue
        values = source.get_layer(_resnet_name(layer.name)).get_weights()
        if layer.name == "conv1":
            # Theirs take blue first.
            values[0] = values[0][:, :, ::-1]
        elif isinstance(layer, keras.layers.BatchNormalization):
            values = _change_epsilon(values)
        layer.set_weights(values)


def _change_epsilon(values: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Batch norm's gamma, beta, mean and variance, for our epsilon in place of theirs.

    The variance cannot make up for it: it may be smaller than the difference.
    """
    gamma, beta, mean, variance = values
    ratio = (variance + BATCH_NORM_EPSILON) / (variance + _RESNET_EPSILON)
    return [gamma * np.sqrt(ratio), beta, mean, variance]


def _resnet_name(name: str) -> str:
    """The name in `keras.applications` of a layer of our ResNets.

    Example:
        >>> _resnet_name("bn4f_branch2c"), _resnet_name("res2a_branch1")
        ('conv4_block6_3_bn', 'conv2_block1_0_conv')
    """
    match = re.fullmatch(r"(res|bn)(\d)(\w)_branch(1|2[abc])", name)
    if match is None:
        return {"conv1": "conv1_conv", "bn_conv1": "conv1_bn"}[name]
    kind, stage, block, branch = match.groups()
    number = {"1": 0, "2a": 1, "2b": 2, "2c": 3}[branch]
    suffix = "conv" if kind == "res" else "bn"
    return f"conv{stage}_block{ord(block) - ord('a') + 1}_{number}_{suffix}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
