"""How the learning rate goes over a run, and the optimiser that follows it."""

from __future__ import annotations

import math
from typing import Any

import keras

from geoseg.config import TrainConfig
from geoseg.training.stages import Stage


def find_learning_rate(config: TrainConfig, stage: Stage, step: int) -> float:
    """The learning rate of a step: linear growth, then flat or half a cosine down to zero.

    The cosine is that of Loshchilov and Hutter 2017, over the whole run.

    Args:
        config: of the run.
        stage: that of the step.
        step: counted from 0.

    Example:
        >>> config = TrainConfig(learning_rate=1.0, warmup_steps=2, steps=4)
        >>> stage = Stage(0, 4, "all", 0.1)
        >>> [round(find_learning_rate(config, stage, step), 3) for step in range(4)]
        [0.05, 0.1, 0.1, 0.05]
    """
    growth = (step + 1) / max(1, config.warmup_steps)
    fall = 1.0
    if config.schedule == "cosine":
        done = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
        fall = 0.5 * (1.0 + math.cos(math.pi * min(max(done, 0.0), 1.0)))
    return stage.rate * config.learning_rate * min(growth, fall)


def make_optimizer(config: TrainConfig, *, num_parts: int = 1) -> keras.optimizers.Optimizer:
    """An optimiser without any momentum yet, whose learning rate is set before each step.

    Keras would follow a schedule by itself, but by the parts of a batch and not by the steps.

    Args:
        config: of the run.
        num_parts: calls whose gradients are averaged into one step.
    """
    options: dict[str, Any] = {
        "learning_rate": config.learning_rate,
        "weight_decay": config.weight_decay or None,
        "global_clipnorm": config.clip_norm,
        "gradient_accumulation_steps": num_parts if num_parts > 1 else None,
        "name": "optimizer",
    }
    if config.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(momentum=config.momentum, **options)
    else:
        optimizer = keras.optimizers.AdamW(**options)
    if config.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer
