"""The backbones, against those that come with Keras."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.errors import WeightsError
from geoseg.maskrcnn import imagenet
from geoseg.maskrcnn.anchors import level_sizes
from geoseg.maskrcnn.backbones import build_backbone, normalize_images
from geoseg.maskrcnn.imagenet import fill_from_keras
from geoseg.maskrcnn.mobilenet_v2 import build_mobilenet_v2
from geoseg.maskrcnn.resnet import build_resnet
from tests.maskrcnn.samples import seeded_array


def fill(model: keras.Model) -> None:
    """Give each variable a fixed value; scales and variances are near 1."""
    for layer in model.layers:
        for variable in layer.weights:
            value = seeded_array(f"{layer.name}/{variable.name}/offset", tuple(variable.shape))
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


@pytest.mark.parametrize("tile_size_px", [75, 96, 203, 300])
def test_mobilenet_is_that_of_keras(tile_size_px: int) -> None:
    reference = keras.applications.MobileNetV2(
        input_shape=(tile_size_px, tile_size_px, 3), include_top=False, weights=None
    )
    fill(reference)
    model = build_mobilenet_v2(tile_size_px)
    fill_from_keras(model, reference)
    taps = ("block_3_expand_relu", "block_6_expand_relu", "block_13_expand_relu", "out_relu")
    expected = keras.Model(reference.input, [reference.get_layer(name).output for name in taps])
    images = random_input(tile_size_px)
    assert_equal_maps(model(images), expected(images))


@pytest.mark.parametrize(
    ("name", "build", "blocks"),
    [
        ("resnet50", keras.applications.ResNet50, (3, 4, 6, 3)),
        pytest.param(
            "resnet101", keras.applications.ResNet101, (3, 4, 23, 3), marks=pytest.mark.slow
        ),
    ],
)
def test_resnets_are_those_of_keras(name: str, build: Any, blocks: tuple[int, ...]) -> None:
    # 98 px: the map that is pooled has an odd side, for which both pad alike.
    reference = build(input_shape=(98, 98, 3), include_top=False, weights=None)
    fill(reference)
    for layer in reference.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            # As small as the published ones may be: then the two epsilons matter.
            layer.moving_variance.assign(layer.moving_variance * 1e-2)
            layer.gamma.assign(layer.gamma * 1e-1)
    model = build_resnet(name, 98)
    fill_from_keras(model, reference)
    taps = [f"conv{stage}_block{count}_out" for stage, count in enumerate(blocks, 2)]
    expected = keras.Model(reference.input, [reference.get_layer(tap).output for tap in taps])
    images = random_input(98)
    assert_equal_maps(model(images), expected(images[..., ::-1]))


@pytest.mark.parametrize("name", ["mobilenet_v2", "resnet50"])
def test_published_weights_are_downloaded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def publish(**options: Any) -> str:
        asked.append(options)
        return "the network"

    filled: list[object] = []
    monkeypatch.setitem(imagenet._APPLICATIONS, name, publish)
    monkeypatch.setattr(imagenet, "fill_from_keras", lambda *models: filled.append(models))
    backbone = build_backbone(MaskRCNNConfig(backbone=name, tile_size_px=64))
    imagenet.fill_from_imagenet(backbone)
    assert asked == [{"input_shape": (224, 224, 3), "include_top": False, "weights": "imagenet"}]
    assert filled == [(backbone, "the network")]


def test_a_failed_download_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**options: Any) -> None:
        raise Exception("URL fetch failure on https://a.b/c.h5:\nNone -- no route")

    monkeypatch.setitem(imagenet._APPLICATIONS, "mobilenet_v2", fail)
    with pytest.raises(WeightsError) as caught:
        imagenet.fill_from_imagenet(build_mobilenet_v2(64))
    assert str(caught.value) == (
        "ImageNet weights of mobilenet_v2 must be downloaded once; URL fetch failure on "
        "https://a.b/c.h5: None -- no route"
    )


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
