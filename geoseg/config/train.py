"""What is set for a training run."""

from __future__ import annotations

from dataclasses import dataclass, field

from geoseg.config.augment import AugmentConfig
from geoseg.config.dataset import DatasetConfig
from geoseg.config.model import MaskRCNNConfig
from geoseg.config.toml import require

LAYERS = ("heads", "5+", "4+", "3+", "all")


@dataclass(frozen=True)
class StageConfig:
    """A part of a run, in which some of the layers learn.

    Attributes:
        layers: "heads" (pyramid, RPN and heads), "5+", "4+" or "3+" (also the backbone behind
            that pyramid level's predecessor), or "all".
        until: share of the run's steps at which the stage ends, above 0 and at most 1.
        rate: the learning rate is multiplied by this.
    """

    layers: str = "all"
    until: float = 1.0
    rate: float = 1.0

    def __post_init__(self) -> None:
        require(
            self.layers in LAYERS, f"layers must be one of {', '.join(LAYERS)}", repr(self.layers)
        )
        require(0 < self.until <= 1, "until must be above 0 and at most 1", self.until)
        require(self.rate > 0, "rate must be above 0", self.rate)


@dataclass(frozen=True)
class TrainConfig:
    """A training run.

    Attributes:
        recipe: name of the values that stand where none are given, see `geoseg.config.recipes`.
        datasets: where samples come from.
        validation: what the run is scored on; without any there is no best checkpoint.
        model: the network.
        augment: how samples differ from the images that they are cut from.
        start: what to start from: "bundled", a weights file, the folder of a run, "imagenet"
            for the backbone alone, or such weights as `<layer>/kernel` and `<layer>/bias` in an
            npz; None starts from nothing.
        steps: optimiser steps.
        batch_size: samples per step.
        optimizer: "adamw" or "sgd".
        momentum: of "sgd".
        schedule: "cosine" brings the rate from `learning_rate` to 0, "constant" leaves it.
        learning_rate: highest learning rate, reached after `warmup_steps`.
        warmup_steps: steps of linear growth.
        stages: which layers learn when. Without any, all do in the whole run; where it starts
            from weights, "heads" for three fifths of it, and then "3+" at a fifth of the rate.
        weight_decay: of all but biases, decoupled from the gradient.
        clip_norm: gradients are scaled down to this norm.
        ema_momentum: of the moving average of the weights, which is what is scored and used.
        num_rois: proposals of a sample that train the heads.
        num_positive: most positives among them.
        loss_weights: what the losses rpn_class, rpn_bbox, class, bbox and mask count in their sum.
        max_objects: objects of a sample that are learned.
        checkpoint_steps: steps between two checkpoints: the most that an interrupt loses.
        validate_steps: steps between two scores.
        validation_images: most images that a score is made from.
        seed: of everything random.
        mixed_precision: compute in bfloat16.
        strict: an image that cannot be read ends the run; otherwise it is named and left out.
        workers: threads that make samples; None goes by the cores.
        tensorboard: write what TensorBoard shows.
    """

    recipe: str = "modern"
    datasets: tuple[DatasetConfig, ...] = ()
    validation: tuple[DatasetConfig, ...] = ()
    model: MaskRCNNConfig = field(default_factory=MaskRCNNConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    start: str | None = None
    steps: int = 10_000
    batch_size: int = 4
    optimizer: str = "adamw"
    momentum: float = 0.9
    schedule: str = "cosine"
    learning_rate: float = 3e-4
    warmup_steps: int = 300
    stages: tuple[StageConfig, ...] = ()
    weight_decay: float = 0.02
    clip_norm: float = 1.0
    ema_momentum: float = 0.998
    num_rois: int = 64
    num_positive: int = 20
    loss_weights: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0)
    max_objects: int = 100
    checkpoint_steps: int = 500
    validate_steps: int = 1000
    validation_images: int = 200
    seed: int = 0
    mixed_precision: bool = True
    strict: bool = False
    workers: int | None = None
    tensorboard: bool = True

    def __post_init__(self) -> None:
        counts = (
            "steps", "batch_size", "num_rois", "max_objects", "checkpoint_steps",
            "validate_steps", "validation_images",
        )  # fmt: skip
        for name in counts:
            require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        for name in ("warmup_steps", "num_positive", "weight_decay", "seed"):
            require(getattr(self, name) >= 0, f"{name} must be at least 0", getattr(self, name))
        for name in ("learning_rate", "clip_norm"):
            require(getattr(self, name) > 0, f"{name} must be above 0", getattr(self, name))
        for name in ("momentum", "ema_momentum"):
            value = getattr(self, name)
            require(0 <= value < 1, f"{name} must be at least 0 and below 1", value)
        require(
            len(self.loss_weights) == 5 and min(self.loss_weights) >= 0 < max(self.loss_weights),
            "loss_weights must be five numbers, none below 0 and one above",
            self.loss_weights,
        )
        self._check_names()
        require(
            self.num_positive <= self.num_rois,
            "num_positive must be at most num_rois",
            f"{self.num_positive} and {self.num_rois}",
        )
        require(
            self.workers is None or self.workers >= 1, "workers must be at least 1", self.workers
        )
        ends = [stage.until for stage in self.stages]
        require(
            ends == sorted(set(ends)) and (not ends or ends[-1] == 1.0),
            "the until of stages must grow and end at 1",
            ends,
        )

    def _check_names(self) -> None:
        known = {"optimizer": ("adamw", "sgd"), "schedule": ("cosine", "constant")}
        for name, values in known.items():
            value = getattr(self, name)
            require(value in values, f"{name} must be one of {', '.join(values)}", repr(value))
