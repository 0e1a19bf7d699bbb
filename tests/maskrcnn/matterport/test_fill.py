"""Networks that start from matterport's files, and that are made of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from geoseg.errors import WeightsError
from geoseg.maskrcnn.matterport.config import make_matterport_config
from geoseg.maskrcnn.matterport.fill import fill_from_matterport
from geoseg.maskrcnn.matterport.layout import CLASS_LAYERS, list_weights
from geoseg.maskrcnn.matterport.load_report import LEFT_OUT, LOADED, MISSING
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.weights import weight_names
from geoseg.training.starts import fill_from_start, make_train_config
from tests.maskrcnn.matterport.hollow import value_of, write_hollow

CONFIG = make_matterport_config("resnet50", ("building",), tile_size_px=64)


@pytest.fixture(scope="module")
def network() -> Iterator[MaskRCNN]:
    """A network for one class, which tests fill."""
    yield MaskRCNN(CONFIG)
    keras.utils.clear_session()


def list_filled(model: MaskRCNN) -> set[str]:
    """Layers whose weights are all those of a hollow file."""
    filled: dict[str, bool] = {}
    for key, variable in weight_names(model).items():
        values = np.asarray(variable)
        is_filled = bool((values == np.float32(value_of(key))).all())
        layer = key.split("/")[0]
        filled[layer] = filled.get(layer, True) and is_filled
    return {layer for layer, is_filled in filled.items() if is_filled}


ALL_LAYERS = {one.layer for one in list_weights("resnet50", 2).values()}


def test_the_network_has_the_layers_and_shapes_of_the_file(network: MaskRCNN) -> None:
    shapes = {key: tuple(one.shape) for key, one in weight_names(network).items()}
    assert shapes == {key: one.shape for key, one in list_weights("resnet50", 2).items()}


def test_other_classes_leave_three_layers_out(
    network: MaskRCNN, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_hollow(tmp_path / "mask_rcnn_coco.h5", num_outputs=81)
    before = {
        key: np.asarray(one).copy()
        for key, one in weight_names(network).items()
        if key.split("/")[0] in CLASS_LAYERS
    }
    report = fill_from_matterport(network, path)
    assert report.list_names(LEFT_OUT) == list(CLASS_LAYERS)
    assert set(report.list_names(LOADED)) == ALL_LAYERS - set(CLASS_LAYERS)
    assert list_filled(network) == ALL_LAYERS - set(CLASS_LAYERS)
    after = weight_names(network)
    assert len(before) == 6
    assert all(np.array_equal(before[key], after[key]) for key in before)
    assert (
        "mask_rcnn_coco.h5: not taken over: 3 layers left out: mrcnn_class_logits, mrcnn_bbox_fc, "
        "mrcnn_mask (81 classes with background, not 2)" in caplog.text
    )


def test_the_same_number_of_classes_fills_all(
    network: MaskRCNN, hollow_50: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "geoseg"):
        fill_from_start(network, str(hollow_50))
    assert list_filled(network) == ALL_LAYERS
    assert not caplog.records


def test_a_file_without_heads_fills_the_rest(network: MaskRCNN, tmp_path: Path) -> None:
    path = write_hollow(
        tmp_path / "body.h5", leave_out=lambda layer: layer.name.startswith("mrcnn")
    )
    report = fill_from_matterport(network, path)
    heads = {layer for layer in ALL_LAYERS if layer.startswith("mrcnn")}
    assert set(report.list_names(MISSING)) == heads
    assert set(report.list_names(LOADED)) == ALL_LAYERS - heads


def test_another_backbone_or_network_is_refused(
    network: MaskRCNN, tmp_path: Path, hollow_50: Path
) -> None:
    deep = write_hollow(tmp_path / "deep.h5", "resnet101")
    with pytest.raises(WeightsError, match=r"deep\.h5 holds a resnet101, so .*; got resnet50\.$"):
        fill_from_matterport(network, deep)
    own: Any = SimpleNamespace(
        config=replace(CONFIG, head_batch_norm=False),
        weights=[one for key, one in weight_names(network).items() if "mrcnn_mask_bn" not in key],
    )
    with pytest.raises(WeightsError, match=r"mrcnn_mask_bn1/beta is unknown to a network that is"):
        fill_from_matterport(own, hollow_50)


def test_a_run_takes_the_network_of_the_file(tmp_path: Path) -> None:
    path = write_hollow(tmp_path / "coco.h5", num_outputs=81)
    changes = {"start": str(path), "steps": 5}
    config = make_train_config(None, changes).model
    assert (config.backbone, config.class_names[79]) == ("resnet50", "toothbrush")
    said = {"class_names": ["building"], "tile_size_px": 256}
    config = make_train_config(None, {**changes, "model": said}).model
    assert config == make_matterport_config("resnet50", ("building",), 256)
