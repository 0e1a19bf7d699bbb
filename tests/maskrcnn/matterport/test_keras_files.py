"""Files that Keras itself writes and reads, with some layers of matterport's network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from geoseg.maskrcnn.matterport.config import make_matterport_config
from geoseg.maskrcnn.matterport.h5_file import read_matterport
from geoseg.maskrcnn.matterport.layout import list_weights
from geoseg.maskrcnn.matterport.load_report import LOADED, MISSING, UNEXPECTED
from geoseg.maskrcnn.weights_file import write_weights
from tests.maskrcnn.samples import seeded_array

NAMES = {
    "conv1", "bn_conv1", "res4f_branch2a", "mrcnn_class_logits",
    "rpn_conv_shared", "rpn_class_raw", "rpn_bbox_pred",
}  # fmt: skip


def make_network() -> keras.Model:
    """Layers of real shapes, in no real order; Keras goes by their names."""
    image, features = keras.Input((32, 32, 3)), keras.Input((4, 4, 256))
    x = layers.Conv2D(64, 7, name="conv1")(image)
    x = layers.BatchNormalization(name="bn_conv1")(x)
    deep = keras.Input((2, 2, 1024))
    y = layers.Conv2D(256, 1, name="res4f_branch2a")(deep)
    pooled = layers.GlobalAveragePooling2D(name="mean")(deep)
    classes = layers.Dense(2, name="mrcnn_class_logits")(pooled)
    shared = layers.Conv2D(512, 3, padding="same", name="rpn_conv_shared")(features)
    logits = layers.Conv2D(6, 1, name="rpn_class_raw")(shared)
    deltas = layers.Conv2D(12, 1, name="rpn_bbox_pred")(shared)
    rpn = keras.Model(features, [logits, deltas], name="rpn_model")
    pyramid = keras.Input((4, 4, 256))
    return keras.Model([image, deep, pyramid], [x, y, classes, *rpn(pyramid)])


def list_variables(model: keras.Model) -> dict[str, Any]:
    """Variables by `<layer>/<variable>`, those of the nested model too."""
    return {"/".join(one.path.split("/")[-2:]): one for one in model.weights}


# Keras converts its variables so.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_whole_model_that_keras_saved_is_read(tmp_path: Path) -> None:
    model = make_network()
    variables = list_variables(model)
    for key, variable in variables.items():
        variable.assign(np.abs(seeded_array(key, tuple(variable.shape))))
    model.save(tmp_path / "keras.h5")
    with h5py.File(tmp_path / "keras.h5", "r") as file:
        assert "layer_names" not in file.attrs
    found = read_matterport(tmp_path / "keras.h5")
    assert (found.backbone, found.num_outputs) == ("resnet50", 2)
    assert set(found.report.list_names(LOADED)) == NAMES
    assert not found.report.list_names(UNEXPECTED)
    assert len(found.report.list_names(MISSING)) == 133 - len(NAMES)
    assert set(found.arrays) == set(variables)
    for key, variable in variables.items():
        np.testing.assert_array_equal(found.arrays[key], np.asarray(variable))


def test_keras_reads_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "own.h5"
    arrays: dict[str, Any] = {}
    for key, one in list_weights("resnet50", 2).items():
        is_looked_at = one.layer in NAMES
        arrays[key] = (
            seeded_array(key, one.shape) if is_looked_at else np.broadcast_to(0.0, one.shape)
        )
    write_weights(path, arrays, make_matterport_config("resnet50", ("building",)))
    model = make_network()
    model.load_weights(path, by_name=True)
    for key, variable in list_variables(model).items():
        np.testing.assert_array_equal(np.asarray(variable), arrays[key])
