"""What happens while a run goes on: averages, checkpoints, a log."""

from __future__ import annotations

import csv
import math
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.errors import TrainingError
from geoseg.maskrcnn.model import LOSS_NAMES, MaskRCNN
from geoseg.maskrcnn.weights import save_weights, weight_names
from geoseg.types import Progress

# Fetching the weights from a device takes time; the average is as good with fewer of them.
AVERAGE_EVERY_STEPS = 5


class AveragedCheckpoint(keras.callbacks.Callback):
    """Keeps a moving average of the weights and saves it.

    Attributes:
        folder: gets `last.npz`.
        momentum: share of the average that survives a step.
        every_steps: steps between two checkpoints.
    """

    model: MaskRCNN

    def __init__(self, folder: Path, *, momentum: float, every_steps: int) -> None:
        super().__init__()
        self.folder = folder
        self.momentum = momentum
        self.every_steps = every_steps
        self._average: dict[str, NDArray[np.float32]] = {}
        self._step = 0
        self._averaged_step = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """The average starts at the weights that training starts from."""
        self._average = {
            name: np.asarray(value, np.float32).copy()
            for name, value in weight_names(self.model).items()
        }

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Average every few steps, save every `every_steps`."""
        self._step += 1
        is_due = self._step % self.every_steps == 0
        if is_due or self._step % AVERAGE_EVERY_STEPS == 0:
            self._update()
        if is_due:
            self._save()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Save what the run ends with."""
        self._update()
        self._save()

    def put_into_model(self) -> None:
        """Replace the model's weights by their average."""
        for name, variable in weight_names(self.model).items():
            variable.assign(self._average[name])

    def _update(self) -> None:
        # Early on the average follows closely, so that the random start is soon forgotten.
        warm = (1.0 + self._step) / (10.0 + self._step)
        keep = min(self.momentum, warm) ** (self._step - self._averaged_step)
        self._averaged_step = self._step
        for name, value in weight_names(self.model).items():
            average = self._average[name]
            average += (1.0 - keep) * (np.asarray(value, np.float32) - average)

    def _save(self) -> None:
        save_weights(self.folder / "last.npz", self.model, values=self._average)


class LossLog(keras.callbacks.Callback):
    """Writes the mean losses of every few steps to a CSV and tells the progress.

    Attributes:
        path: the CSV file.
        every_steps: steps per row; the last row may speak of fewer.
        progress: is told of every step.
    """

    def __init__(self, path: Path, *, every_steps: int, progress: Progress) -> None:
        super().__init__()
        self.path = path
        self.every_steps = every_steps
        self.progress = progress
        self._step = 0
        self._started = 0.0
        self._waiting: dict[str, float] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Start the file and the clock."""
        self._started = time.monotonic()
        with self.path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(["step", "seconds", "loss", *LOSS_NAMES])

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Check the loss, and write a row when it is due.

        Raises:
            TrainingError: the loss is no number any more.
        """
        self._waiting = {name: float((logs or {})[name]) for name in ("loss", *LOSS_NAMES)}
        self._step += 1
        self.progress.advance(1)
        loss = self._waiting["loss"]
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss must stay finite; got {loss} at step {self._step}. "
                "A lower learning_rate helps."
            )
        if self._step % self.every_steps == 0:
            self._write_row()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Write what has gathered since the last row."""
        if self._waiting:
            self._write_row()

    def _write_row(self) -> None:
        seconds = time.monotonic() - self._started
        losses = (f"{value:.4f}" for value in self._waiting.values())
        with self.path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow([self._step, f"{seconds:.0f}", *losses])
        self._waiting = {}
        # Keras averages since the last reset; each row is to speak of its own steps.
        for metric in self.model.metrics:
            metric.reset_state()
