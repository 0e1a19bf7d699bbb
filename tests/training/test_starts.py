"""What a run can start from."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from geoseg.config import DatasetConfig, MaskRCNNConfig, to_dict
from geoseg.errors import ConfigError, WeightsError
from geoseg.maskrcnn import imagenet
from geoseg.maskrcnn.bundled import BUNDLED_PATH
from geoseg.maskrcnn.weights import save_weights, weight_names
from geoseg.maskrcnn.weights_file import read_weights, write_weights
from geoseg.training.starts import fill_from_start, find_start, make_train_config
from tests.training.tiny import MODEL, TinyNetwork


def make_network(config: MaskRCNNConfig = MODEL) -> Any:
    return TinyNetwork(config)


def test_the_bundled_model_is_named_so() -> None:
    assert find_start("bundled") == BUNDLED_PATH


def test_of_a_run_the_best_weights_are_taken(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="must hold the weights of a run; it holds none"):
        find_start(str(tmp_path))
    for name in ("last.npz", "model.npz", "best.npz"):
        (tmp_path / name).touch()
        assert find_start(str(tmp_path)) == tmp_path / name


def test_weights_of_a_former_run_fill_the_network(tmp_path: Path) -> None:
    former, network = make_network(), make_network()
    save_weights(tmp_path / "last.npz", former)
    fill_from_start(network, str(tmp_path))
    for name, variable in weight_names(network).items():
        np.testing.assert_array_equal(variable, weight_names(former)[name])


def test_imagenet_weights_fill_the_backbone(tmp_path: Path) -> None:
    network = make_network()
    kernel = np.full((3, 1), 0.5, np.float32)
    arrays: dict[str, Any] = {"early/kernel": kernel, "top/kernel": kernel}
    np.savez(tmp_path / "imagenet.npz", **arrays)
    fill_from_start(network, str(tmp_path / "imagenet.npz"))
    np.testing.assert_array_equal(weight_names(network)["early/kernel"], kernel)


def test_published_imagenet_weights_fill_the_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    filled: list[object] = []
    monkeypatch.setattr(imagenet, "fill_from_imagenet", filled.append)
    network = make_network()
    fill_from_start(network, "imagenet")
    assert filled == [network.backbone]
    config = make_train_config(None, {"start": "imagenet", "steps": 5})
    assert (config.start, config.model) == ("imagenet", MaskRCNNConfig(gsd_range_m=None))


def test_other_classes_leave_the_last_layers_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trees = MaskRCNNConfig(tile_size_px=64, class_names=("tree", "house"))
    arrays = {
        **{name: np.asarray(one) for name, one in weight_names(make_network()).items()},
        "mrcnn_mask/bias": np.zeros(2, np.float32),
    }
    write_weights(tmp_path / "trees.npz", arrays, trees)
    network = make_network()
    with caplog.at_level(logging.WARNING, "geoseg"):
        fill_from_start(network, str(tmp_path / "trees.npz"))
    np.testing.assert_array_equal(weight_names(network)["head/kernel"], arrays["head/kernel"])
    assert "trained for tree, house: its last layers" in caplog.text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.npz", None, r"none\.npz must be a weights file; there is none"),
        ("bad.npz", b"no zip", r"bad\.npz must be a whole weights file"),
        ("crowdai.h5", b"\x89HDF", r"crowdai\.h5 must be a whole weights file; it is damaged"),
        ("town.onnx", b"", r"a file that ends in \.npz or \.h5; got town\.onnx\.$"),
        ("foreign.npz", {"conv/kernel": np.zeros(3)}, r"foreign\.npz must name layers of mobile"),
    ],
)
def test_files_that_cannot_be_read_are_named(
    tmp_path: Path, name: str, content: object, message: str
) -> None:
    path = tmp_path / name
    if isinstance(content, dict):
        np.savez(path, **content)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    network: Any = SimpleNamespace(backbone=keras.Sequential(name="mobilenet_v2"), config=MODEL)
    with pytest.raises(WeightsError, match=message):
        fill_from_start(network, str(path))


def test_without_a_file_the_bundled_network_is_trained_on() -> None:
    config = make_train_config(None, {"datasets": [{"path": "a"}], "steps": 7})
    _, bundled = read_weights(BUNDLED_PATH)
    assert config.start == "bundled"
    assert config.steps == 7
    assert config.datasets == (DatasetConfig("a"),)
    described = {"calibration", "gsd_range_m"}
    wanted, got = to_dict(bundled), to_dict(config.model)
    assert {k: v for k, v in got.items() if k not in described} == {
        k: v for k, v in wanted.items() if k not in described
    }
    assert config.model.calibration is None
    assert config.model.gsd_range_m == DatasetConfig("a").gsd_range_m


def test_a_file_goes_before_the_bundled_network(tmp_path: Path) -> None:
    path = tmp_path / "train.toml"
    path.write_text('recipe = "matterport"\n[model]\nbackbone = "resnet50"\ntile_size_px = 320\n')
    config = make_train_config(path, {"steps": 8, "start": None})
    assert (config.start, config.steps, config.batch_size) == (None, 8, 5)
    assert (config.model.backbone, config.optimizer) == ("resnet50", "sgd")


def test_a_wrong_key_is_named() -> None:
    with pytest.raises(ConfigError, match="got stepps"):
        make_train_config(None, {"stepps": 3})
