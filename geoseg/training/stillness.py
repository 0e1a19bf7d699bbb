"""Layers that have stopped learning.

A layer whose rectifiers are at 0 or saturated for every input, or that stands before such a layer,
gets no gradient. The losses don't show it: the others learn on, without what it could tell them.
"""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.maskrcnn.weights import weight_names
from geoseg.training.average import to_array


class StillnessWatch:
    """Compares the network with what it was at the last look.

    Biases are compared, because weight decay, which moves kernels without any gradient, leaves
    them alone. Each layer is told of once.
    """

    def __init__(self) -> None:
        self._before: dict[str, NDArray[np.float32]] = {}
        self._told: set[str] = set()

    def restart(self) -> None:
        """Forget the last look: the network has gone back to an earlier state."""
        self._before = {}

    def look(self, model: keras.Model, rate: float) -> list[str]:
        """Find the layers that learned nothing since the last look.

        A layer that takes part in learning at only one of the two looks is passed over, and so is
        one in which steps of the learning rate are lost in rounding, as at the end of a cosine.

        Args:
            model: the network, with the layers of its stage trainable.
            rate: the learning rate now, about what AdamW changes a value by in a step.

        Returns:
            Names of the layers, in the order of the network; none at the first look.
        """
        learned = {variable.path for variable in model.trainable_weights}
        biases = {
            name.removesuffix("/bias"): to_array(variable).copy()
            for name, variable in weight_names(model).items()
            if name.endswith("/bias") and variable.path in learned
        }
        still = [
            name
            for name, bias in biases.items()
            if name not in self._told
            and name in self._before
            and np.array_equal(bias, self._before[name])
            and rate >= np.spacing(np.abs(bias)).min()
        ]
        self._before = biases
        self._told.update(still)
        return still
