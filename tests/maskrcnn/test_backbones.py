"""The backbones, against those that come with Keras."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import level_sizes
from geoseg.maskrcnn.backbones import build_backbone, normalize_images
from geoseg.maskrcnn.mobilenet_v2 import build_mobilenet_v2
from geoseg.maskrcnn.resnet import build_resnet
from tests.maskrcnn.samples import seeded_array

# Of keras.applications' batch norms, and of matterport's.
MOBILENET_EPSILON = 1e-3
RESNET_EPSILON = 1.001e-5
MATTERPORT_EPSILON = 1e-3


def fill(model: keras.Model) -> None:
    """Give each variable a fixed value; scales and variances are near 1."""
    for layer in model.layers:
        for variable in layer.weights:
            value = seeded_array(f"{layer.name}/{variable.name}", tuple(variable.shape))
            is_near_one = variable.name in ("gamma", "moving_variance")
            variable.assign(1.0 + value if is_near_one else value)


def random_input(tile_size_px: int) -> NDArray[np.float32]:
    random = np.random.default_rng(0)
    return random.uniform(-1, 1, (1, tile_size_px, tile_size_px, 3)).astype(np.float32)


def assert_equal_maps(found: list[Any], expected: list[Any]) -> None:
    for one, other in zip(found, expected, strict=True):
        one, other = np.asarray(one), np.asarray(other)
        assert one.shape == other.shape
        assert np.abs(one).max() > 1e-3
        np.testing.assert_allclose(one, other, atol=1e-4 * np.abs(other).max())


def fold_batch_norm(reference: keras.Model, model: keras.Model) -> None:
    """Fold the batch norms of keras.applications' MobileNetV2 into our convolutions."""
    layers = {layer.name: layer for layer in reference.layers}
    for layer in model.layers:
        if not layer.weights:
            continue
        known = layers[layer.name]
        norm = next(
            layers[name]
            for name in (f"{layer.name}_BN", f"bn_{layer.name}", f"{layer.name}_bn")
            if name in layers
        )
        gamma, beta, mean, variance = (one for one in norm.get_weights())
        scale = gamma / np.sqrt(variance + MOBILENET_EPSILON)
        kernel = known.get_weights()[0]
        is_depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        folded = kernel * (scale[:, None] if is_depthwise else scale)
        layer.set_weights([folded, beta - mean * scale])


@pytest.mark.parametrize("tile_size_px", [75, 96, 203, 300])
def test_mobilenet_is_that_of_keras(tile_size_px: int) -> None:
    reference = keras.applications.MobileNetV2(
        input_shape=(tile_size_px, tile_size_px, 3), include_top=False, weights=None
    )
    fill(reference)
    model = build_mobilenet_v2(tile_size_px)
    fold_batch_norm(reference, model)
    taps = ("block_3_expand_relu", "block_6_expand_relu", "block_13_expand_relu", "out_relu")
    expected = keras.Model(reference.input, [reference.get_layer(name).output for name in taps])
    images = random_input(tile_size_px)
    assert_equal_maps(model(images), expected(images))


def keras_name(name: str) -> str:
    """The name in keras.applications of a layer of our ResNet-50."""
    if name in ("conv1", "bn_conv1"):
        return {"conv1": "conv1_conv", "bn_conv1": "conv1_bn"}[name]
    match = re.fullmatch(r"(res|bn)(\d)(\w)_branch(1|2[abc])", name)
    assert match
    kind, stage, block, branch = match.groups()
    number = {"1": 0, "2a": 1, "2b": 2, "2c": 3}[branch]
    suffix = "conv" if kind == "res" else "bn"
    return f"conv{stage}_block{ord(block) - ord('a') + 1}_{number}_{suffix}"


def test_resnet50_is_that_of_keras() -> None:
    # 98 px: the map that is pooled has an odd side, for which both pad alike.
    reference = keras.applications.ResNet50(
        input_shape=(98, 98, 3), include_top=False, weights=None
    )
    fill(reference)
    model = build_resnet("resnet50", 98)
    for layer in model.layers:
        if layer.weights:
            values = reference.get_layer(keras_name(layer.name)).get_weights()
            if isinstance(layer, keras.layers.BatchNormalization):
                values[3] = values[3] + RESNET_EPSILON - MATTERPORT_EPSILON
            layer.set_weights(values)
    taps = ("conv2_block3_out", "conv3_block4_out", "conv4_block6_out", "conv5_block3_out")
    expected = keras.Model(reference.input, [reference.get_layer(name).output for name in taps])
    images = random_input(98)
    assert_equal_maps(model(images), expected(images))


def matterport_names(blocks: tuple[int, ...]) -> set[str]:
    names = {"conv1", "bn_conv1"}
    for stage, count in enumerate(blocks, 2):
        for block in "abcdefghijklmnopqrstuvw"[:count]:
            branches = ("1", "2a", "2b", "2c") if block == "a" else ("2a", "2b", "2c")
            for branch in branches:
                names |= {f"{kind}{stage}{block}_branch{branch}" for kind in ("res", "bn")}
    return names


@pytest.mark.parametrize(
    ("name", "blocks"), [("resnet50", (3, 4, 6, 3)), ("resnet101", (3, 4, 23, 3))]
)
def test_resnets_have_the_names_of_matterport(name: str, blocks: tuple[int, ...]) -> None:
    model = build_resnet(name, 64)
    names = {layer.name for layer in model.layers if layer.weights}
    assert names == matterport_names(blocks)
    assert [output.shape for output in model.outputs] == [
        (None, 16, 16, 256), (None, 8, 8, 512), (None, 4, 4, 1024), (None, 2, 2, 2048),
    ]  # fmt: skip
    assert all(
        "moving_" in one.name or "gamma" in one.name or "beta" in one.name
        for one in model.non_trainable_weights
    )
    assert not any("bn" in one.path for one in model.trainable_weights)


@pytest.mark.parametrize("tile_size_px", [75, 203, 300])
def test_maps_have_the_sizes_of_the_anchors(tile_size_px: int) -> None:
    model = build_backbone(MaskRCNNConfig(tile_size_px=tile_size_px))
    sizes = level_sizes(tile_size_px)[:4]
    assert [output.shape[1:3] for output in model.outputs] == [(size, size) for size in sizes]
    assert [output.shape[3] for output in model.outputs] == [144, 192, 576, 1280]


def test_pixels_are_scaled_as_each_backbone_wants() -> None:
    image = np.array([[[[0, 128, 255]]]], np.uint8)
    mobile = normalize_images(image, "mobilenet_v2").numpy()
    assert mobile.tolist() == [[[[-1, 0, 127 / 128]]]]
    resnet = normalize_images(image, "resnet50").numpy()
    np.testing.assert_allclose(resnet, [[[[-123.7, 11.2, 151.1]]]], rtol=1e-5)
