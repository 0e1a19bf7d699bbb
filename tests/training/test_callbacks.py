"""Averages, checkpoints and the log of a run."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from geoseg.config import MaskRCNNConfig
from geoseg.errors import TrainingError
from geoseg.maskrcnn.model import LOSS_NAMES
from geoseg.maskrcnn.weights_file import read_weights
from geoseg.training.callbacks import AVERAGE_EVERY_STEPS, AveragedCheckpoint, LossLog
from geoseg.types import NoProgress

CONFIG = MaskRCNNConfig(tile_size_px=128)


def make_model() -> keras.Model:
    """Two weights, and the config that a weights file carries."""
    model = keras.Sequential([keras.layers.Dense(1, name="only")])
    model.build((None, 3))
    model.config = CONFIG
    return model


def set_weights(model: keras.Model, value: float) -> None:
    """All weights of one value."""
    for variable in model.weights:
        variable.assign(np.full(variable.shape, value, np.float32))


def start(folder: Path, *, momentum: float, every_steps: int) -> tuple[AveragedCheckpoint, Any]:
    """A callback at the start of a run from zeros, and its model."""
    callback = AveragedCheckpoint(folder, momentum=momentum, every_steps=every_steps)
    model = make_model()
    set_weights(model, 0.0)
    callback.set_model(model)
    callback.on_train_begin()
    return callback, model


def saved_value(folder: Path) -> float:
    """The value of all weights in the checkpoint."""
    arrays, config = read_weights(folder / "last.npz")
    assert config == CONFIG
    assert sorted(arrays) == ["only/bias", "only/kernel"]
    values = np.concatenate([array.ravel() for array in arrays.values()])
    assert values.min() == values.max()
    return float(values[0])


def test_the_average_is_that_of_its_definition(tmp_path: Path) -> None:
    callback, model = start(tmp_path, momentum=0.9, every_steps=7)
    average, averaged_step = 0.0, 0
    for step in range(1, 24):
        value = float(np.sin(step))
        set_weights(model, value)
        callback.on_train_batch_end(step - 1)
        if step % AVERAGE_EVERY_STEPS == 0 or step % 7 == 0:
            keep = min(0.9, (1 + step) / (10 + step)) ** (step - averaged_step)
            average, averaged_step = keep * average + (1 - keep) * value, step
        if step % 7 == 0:
            assert saved_value(tmp_path) == pytest.approx(average, abs=1e-6)
    callback.on_train_end()
    keep = 24 / 33  # after 23 steps, the last two of them not averaged yet: 21 and then 23
    average = keep**2 * average + (1 - keep**2) * float(np.sin(23))
    assert saved_value(tmp_path) == pytest.approx(average, abs=1e-6)


def test_without_momentum_it_is_the_last(tmp_path: Path) -> None:
    callback, model = start(tmp_path, momentum=0.0, every_steps=100)
    set_weights(model, 3.0)
    callback.on_train_batch_end(0)
    assert not (tmp_path / "last.npz").exists()
    callback.on_train_end()
    assert saved_value(tmp_path) == 3.0


def test_it_can_replace_the_weights(tmp_path: Path) -> None:
    callback, model = start(tmp_path, momentum=0.5, every_steps=1)
    set_weights(model, 1.0)
    callback.on_train_batch_end(0)
    callback.put_into_model()
    # min(0.5, 2 / 11) of the start is left after a step.
    assert np.asarray(model.get_weights()[0])[0, 0] == pytest.approx(1 - 2 / 11)


def test_ending_twice_changes_nothing(tmp_path: Path) -> None:
    callback, model = start(tmp_path, momentum=0.5, every_steps=1)
    set_weights(model, 1.0)
    callback.on_train_batch_end(0)
    before = saved_value(tmp_path)
    callback.on_train_end()
    assert saved_value(tmp_path) == before


class CountingProgress(NoProgress):
    """Adds up what it is told."""

    def __init__(self) -> None:
        self.steps = 0

    def advance(self, steps: int, found: int = 0) -> None:
        """Add up."""
        self.steps += steps


def make_logs(loss: float) -> dict[str, float]:
    """The loss, and single losses that tell which they are."""
    return {"loss": loss, **{name: index + 0.5 for index, name in enumerate(LOSS_NAMES)}}


def start_log(path: Path, every_steps: int = 3) -> tuple[LossLog, CountingProgress, list[str]]:
    """A log at the start of a run, its progress, and what was reset since."""
    progress, resets = CountingProgress(), list[str]()
    log = LossLog(path, every_steps=every_steps, progress=progress)
    metric = SimpleNamespace(reset_state=lambda: resets.append("loss"))
    log.set_model(SimpleNamespace(metrics=[metric]))
    log.on_train_begin()
    return log, progress, resets


def read_rows(path: Path) -> list[list[str]]:
    """The log without its header."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    assert header == ["step", "seconds", "loss", *LOSS_NAMES]
    return rows


def test_a_row_every_few_steps_and_one_at_the_end(tmp_path: Path) -> None:
    log, progress, resets = start_log(tmp_path / "log.csv")
    assert read_rows(tmp_path / "log.csv") == []
    for step in range(7):
        log.on_train_batch_end(step, make_logs(10.0 - step))
    log.on_train_end()
    rows = read_rows(tmp_path / "log.csv")
    assert [(row[0], row[2]) for row in rows] == [("3", "8.0000"), ("6", "5.0000"), ("7", "4.0000")]
    assert rows[0][3:] == ["0.5000", "1.5000", "2.5000", "3.5000", "4.5000"]
    assert len(resets) == 3
    assert progress.steps == 7


def test_no_row_is_written_twice(tmp_path: Path) -> None:
    log, _, _ = start_log(tmp_path / "log.csv")
    for step in range(3):
        log.on_train_batch_end(step, make_logs(1.0))
    log.on_train_end()
    assert len(read_rows(tmp_path / "log.csv")) == 1


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path, loss: float) -> None:
    log, _, _ = start_log(tmp_path / "log.csv")
    log.on_train_batch_end(0, make_logs(1.0))
    with pytest.raises(TrainingError, match=rf"^The loss must stay finite; got {loss} at step 2\."):
        log.on_train_batch_end(1, make_logs(loss))
