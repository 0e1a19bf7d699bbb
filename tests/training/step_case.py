"""A training step under one Keras backend: `python step_case.py OUTPUT.npz`.

The backend is the one that KERAS_BACKEND names. Samples, targets, network, optimiser and step are
those of a run that trains the bundled model on.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from keras import ops

from geoseg.config import AugmentConfig, DatasetConfig, TrainConfig
from geoseg.maskrcnn.bundled import BUNDLED_PATH
from geoseg.maskrcnn.model import LOSS_NAMES
from geoseg.maskrcnn.weights import fill_weights, weight_names
from geoseg.maskrcnn.weights_file import read_weights
from geoseg.training.batches import Batches
from geoseg.training.learner import Learner
from geoseg.training.train import make_model, open_source

TILE_PX = 96


def main(path: Path) -> None:
    """Write the losses, and every weight before and after the step."""
    arrays, network = read_weights(BUNDLED_PATH)
    # Plain gradient descent: Adam's first step is the sign of the gradient, which rounding decides
    # where it is nearly 0, and clipping or decay would make weights differ for others' sake.
    config = TrainConfig(
        datasets=(DatasetConfig(scenes="suburb", num_images=2, gsd_range_m=(0.3, 0.3)),),
        model=replace(network, tile_size_px=TILE_PX, calibration=None),
        augment=AugmentConfig(paste_probability=1.0, shadow_probability=1.0),
        optimizer="sgd", momentum=0.0, learning_rate=0.1, warmup_steps=0, weight_decay=0.0,
        clip_norm=1e6, batch_size=2, max_objects=8, mixed_precision=False, tensorboard=False,
    )  # fmt: skip
    model = make_model(config)
    fill_weights(model, arrays, BUNDLED_PATH.name)
    learner, batches = Learner(model, config), Batches(open_source(config), config)
    before = {f"0/{name}": ops.convert_to_numpy(one) for name, one in weight_names(model).items()}
    before = {name: one.copy() for name, one in before.items()}
    losses = learner.take_step(batches[0])
    after = {f"1/{name}": ops.convert_to_numpy(one) for name, one in weight_names(model).items()}
    told = np.array([losses[name] for name in LOSS_NAMES])
    np.savez(path, losses=told, **before, **after)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
