"""Which part of the network learns in which steps of a run."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from geoseg.config import StageConfig, TrainConfig
from geoseg.maskrcnn.model import MaskRCNN

# The output of the backbone, of C2 to C5, that the first learning layer stands behind.
_LAST_KEPT_MAP = {"3+": 0, "4+": 1, "5+": 2}

_FROM_NOTHING = (StageConfig("all"),)
# At the full rate the deepest layers of a pretrained backbone are driven into saturation, where
# no gradient reaches them any more (docs/design/training-loop.md). Edges and textures are the same
# from the air, and the large maps before level 3 are the dearest to train.
_FROM_WEIGHTS = (StageConfig("heads", until=0.6), StageConfig("3+", rate=0.2))


@dataclass(frozen=True)
class Stage:
    """Steps in which the same layers learn.

    Attributes:
        first_step: the first one.
        end_step: behind the last one.
        layers: as `StageConfig` has them.
        rate: of the run's learning rate.
    """

    first_step: int
    end_step: int
    layers: str
    rate: float


def plan_stages(config: TrainConfig) -> tuple[Stage, ...]:
    """The stages of a run, one after the other; those without a step are left out.

    Example:
        >>> config = TrainConfig(steps=10, stages=(StageConfig("heads", 0.25), StageConfig()))
        >>> [(one.first_step, one.end_step, one.layers) for one in plan_stages(config)]
        [(0, 2, 'heads'), (2, 10, 'all')]
    """
    default = _FROM_NOTHING if config.start is None else _FROM_WEIGHTS
    planned: list[Stage] = []
    first = 0
    for stage in config.stages or default:
        end = round(stage.until * config.steps)
        if end > first:
            planned.append(Stage(first, end, stage.layers, stage.rate))
        first = end
    return tuple(planned)


def find_stage(stages: tuple[Stage, ...], step: int) -> Stage:
    """The stage of a step; the last one for the step behind the end."""
    return next((one for one in stages if step < one.end_step), stages[-1])


def choose_layers(model: MaskRCNN, layers: str) -> int:
    """Let the layers of a stage learn, and no others.

    Batch norm of the backbone stays frozen: batches are small.

    Args:
        model: the network.
        layers: as `StageConfig` has them.

    Returns:
        The number of weights that learn.
    """
    backbone = model.backbone
    first = 0
    if layers == "heads":
        first = len(backbone.layers)
    elif layers != "all":
        first = _find_map(backbone, _LAST_KEPT_MAP[layers])
    for index, layer in enumerate(backbone.layers):
        if not isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = index >= first
    return len(model.trainable_weights)


def _find_map(backbone: keras.Model, number: int) -> int:
    """The index of the layer that makes an output of the backbone."""
    names = [layer.name for layer in backbone.layers]
    name = backbone.output_names[number]
    # An activation belongs to the convolution before it.
    convolution = name.removesuffix("_relu")
    return names.index(convolution if convolution in names else name)
