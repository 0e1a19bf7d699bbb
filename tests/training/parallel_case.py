"""Run as a program by test_parallel: steps of a network on some virtual devices, under JAX."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from geoseg.config import MaskRCNNConfig, TrainConfig
from geoseg.runners.data_parallel import share_batches
from tests.training.tiny import make_config, write_houses


def main() -> None:
    """Print the losses of each step and a sum of the weights."""
    num_devices, folder, kind = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    share_batches(num_devices, 4)

    from geoseg.training.batches import Batches
    from geoseg.training.learner import Learner
    from geoseg.training.train import make_model, open_source
    from tests.training.tiny import make_tiny

    houses = folder if folder.exists() else write_houses(folder)
    config: TrainConfig = make_config(houses, steps=3)
    if kind == "network":
        small = MaskRCNNConfig(
            tile_size_px=64,
            pyramid_channels=8,
            box_units=8,
            num_proposals=12,
            pre_nms_per_level=12,
            mask_convs=1,
        )
        config = make_config(houses, steps=2, model=small, num_rois=8, num_positive=4)
    model = make_model(config) if kind == "network" else make_tiny(config)
    learner = Learner(model, config)
    batches = Batches(open_source(config), config)
    losses = [learner.take_step(batches[step]) for step in range(config.steps)]
    if num_devices > 1:
        held = model.weights[0].value.sharding.device_set
        assert len(held) == num_devices, held
    total = float(sum(np.abs(np.asarray(one)).sum() for one in model.weights))
    sys.stdout.write(json.dumps({"losses": losses, "weights": total}) + "\n")


if __name__ == "__main__":
    main()
