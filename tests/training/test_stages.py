"""Which layers learn when, in both recipes."""

from __future__ import annotations

import keras
import pytest

from geoseg.config import MaskRCNNConfig, StageConfig, TrainConfig, fill_train_config
from geoseg.errors import ConfigError
from geoseg.maskrcnn.backbones import build_backbone
from geoseg.training.stages import choose_layers, find_stage, plan_stages


class Network(keras.Model):
    """A backbone and a head."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.backbone = build_backbone(MaskRCNNConfig(backbone=name, tile_size_px=64))
        self.head = keras.layers.Dense(1, name="head")
        self.head.build((None, 2))
        self.built = True


@pytest.fixture(scope="module", params=["mobilenet_v2", "resnet50"])
def network(request: pytest.FixtureRequest) -> Network:
    return Network(request.param)


def learning(network: Network) -> set[str]:
    """The names of the layers that learn."""
    return {variable.path.split("/")[-2] for variable in network.trainable_weights}


FIRST = {
    "mobilenet_v2": {"3+": "block_3_expand", "4+": "block_6_expand", "5+": "block_13_expand"},
    "resnet50": {"3+": "res3a_branch2a", "4+": "res4a_branch2a", "5+": "res5a_branch2a"},
}
LAST_KEPT = {
    "mobilenet_v2": {"3+": "block_2_project", "4+": "block_5_project", "5+": "block_12_project"},
    "resnet50": {"3+": "res2c_branch2c", "4+": "res3d_branch2c", "5+": "res4f_branch2c"},
}


@pytest.mark.parametrize("layers", ["3+", "4+", "5+"])
def test_layers_behind_a_level_learn(network: Network, layers: str) -> None:
    number = choose_layers(network, layers)
    name = network.backbone.name
    assert number == len(network.trainable_weights)
    assert {FIRST[name][layers], "head"} <= learning(network)
    assert LAST_KEPT[name][layers] not in learning(network)


def test_heads_and_all(network: Network) -> None:
    choose_layers(network, "heads")
    assert learning(network) == {"head"}
    choose_layers(network, "all")
    convolutions = {
        layer.name
        for layer in network.backbone.layers
        if layer.weights and not isinstance(layer, keras.layers.BatchNormalization)
    }
    assert learning(network) == convolutions | {"head"}


def test_the_published_schedule_has_its_epochs_of_a_thousand_steps() -> None:
    config = fill_train_config({"recipe": "matterport"})
    stages = plan_stages(config)
    assert [(one.first_step, one.end_step, one.layers, one.rate) for one in stages] == [
        (0, 40_000, "heads", 1.0),
        (40_000, 120_000, "4+", 1.0),
        (120_000, 160_000, "all", 0.1),
    ]
    assert (config.learning_rate, config.momentum, config.weight_decay) == (1e-3, 0.9, 1e-4)
    assert (config.clip_norm, config.num_rois, config.num_positive) == (5.0, 200, 66)
    assert find_stage(stages, 39_999) == stages[0]
    assert find_stage(stages, 40_000) == stages[1]
    assert find_stage(stages, 160_000) == stages[2]


def test_a_network_from_nothing_learns_as_a_whole() -> None:
    (stage,) = plan_stages(TrainConfig(start=None, steps=5))
    assert (stage.first_step, stage.end_step, stage.layers, stage.rate) == (0, 5, "all", 1.0)


def test_what_was_learned_before_changes_late_and_slowly() -> None:
    first, second = plan_stages(TrainConfig(start="bundled", steps=5))
    assert (first.first_step, first.end_step, first.layers, first.rate) == (0, 3, "heads", 1.0)
    assert (second.first_step, second.end_step, second.layers, second.rate) == (3, 5, "3+", 0.2)


def test_a_stage_without_a_step_is_left_out() -> None:
    stages = (StageConfig("heads", 0.1), StageConfig("all", 1.0))
    (stage,) = plan_stages(TrainConfig(steps=3, stages=stages))
    assert (stage.first_step, stage.layers) == (0, "all")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"recipe": "detectron"}, "recipe must be one of modern, matterport; got 'detectron'"),
        ({"stages": [{"layers": "6+"}]}, r"layers must be one of heads, 5\+"),
        ({"stages": [{"until": 0.5}]}, "until of stages must grow and end at 1"),
        ({"stages": [{"until": 1.0}, {"until": 1.0}]}, "until of stages must grow"),
        ({"optimizer": "adam"}, "optimizer must be one of adamw, sgd; got 'adam'"),
        ({"schedule": "linear"}, "schedule must be one of cosine, constant"),
        ({"num_positive": 65}, "num_positive must be at most num_rois; got 65 and 64"),
        ({"ema_momentum": 1.0}, "ema_momentum must be at least 0 and below 1"),
        ({"workers": 0}, "workers must be at least 1"),
    ],
)
def test_wrong_values_are_named(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        fill_train_config(values)
