"""Named sets of training values, and configs filled up from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geoseg.config.toml import from_dict, require
from geoseg.config.train import TrainConfig

RECIPES: Mapping[str, Mapping[str, Any]] = {
    # AdamW, warm-up, cosine and a moving average: the defaults of TrainConfig.
    "modern": {},
    # The published crowdAI baseline, which is matterport's: 160 epochs of 1,000 steps of 5 images.
    "matterport": {
        "steps": 160_000,
        "batch_size": 5,
        "optimizer": "sgd",
        "momentum": 0.9,
        "schedule": "constant",
        "learning_rate": 1e-3,
        "warmup_steps": 0,
        "stages": [
            {"layers": "heads", "until": 0.25},
            {"layers": "4+", "until": 0.75},
            {"layers": "all", "until": 1.0, "rate": 0.1},
        ],
        "weight_decay": 1e-4,
        "clip_norm": 5.0,
        "ema_momentum": 0.0,
        "num_rois": 200,
        "num_positive": 66,
        "mixed_precision": False,
    },
}


def fill_train_config(values: Mapping[str, Any]) -> TrainConfig:
    """A config from a plain nested dict; what it doesn't name comes from its recipe.

    Raises:
        ConfigError: a key or the recipe is unknown, or a value is wrong.

    Example:
        >>> config = fill_train_config({"recipe": "matterport", "steps": 8000})
        >>> config.optimizer, config.steps, config.stages[0].layers
        ('sgd', 8000, 'heads')
    """
    recipe = values.get("recipe", "modern")
    require(recipe in RECIPES, f"recipe must be one of {', '.join(RECIPES)}", repr(recipe))
    return from_dict(TrainConfig, {**RECIPES[recipe], **values})
