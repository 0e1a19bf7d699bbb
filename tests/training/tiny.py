"""A network of two weights, in place of one that takes long to build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

from geoseg.config import DatasetConfig, MaskRCNNConfig, TrainConfig
from geoseg.maskrcnn.model import LOSS_NAMES, MaskRCNN
from tests.training.labelled import flat, paint, write_dataset

MODEL = MaskRCNNConfig(tile_size_px=64, num_proposals=20)
HOUSE = [(10.0, 12.0), (44.0, 12.0), (44.0, 40.0), (10.0, 40.0)]


class TinyNetwork(keras.Model):
    """Takes the inputs of `MaskRCNN` and gives its five losses, of which three are 0.

    The losses are means over the samples, so that equal parts of a batch have its mean.
    """

    def __init__(self, config: MaskRCNNConfig) -> None:
        super().__init__(name="tiny")
        self.config = config
        self.loss_weights = (1.0,) * len(LOSS_NAMES)
        image = keras.Input((3,))
        dense = keras.layers.Dense(1, name="early")(image)
        self.backbone = keras.Model(image, keras.layers.Dense(2, name="late")(dense))
        self.head = keras.layers.Dense(1, name="head")
        self.head.build((None, 2))
        self._loss_means = [keras.metrics.Mean(name=name) for name in LOSS_NAMES]
        self.built = True

    def call(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The losses: the colour of each image is to become its number of objects."""
        ops = keras.ops
        colours = ops.mean(ops.cast(inputs["images"], "float32"), (1, 2)) / 255.0
        found = self.head(self.backbone(colours))[:, 0]
        wanted = ops.sum(ops.cast(inputs["is_object"] > 0, "float32"), 1)
        noise = ops.mean(ops.cast(inputs["noise"], "float32"))
        losses = dict.fromkeys(LOSS_NAMES, ops.zeros(()))
        return {**losses, "class": ops.mean((found - wanted) ** 2), "mask": noise}

    compute_loss = MaskRCNN.compute_loss


def make_tiny(config: TrainConfig) -> TinyNetwork:
    """In place of `geoseg.training.train.make_model`."""
    keras.utils.set_random_seed(config.seed)
    return TinyNetwork(config.model)


def write_houses(folder: Path) -> Path:
    """Three images with a house each, of different brightness."""
    house = paint(HOUSE, (120, 120))
    images = {f"{k}.png": (house * k // 3).astype(np.uint8) for k in (1, 2, 3)}
    labels = [{"image_id": k, "segmentation": flat(HOUSE)} for k in (1, 2, 3)]
    return write_dataset(folder, images, labels)


def make_config(folder: Path, **changes: Any) -> TrainConfig:
    """A run of few steps."""
    values: dict[str, Any] = {
        "datasets": (DatasetConfig(str(folder)),),
        "model": MODEL,
        "steps": 12,
        "batch_size": 4,
        "learning_rate": 0.05,
        "warmup_steps": 2,
        "checkpoint_steps": 4,
        "max_objects": 6,
        "ema_momentum": 0.9,
        "mixed_precision": False,
        "workers": 2,
        "tensorboard": False,
    }
    return TrainConfig(**{**values, **changes})
