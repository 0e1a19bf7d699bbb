"""A run that is interrupted goes on as if it had not been."""

from __future__ import annotations

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geoseg.config import StageConfig, TrainConfig
from geoseg.errors import TrainingError
from geoseg.maskrcnn.weights_file import read_weights
from geoseg.training import train
from geoseg.training.checkpoint import read_checkpoint
from geoseg.training.learner import Learner
from geoseg.training.records import read_table
from geoseg.training.train import train_model
from geoseg.types import NoProgress
from tests.training.tiny import make_config, make_tiny, write_houses


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "make_model", make_tiny)
    monkeypatch.setattr(train, "LOG_EVERY_STEPS", 1)


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    return write_houses(tmp_path / "houses")


class StopError(Exception):
    """Stands for the end of the process."""


class StopAt(NoProgress):
    """Does something after a number of steps."""

    def __init__(self, step: int, action: Any) -> None:
        self.left = step
        self.action = action

    def advance(self, steps: int, found: int = 0) -> None:
        """Count down."""
        self.left -= steps
        if self.left == 0:
            self.action()


def stop() -> None:
    raise StopError


def read_losses(folder: Path) -> list[tuple[str, ...]]:
    """What the log says of each step, but for the time."""
    names = ("step", "loss", "class", "mask", "learning_rate")
    return [tuple(row[name] for name in names) for row in read_table(folder / "log.csv")]


STAGES = (StageConfig("heads", 0.5), StageConfig("all", 1.0, 0.1))


@pytest.mark.parametrize(
    ("stopped_at", "changes"),
    [
        (3, {}),
        (7, {}),
        (8, {"optimizer": "sgd", "schedule": "constant"}),
        (5, {"optimizer": "sgd", "stages": STAGES}),
        (7, {"optimizer": "sgd", "stages": STAGES, "checkpoint_steps": 6}),
    ],
)
def test_a_resumed_run_is_the_uninterrupted_one(
    houses: Path, tmp_path: Path, stopped_at: int, changes: dict[str, Any]
) -> None:
    config = make_config(houses, **changes)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train_model(config, whole)
    with pytest.raises(StopError):
        train_model(config, broken, progress=StopAt(stopped_at, stop))
    saved = stopped_at // config.checkpoint_steps * config.checkpoint_steps
    assert read_checkpoint(broken / "checkpoint.npz").facts.step == saved
    train_model(None, broken, resume=True)
    assert read_losses(broken) == read_losses(whole)
    assert len(read_losses(whole)) == 12
    wanted, _ = read_weights(whole / "model.npz")
    got, _ = read_weights(broken / "model.npz")
    for name, array in wanted.items():
        np.testing.assert_array_equal(got[name], array)


def test_the_same_samples_are_learned_after_a_resume(
    houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[tuple[int, ...]] = []
    take_step = Learner.take_step

    def note(self: Learner, batch: Any) -> dict[str, float]:
        learned.append(batch.samples)
        return take_step(self, batch)

    monkeypatch.setattr(Learner, "take_step", note)
    with pytest.raises(StopError):
        train_model(make_config(houses), tmp_path / "run", progress=StopAt(6, stop))
    train_model(None, tmp_path / "run", resume=True)
    steps = [samples[0] // 4 for samples in learned]
    assert steps == [0, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_saves_the_last_step(
    houses: Path, tmp_path: Path, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    ask = StopAt(6, lambda: os.kill(os.getpid(), number))
    with pytest.raises(KeyboardInterrupt):
        train_model(make_config(houses), tmp_path / "run", progress=ask)
    assert signal.getsignal(number) is before
    assert read_checkpoint(tmp_path / "run" / "checkpoint.npz").facts.step == 6
    train_model(make_config(houses), tmp_path / "whole")
    train_model(None, tmp_path / "run", resume=True)
    assert read_losses(tmp_path / "run") == read_losses(tmp_path / "whole")


def start(houses: Path, folder: Path, **changes: Any) -> TrainConfig:
    """A run that ends early."""
    config = make_config(houses, **changes)
    with pytest.raises(StopError):
        train_model(config, folder, progress=StopAt(5, stop))
    return config


def test_a_resume_with_other_settings_says_what_differs(houses: Path, tmp_path: Path) -> None:
    config = start(houses, tmp_path / "run")
    other = replace(config, learning_rate=0.1, model=replace(config.model, gsd_m=0.2))
    with pytest.raises(
        TrainingError,
        match=r"settings it began with; got learning_rate 0\.1 instead of 0\.05, model\.gsd_m 0\.2",
    ):
        train_model(other, tmp_path / "run", resume=True)


def test_settings_that_change_nothing_learned_may_differ(houses: Path, tmp_path: Path) -> None:
    config = start(houses, tmp_path / "run")
    other = replace(config, workers=1, checkpoint_steps=3)
    assert train_model(other, tmp_path / "run", resume=True).exists()


def test_a_resume_with_other_labels_is_refused(houses: Path, tmp_path: Path) -> None:
    start(houses, tmp_path / "run")
    labels = houses / "annotation.json"
    labels.write_text(labels.read_text().replace("10.0", "11.0"))
    with pytest.raises(TrainingError, match="names, sizes or labels have changed"):
        train_model(None, tmp_path / "run", resume=True)


def test_only_an_unfinished_run_is_resumed(houses: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="none must hold a run to go on with"):
        train_model(None, tmp_path / "none", resume=True)
    train_model(make_config(houses, steps=2), tmp_path / "run")
    with pytest.raises(TrainingError, match=r"not at its end; it has model\.npz"):
        train_model(None, tmp_path / "run", resume=True)


def test_a_run_killed_before_its_first_checkpoint_begins_anew(houses: Path, tmp_path: Path) -> None:
    config = start(houses, tmp_path / "run")
    (tmp_path / "run" / "checkpoint.npz").unlink()
    train_model(None, tmp_path / "run", resume=True)
    train_model(config, tmp_path / "whole")
    assert read_losses(tmp_path / "run") == read_losses(tmp_path / "whole")


def test_a_damaged_checkpoint_is_named(houses: Path, tmp_path: Path) -> None:
    start(houses, tmp_path / "run")
    path = tmp_path / "run" / "checkpoint.npz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(TrainingError, match=r"checkpoint\.npz must be a whole checkpoint"):
        train_model(None, tmp_path / "run", resume=True)


def test_a_checkpoint_of_another_network_is_refused(houses: Path, tmp_path: Path) -> None:
    start(houses, tmp_path / "run")
    start(houses, tmp_path / "sgd", optimizer="sgd")
    shutil.copy(tmp_path / "sgd" / "checkpoint.npz", tmp_path / "run" / "checkpoint.npz")
    with pytest.raises(TrainingError, match="must fit the network and the optimiser"):
        train_model(None, tmp_path / "run", resume=True)
