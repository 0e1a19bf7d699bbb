"""How the learning rate goes over a run."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops


class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Linear growth, then half a cosine down to zero (Loshchilov and Hutter 2017).

    Attributes:
        peak: highest learning rate.
        warmup_steps: steps until the peak.
        steps: steps of the whole run.
    """

    def __init__(self, peak: float, warmup_steps: int, steps: int) -> None:
        super().__init__()
        self.peak = peak
        self.warmup_steps = warmup_steps
        self.steps = steps

    def __call__(self, step: Any) -> Any:
        """Learning rate of a step."""
        step = ops.cast(step, "float32")
        growth = (step + 1.0) / max(1, self.warmup_steps)
        done = (step - self.warmup_steps) / max(1, self.steps - self.warmup_steps)
        fall = 0.5 * (1.0 + ops.cos(math.pi * ops.clip(done, 0.0, 1.0)))
        return self.peak * ops.minimum(growth, fall)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"peak": self.peak, "warmup_steps": self.warmup_steps, "steps": self.steps}
