"""The moving average of a network's weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.maskrcnn.weights import weight_names

# Fetching the weights from a device takes time; the average is as good with fewer of them.
AVERAGE_EVERY_STEPS = 5


class WeightAverage:
    """A moving average of weights, which begins at those of the model.

    Attributes:
        momentum: share of the average that survives a step.
        values: float32 arrays under `weight_names`.
        step: the last step that was averaged.
    """

    def __init__(self, model: keras.Model, momentum: float) -> None:
        self.momentum = momentum
        self.values = copy_weights(model)
        self.step = 0

    def is_due(self, step: int) -> bool:
        """Whether the weights after this many steps are to be averaged."""
        return step % AVERAGE_EVERY_STEPS == 0

    def update(self, model: keras.Model, step: int) -> None:
        """Take in the weights after this many steps of the run."""
        # Early on the average follows closely, so that the random start is soon forgotten.
        warm = (1.0 + step) / (10.0 + step)
        keep = min(self.momentum, warm) ** (step - self.step)
        self.step = step
        for name, value in weight_names(model).items():
            average = self.values[name]
            average += (1.0 - keep) * (to_array(value) - average)

    def restore(self, values: Mapping[str, NDArray[np.float32]], step: int) -> None:
        """Go back to an earlier state."""
        self.values = {name: np.array(value, np.float32) for name, value in values.items()}
        self.step = step

    @contextmanager
    def in_model(self, model: keras.Model) -> Iterator[None]:
        """The model has the average as its weights inside the `with` block."""
        own = copy_weights(model)
        self.put_into(model)
        try:
            yield
        finally:
            fill_model(model, own)

    def put_into(self, model: keras.Model) -> None:
        """Replace the model's weights by their average."""
        fill_model(model, self.values)


def copy_weights(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """The weights of a model as arrays of their own, under `weight_names`."""
    return {name: to_array(value).copy() for name, value in weight_names(model).items()}


def fill_model(model: keras.Model, values: Mapping[str, NDArray[np.float32]]) -> None:
    """Replace the model's weights."""
    for name, variable in weight_names(model).items():
        variable.assign(values[name])


def to_array(variable: Any) -> NDArray[np.float32]:
    """The value of a variable of any backend, float32."""
    return np.asarray(variable, np.float32)
