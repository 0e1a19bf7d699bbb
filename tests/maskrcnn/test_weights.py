"""Saving a network and getting it back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pytest

from geoseg.errors import OutputError, WeightsError
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.weights import (
    fill_weights,
    load_imagenet,
    load_weights,
    save_weights,
    weight_names,
)
from geoseg.maskrcnn.weights_file import read_weights
from tests.maskrcnn.samples import SMALL, seeded_array, seeded_weights


def weights_of(model: keras.Model) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    return {name: np.asarray(value).copy() for name, value in weight_names(model).items()}


@pytest.mark.parametrize("suffix", [".npz", ".weights.h5"])
def test_a_network_comes_back_with_weights_and_config(
    small_model: MaskRCNN, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"model{suffix}"
    save_weights(path, small_model)
    model = load_weights(path, num_rois=8, num_positive=2)
    assert model.config == SMALL
    assert (model.num_rois, model.num_positive) == (8, 2)
    found, expected = weights_of(model), weights_of(small_model)
    assert set(found) == set(expected)
    assert all((found[name] == expected[name]).all() for name in expected)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".npz", ".weights.h5"])
def test_half_precision_halves_the_file(small_model: MaskRCNN, tmp_path: Path, suffix: str) -> None:
    whole, half = tmp_path / f"whole{suffix}", tmp_path / f"half{suffix}"
    save_weights(whole, small_model)
    save_weights(half, small_model, half_precision=True)
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    arrays, config = read_weights(half)
    assert config == SMALL
    for name, value in weights_of(small_model).items():
        assert arrays[name].dtype == np.float16
        np.testing.assert_allclose(arrays[name], value, rtol=1e-3, atol=1e-6)


def test_the_same_network_gives_the_same_bytes(small_model: MaskRCNN, tmp_path: Path) -> None:
    save_weights(tmp_path / "one.npz", small_model, half_precision=True)
    save_weights(tmp_path / "two.npz", small_model, half_precision=True)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_other_values_can_be_written(small_model: MaskRCNN, tmp_path: Path) -> None:
    values = {name: value + 1 for name, value in weights_of(small_model).items()}
    save_weights(tmp_path / "average.npz", small_model, values=values)
    arrays, _ = read_weights(tmp_path / "average.npz")
    assert all((arrays[name] == values[name]).all() for name in values)


def test_names_are_layer_and_variable(small_model: MaskRCNN) -> None:
    names = set(weight_names(small_model))
    assert {
        "Conv1/kernel", "block_1_depthwise/bias", "fpn_c2p2/kernel", "rpn_conv_shared/kernel",
        "rpn_class_raw/bias", "rpn_bbox_pred/kernel", "mrcnn_class_conv1/kernel",
        "mrcnn_class_logits/bias", "mrcnn_bbox_fc/kernel", "mrcnn_mask_conv1/kernel",
        "mrcnn_mask_deconv/kernel", "mrcnn_mask/bias",
    } <= names  # fmt: skip


def test_two_layers_of_one_name_are_an_error() -> None:
    image = keras.Input((4,))
    inner = keras.Sequential([keras.layers.Dense(2, name="twin")], name="inner")
    model = keras.Model(image, keras.layers.Dense(2, name="twin")(inner(image)))
    with pytest.raises(WeightsError, match="unique weight names"):
        weight_names(model)


def test_a_wrong_shape_is_named_and_nothing_is_filled(small_model: MaskRCNN) -> None:
    model = MaskRCNN(SMALL)
    before = weights_of(model)
    arrays = {**weights_of(small_model), "mrcnn_mask/kernel": np.zeros((1, 1, 16, 2), np.float32)}
    with pytest.raises(WeightsError) as caught:
        fill_weights(model, arrays, "model.npz")
    assert str(caught.value) == (
        "model.npz: mrcnn_mask/kernel must have shape (1, 1, 16, 1); got (1, 1, 16, 2)."
    )
    after = weights_of(model)
    assert all((before[name] == after[name]).all() for name in before)


def test_missing_and_superfluous_weights_are_named(small_model: MaskRCNN) -> None:
    arrays = weights_of(small_model)
    extra = {**arrays, "block_99/kernel": arrays["Conv1/kernel"]}
    with pytest.raises(WeightsError, match=r"^model.npz must .*; block_99/kernel is unknown\.$"):
        fill_weights(small_model, extra, "model.npz")
    del arrays["Conv1/kernel"]
    with pytest.raises(WeightsError, match=r"Conv1/kernel is missing\.$"):
        fill_weights(small_model, arrays, "model.npz")
    assert fill_weights(small_model, arrays, "model.npz", partial=True) == ["Conv1/kernel"]


def test_an_unknown_ending_is_refused(small_model: MaskRCNN, tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    for act in (lambda: save_weights(path, small_model), lambda: load_weights(path)):
        with pytest.raises(
            WeightsError, match=r"\.npz, \.weights\.h5, \.onnx or \.h5; got model\."
        ):
            act()
    assert not list(tmp_path.iterdir())


def test_a_network_that_matterport_does_not_know_is_not_written_as_its(
    small_model: MaskRCNN, tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match=r"model\.h5 would be .* backbone must be resnet50 or "):
        save_weights(tmp_path / "model.h5", small_model)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_absent_is_one_clear_error(small_model: MaskRCNN, tmp_path: Path) -> None:
    path = tmp_path / "absent" / "model.npz"
    with pytest.raises(OutputError, match="cannot be written"):
        save_weights(path, small_model)


def test_a_number_that_half_precision_cannot_hold_stays(
    small_model: MaskRCNN, tmp_path: Path
) -> None:
    arrays = weights_of(small_model)
    arrays["Conv1/bias"] = np.full(32, 1e5, np.float32)
    save_weights(tmp_path / "half.npz", small_model, half_precision=True, values=arrays)
    read, _ = read_weights(tmp_path / "half.npz")
    assert read["Conv1/bias"].dtype == np.float32
    assert (read["Conv1/bias"] == 1e5).all()
    assert {one.dtype for name, one in read.items() if name != "Conv1/bias"} == {
        np.dtype(np.float16)
    }


def test_another_number_of_classes_does_not_fit(small_model: MaskRCNN) -> None:
    model = MaskRCNN(dataclasses.replace(SMALL, class_names=("building", "shed")))
    with pytest.raises(WeightsError, match="must have shape"):
        fill_weights(model, seeded_weights(small_model), "model.npz")


def test_imagenet_weights_fill_the_backbone(tmp_path: Path) -> None:
    model = MaskRCNN(SMALL)
    backbone = {
        name: seeded_array(name, tuple(variable.shape))
        for name, variable in weight_names(model.backbone).items()
    }
    classifier = {"predictions/kernel": np.zeros((1280, 10), np.float32)}
    np.savez(tmp_path / "imagenet.npz", **backbone, **classifier)  # type: ignore[arg-type]
    assert load_imagenet(model, tmp_path / "imagenet.npz") == len(backbone)
    found = weights_of(model.backbone)
    assert all((found[name] == backbone[name]).all() for name in backbone)


def test_imagenet_weights_of_another_network_are_refused(
    small_model: MaskRCNN, tmp_path: Path
) -> None:
    np.savez(tmp_path / "vgg.npz", **{"block1_conv1/kernel": np.zeros(3)})  # type: ignore[arg-type]
    with pytest.raises(WeightsError, match="must name layers of mobilenet_v2; got none"):
        load_imagenet(small_model, tmp_path / "vgg.npz")
    with pytest.raises(WeightsError, match="there is none"):
        load_imagenet(small_model, tmp_path / "absent.npz")
