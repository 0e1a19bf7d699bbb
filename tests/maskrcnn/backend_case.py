"""What one Keras backend makes of a fixed network: `python backend_case.py OUTPUT.npz`.

The backend is the one that KERAS_BACKEND names.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.detections.detector import MaskRCNNDetector
from geoseg.maskrcnn.model import LOSS_NAMES, MaskRCNN
from geoseg.maskrcnn.weights import load_weights, save_weights, weight_names
from tests.maskrcnn.samples import (
    SMALL,
    SMALL_MATTERPORT,
    random_images,
    seeded_weights,
    training_batch,
)

# Two classes take the ways that one class spares.
CONFIGS = {
    "": dataclasses.replace(SMALL, class_names=("building", "shed"), score=0.8),
    "matterport_": SMALL_MATTERPORT,
}


def detect(model: MaskRCNN) -> dict[str, NDArray[Any]]:
    """Detections of three images, in batches of two and one."""
    detector = MaskRCNNDetector(model, batch_size=2)
    found = detector.detect(random_images(3, model.config.tile_size_px))
    detections = [one for image in found for one in image]
    return {
        "counts": np.array([len(image) for image in found]),
        "boxes": np.stack([one.box for one in detections]),
        "scores": np.array([one.score for one in detections]),
        "classes": np.array([one.class_index for one in detections]),
        "masks": np.stack([one.mask for one in detections]),
    }


def train(model: MaskRCNN) -> dict[str, NDArray[Any]]:
    """Losses of a batch, and how far one step of plain gradient descent moves each weight."""
    batch = training_batch(model.config)
    model.compile(keras.optimizers.SGD(0.01), jit_compile=keras.backend.backend() == "jax")
    before = {name: np.asarray(value).copy() for name, value in weight_names(model).items()}
    called = model({name: keras.ops.convert_to_tensor(value) for name, value in batch.items()})
    logs = model.train_on_batch(batch, return_dict=True)
    after = weight_names(model)
    moved = {name: np.linalg.norm(np.asarray(after[name]) - before[name]) for name in after}
    backbone = set(weight_names(model.backbone))
    return {
        "losses": np.stack([keras.ops.convert_to_numpy(called[name]) for name in LOSS_NAMES]),
        "step_losses": np.array([float(logs[name]) for name in LOSS_NAMES]),
        "moved": np.array([one for name, one in moved.items() if name not in backbone]),
        "moved_backbone": np.array([one for name, one in moved.items() if name in backbone]),
    }


def main(path: Path) -> None:
    """Write everything to one npz, and the weights beside it."""
    results: dict[str, Any] = {}
    for prefix, config in CONFIGS.items():
        model = MaskRCNN(config, num_rois=16, num_positive=6)
        weights = path.with_name(f"{path.stem}_{prefix}weights.npz")
        save_weights(weights, model, values=seeded_weights(model))
        model = load_weights(weights, num_rois=16, num_positive=6)
        for name, value in {**detect(model), **train(model)}.items():
            results[prefix + name] = value
    np.savez(path, **results)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
