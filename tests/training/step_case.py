"""A training step under one Keras backend: `python step_case.py DATASET OUTPUT.npz`.

The backend is the one that KERAS_BACKEND names. Samples, targets, network, optimiser and step are
those of a run; only the weights that it starts from are the test's.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from geoseg.config import AugmentConfig
from geoseg.maskrcnn.model import LOSS_NAMES
from geoseg.maskrcnn.weights import fill_weights, weight_names
from geoseg.training.batches import Batches
from geoseg.training.learner import Learner
from geoseg.training.train import make_model, open_source
from tests.maskrcnn.samples import seeded_weights
from tests.training.sanity import make_config
from tests.training.shapes import CLASS_NAMES


def main(folder: Path, path: Path) -> None:
    """Write the losses, and every weight before and after the step."""
    config = make_config(folder, CLASS_NAMES, AugmentConfig())
    # Adam's first step is the sign of the gradient, which noise decides where it is nearly 0.
    config = replace(config, optimizer="sgd", learning_rate=0.01, warmup_steps=0, batch_size=2)
    model = make_model(config)
    fill_weights(model, seeded_weights(model), "the test")
    learner, batches = Learner(model, config), Batches(open_source(config), config)
    results = {f"0/{name}": np.array(one) for name, one in weight_names(model).items()}
    losses = learner.take_step(batches[0])
    results.update({f"1/{name}": np.array(one) for name, one in weight_names(model).items()})
    np.savez(path, losses=np.array([losses[name] for name in LOSS_NAMES]), **results)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
