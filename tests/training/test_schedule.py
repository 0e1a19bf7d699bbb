"""The learning rate over a run, and the optimisers."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TrainConfig, fill_train_config
from geoseg.training.schedule import find_learning_rate, make_optimizer
from geoseg.training.stages import Stage


def rate(
    peak: float, warmup: int, steps: int, step: int, *, factor: float = 1.0, kind: str = "cosine"
) -> float:
    """The learning rate of a step."""
    config = TrainConfig(learning_rate=peak, warmup_steps=warmup, steps=steps, schedule=kind)
    return find_learning_rate(config, Stage(0, steps, "all", factor), step)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (0, 0.02),
        (4, 0.1),
        (9, 0.2),
        (10, 0.2),
        (35, 0.1 * (1 + math.sqrt(0.5))),
        (60, 0.1),
        (110, 0.0),
        (500, 0.0),
    ],
)
def test_it_grows_to_the_peak_and_falls_to_zero(step: int, expected: float) -> None:
    assert rate(0.2, 10, 110, step) == pytest.approx(expected, abs=1e-7)


def test_it_is_that_of_keras() -> None:
    schedule = keras.optimizers.schedules.CosineDecay(0.0, 100, warmup_target=0.2, warmup_steps=10)
    for step in range(0, 110, 7):
        # Keras begins at 0, with which a step would learn nothing.
        is_warmup = step < 10
        wanted = float(np.asarray(schedule(step + is_warmup)))
        assert rate(0.2, 10, 110, step) == pytest.approx(wanted, abs=1e-7)


def test_it_may_start_at_the_peak() -> None:
    assert rate(0.2, 0, 100, 0) == pytest.approx(0.2)


def test_it_may_stay_at_the_peak() -> None:
    rates = [rate(0.2, 2, 100, step, kind="constant", factor=0.1) for step in (0, 1, 50, 99)]
    assert rates == pytest.approx([0.01, 0.02, 0.02, 0.02])


def test_a_run_shorter_than_its_warmup_never_falls() -> None:
    rates = [rate(1.0, 100, 10, step) for step in range(10)]
    assert rates == pytest.approx([0.01 * (step + 1) for step in range(10)])


@given(st.integers(0, 50), st.integers(1, 200), st.integers(0, 300))
def test_it_stays_between_zero_and_the_peak(warmup: int, steps: int, step: int) -> None:
    assert 0 <= rate(0.5, warmup, steps, step) <= 0.5


def test_recipes_have_their_optimisers() -> None:
    modern = make_optimizer(fill_train_config({}))
    assert isinstance(modern, keras.optimizers.AdamW)
    assert (modern.weight_decay, modern.global_clipnorm) == (0.02, 1.0)
    published = make_optimizer(fill_train_config({"recipe": "matterport"}), num_parts=5)
    assert isinstance(published, keras.optimizers.SGD)
    assert (published.momentum, published.weight_decay) == (0.9, 1e-4)
    assert (published.global_clipnorm, published.gradient_accumulation_steps) == (5.0, 5)


def test_biases_do_not_decay() -> None:
    layer = keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones")
    layer.build((None, 2))
    optimizer = make_optimizer(TrainConfig(weight_decay=0.5, learning_rate=0.1))
    optimizer.build(layer.trainable_variables)
    optimizer.apply([keras.ops.zeros((2, 1)), keras.ops.zeros((1,))])
    np.testing.assert_allclose(np.asarray(layer.kernel), 0.95, rtol=1e-6)
    np.testing.assert_allclose(np.asarray(layer.bias), 1.0)
