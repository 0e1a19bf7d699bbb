"""Layers that stopped learning are found, and those that learn are not."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from geoseg.config import TrainConfig
from geoseg.maskrcnn.weights import weight_names
from geoseg.training import train
from geoseg.training.stillness import StillnessWatch
from geoseg.training.train import train_model
from tests.training.tiny import TinyNetwork, make_config, make_tiny, write_houses

RATE = 0.01


def make_half_dead() -> keras.Model:
    """Two branches, one behind a rectifier that nothing passes."""
    x = keras.Input((3,))
    alive = keras.layers.Dense(4, activation="relu", bias_initializer="ones", name="alive")(x)
    before = keras.layers.Dense(4, name="before")(x)
    dead = keras.layers.Dense(4, activation="relu", name="dead")(before)
    joined = keras.layers.Concatenate()([alive, dead])
    model = keras.Model(x, keras.layers.Dense(1, name="head")(joined))
    model.get_layer("dead").bias.assign(np.full(4, -1e4))
    optimizer = keras.optimizers.AdamW(RATE, weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model.compile(optimizer, "mse", jit_compile=False)
    return model


def take_steps(model: keras.Model, count: int = 3) -> None:
    for step in range(count):
        random = np.random.default_rng(step)
        model.train_on_batch(random.random((8, 3)), random.random((8, 1)))


def test_layers_without_gradient_are_named_once() -> None:
    keras.utils.set_random_seed(1)
    model, watch = make_half_dead(), StillnessWatch()
    assert watch.look(model, RATE) == []
    before = {name: np.asarray(one).copy() for name, one in weight_names(model).items()}
    take_steps(model)
    # Decay moves the kernel of a dead layer: that a kernel moves says nothing.
    assert (np.asarray(model.get_layer("dead").kernel) != before["dead/kernel"]).all()
    assert watch.look(model, RATE) == ["before", "dead"]
    take_steps(model)
    assert watch.look(model, RATE) == []


def test_layers_that_are_kept_fixed_are_not_named() -> None:
    keras.utils.set_random_seed(1)
    model, watch = make_half_dead(), StillnessWatch()
    model.get_layer("before").trainable = False
    watch.look(model, RATE)
    take_steps(model)
    model.get_layer("before").trainable = True
    assert watch.look(model, RATE) == ["dead"]
    take_steps(model)
    assert watch.look(model, RATE) == ["before"]


def test_after_going_back_the_first_look_names_nothing() -> None:
    model, watch = make_half_dead(), StillnessWatch()
    watch.look(model, RATE)
    watch.restart()
    assert watch.look(model, RATE) == []


def test_layers_in_which_no_step_would_show_are_not_named() -> None:
    model, watch = make_half_dead(), StillnessWatch()
    watch.look(model, RATE)
    biases = [1e4, 1e-2]  # their neighbours in float32 are 1e-3 and 1e-9 away
    for name, bias in zip(("dead", "before"), biases, strict=True):
        model.get_layer(name).bias.assign(np.full(4, bias))
    watch.look(model, RATE)
    assert watch.look(model, 1e-4) == ["before"]


class DeafNetwork(TinyNetwork):
    """What its backbone finds goes nowhere, and so has a gradient of 0."""

    def call(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """As of `TinyNetwork`, without the backbone."""
        backbone = self.backbone
        object.__setattr__(self, "backbone", lambda x: 0.0 * backbone(x))
        try:
            return super().call(inputs)
        finally:
            object.__setattr__(self, "backbone", backbone)


def make_deaf(config: TrainConfig) -> TinyNetwork:
    keras.utils.set_random_seed(config.seed)
    return DeafNetwork(config.model)


@pytest.mark.parametrize(("make", "is_told"), [(make_deaf, True), (make_tiny, False)])
def test_a_run_tells_of_layers_that_learn_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    make: Any,
    is_told: bool,
) -> None:
    monkeypatch.setattr(train, "make_model", make)
    with caplog.at_level(logging.WARNING):
        train_model(make_config(write_houses(tmp_path / "houses")), tmp_path / "run")
    told = [one.getMessage() for one in caplog.records if "learned nothing" in one.getMessage()]
    if is_told:
        assert len(told) == 1
        assert told[0].startswith("step 8: 2 layers learned nothing since the last checkpoint")
        assert "early, late" in told[0]
    else:
        assert told == []
