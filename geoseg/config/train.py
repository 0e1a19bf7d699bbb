"""What is set for a training run."""

from __future__ import annotations

from dataclasses import dataclass, field

from geoseg.config.dataset import DatasetConfig
from geoseg.config.model import MaskRCNNConfig
from geoseg.config.toml import require


@dataclass(frozen=True)
class TrainConfig:
    """A training run.

    Attributes:
        datasets: where samples come from.
        model: the network.
        start: weights to start from: a file of ours, or ImageNet weights as
            `<layer>/kernel` and `<layer>/bias` in an npz; None starts from nothing.
        steps: optimiser steps.
        batch_size: samples per step.
        learning_rate: highest learning rate, reached after `warmup_steps`.
        warmup_steps: steps of linear growth; a cosine brings the rate to 0 afterwards.
        weight_decay: of AdamW.
        clip_norm: gradients are scaled down to this norm.
        ema_momentum: of the moving average of the weights, which is what is saved.
        checkpoint_steps: steps between two checkpoints.
        max_objects: objects of a sample that are learned.
        seed: of everything random.
        mixed_precision: compute in bfloat16.
    """

    datasets: tuple[DatasetConfig, ...] = ()
    model: MaskRCNNConfig = field(default_factory=MaskRCNNConfig)
    start: str | None = None
    steps: int = 10_000
    batch_size: int = 4
    learning_rate: float = 3e-4
    warmup_steps: int = 300
    weight_decay: float = 0.02
    clip_norm: float = 1.0
    ema_momentum: float = 0.998
    checkpoint_steps: int = 500
    max_objects: int = 100
    seed: int = 0
    mixed_precision: bool = True

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "checkpoint_steps", "max_objects"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        require(self.learning_rate > 0, "learning_rate must be above 0", self.learning_rate)
        require(self.warmup_steps >= 0, "warmup_steps must be at least 0", self.warmup_steps)
