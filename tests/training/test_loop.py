"""What happens between the steps of a run: checkpoints, scores, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geoseg.config import DatasetConfig, TrainConfig
from geoseg.errors import TrainingError
from geoseg.maskrcnn.weights_file import read_weights
from geoseg.training import train
from geoseg.training.checkpoint import read_checkpoint
from geoseg.training.learner import Learner
from geoseg.training.records import read_table
from geoseg.training.scoring import Score
from geoseg.training.train import train_model
from tests.training.tiny import TinyNetwork, make_config, make_tiny, write_houses

Change = Callable[[TinyNetwork], None]


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "make_model", make_tiny)
    monkeypatch.setattr(train, "LOG_EVERY_STEPS", 1)


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_houses(tmp_path_factory.mktemp("data") / "houses")


def train_changed(
    monkeypatch: pytest.MonkeyPatch, config: TrainConfig, folder: Path, change: Change
) -> Path:
    """Train a network that was tampered with."""

    def make(config: TrainConfig) -> TinyNetwork:
        model = make_tiny(config)
        change(model)
        return model

    monkeypatch.setattr(train, "make_model", make)
    return train_model(config, folder)


def limit_batch(most: int, error: Exception) -> tuple[Change, list[int]]:
    """Memory for so many samples, and a list of what was tried."""
    tried: list[int] = []

    def change(model: TinyNetwork) -> None:
        train_on_batch = model.train_on_batch

        def refuse(inputs: Any, target: Any, **options: Any) -> Any:
            tried.append(len(target))
            assert {len(array) for array in inputs.values()} == {len(target)}
            if len(target) > most:
                raise error
            return train_on_batch(inputs, target, **options)

        model.train_on_batch = refuse

    return change, tried


class ResourceExhaustedError(Exception):
    """Named like TensorFlow's."""


@pytest.mark.parametrize("error", [MemoryError(), ResourceExhaustedError("OOM when allocating")])
def test_batches_are_cut_when_memory_runs_out(
    houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    config = make_config(houses, steps=3)
    train_model(config, tmp_path / "whole")
    change, tried = limit_batch(1, error)
    train_changed(monkeypatch, config, tmp_path / "cut", change)
    assert tried == [4, 2, *[1] * 12]
    assert read_checkpoint(tmp_path / "cut" / "checkpoint.npz").facts.num_parts == 4
    # The losses are means over samples, so that parts of a batch give its gradient.
    wanted, got = (
        [float(row["class"]) for row in read_table(tmp_path / name / "log.csv")]
        for name in ("whole", "cut")
    )
    assert len(wanted) == 3
    np.testing.assert_allclose(got, wanted, rtol=1e-4)
    arrays, _ = read_weights(tmp_path / "whole" / "last.npz")
    for name, array in read_weights(tmp_path / "cut" / "last.npz")[0].items():
        np.testing.assert_allclose(array, arrays[name], rtol=1e-4, atol=1e-6)


def test_memory_that_runs_out_late_goes_back_to_the_checkpoint(
    houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def change(model: TinyNetwork) -> None:
        train_on_batch = model.train_on_batch

        def fail_once(inputs: Any, target: Any, **options: Any) -> Any:
            calls.append(len(target))
            if len(calls) == 4:
                raise MemoryError
            return train_on_batch(inputs, target, **options)

        model.train_on_batch = fail_once

    config = make_config(houses, steps=5, checkpoint_steps=2)
    train_changed(monkeypatch, config, tmp_path / "run", change)
    assert calls == [4, 4, 4, 4, *[2] * 6]
    steps = [row["step"] for row in read_table(tmp_path / "run" / "log.csv")]
    assert steps == ["1", "2", "3", "4", "5"]


def test_memory_for_no_sample_is_one_sentence(
    houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, tried = limit_batch(0, MemoryError())
    with pytest.raises(TrainingError, match="Memory is too small for one sample"):
        train_changed(monkeypatch, make_config(houses, batch_size=3), tmp_path / "run", change)
    assert tried == [3, 1]


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_names_its_batch(
    houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loss: float
) -> None:
    calls: list[int] = []

    def change(model: TinyNetwork) -> None:
        train_on_batch = model.train_on_batch

        def spoil(*batch: Any, **options: Any) -> Any:
            calls.append(0)
            logs = train_on_batch(*batch, **options)
            return {**logs, "loss": loss} if len(calls) == 6 else logs

        model.train_on_batch = spoil

    with pytest.raises(TrainingError) as caught:
        train_changed(monkeypatch, make_config(houses), tmp_path / "run", change)
    message = str(caught.value)
    assert message.startswith(f"The loss must stay finite; got {loss} at step 6, samples 20 to 23")
    assert ".png" in message
    assert read_checkpoint(tmp_path / "run" / "checkpoint.npz").facts.step == 4


def test_weights_that_are_no_numbers_are_not_saved(
    houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_step = Learner.take_step

    def spoil(self: Learner, batch: Any) -> dict[str, float]:
        losses = take_step(self, batch)
        if self.step == 4:
            self.model.weights[0].assign(np.full(self.model.weights[0].shape, np.nan))
        return losses

    monkeypatch.setattr(Learner, "take_step", spoil)
    with pytest.raises(TrainingError, match=r"weights must stay finite; .* step 4, samples 12 to"):
        train_model(make_config(houses), tmp_path / "run")
    kept = read_checkpoint(tmp_path / "run" / "checkpoint.npz")
    assert kept.facts.step == 0
    assert all(np.isfinite(array).all() for array in kept.weights.values())


def test_a_full_disk_keeps_the_last_checkpoint(
    houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    savez = np.savez
    calls: list[int] = []

    def fill_disk(file: Any, **arrays: Any) -> None:
        calls.append(0)
        if len(calls) == 3:
            file.write(b"half")
            raise OSError(28, "No space left on device")
        savez(file, **arrays)

    monkeypatch.setattr(np, "savez", fill_disk)
    with pytest.raises(OSError, match="No space left"):
        train_model(make_config(houses), tmp_path / "run")
    assert read_checkpoint(tmp_path / "run" / "checkpoint.npz").facts.step == 4
    assert not list((tmp_path / "run").glob(".*"))


def score_by(values: list[float]) -> tuple[Callable[[Any], Score], list[np.ndarray[Any, Any]]]:
    """A scorer that gives these, and the weights it saw."""
    seen: list[np.ndarray[Any, Any]] = []

    def score(model: Any) -> Score:
        seen.append(np.asarray(model.weights[0]).copy())
        return Score(values[len(seen) - 1], 0.5, 3, {"image": np.zeros((8, 8, 3), np.uint8)})

    return score, seen


def test_the_best_average_is_kept_and_is_the_result(houses: Path, tmp_path: Path) -> None:
    config = make_config(houses, validation=(DatasetConfig("x"),), validate_steps=5)
    score, seen = score_by([0.2, 0.6, 0.4])
    path = train_model(config, tmp_path / "run", score=score)
    rows = read_table(tmp_path / "run" / "validation.csv")
    assert [(row["step"], row["ap50"]) for row in rows] == [
        ("5", "0.2000"), ("10", "0.6000"), ("12", "0.4000"),
    ]  # fmt: skip
    best, _ = read_weights(tmp_path / "run" / "best.npz")
    np.testing.assert_array_equal(best["early/kernel"], seen[1])
    model, _ = read_weights(path)
    np.testing.assert_allclose(model["early/kernel"], seen[1], rtol=1e-3)
    last, _ = read_weights(tmp_path / "run" / "last.npz")
    np.testing.assert_array_equal(last["early/kernel"], seen[2])
    assert read_checkpoint(tmp_path / "run" / "checkpoint.npz").facts.best_ap50 == 0.6


def test_scoring_changes_nothing_of_the_run(houses: Path, tmp_path: Path) -> None:
    train_model(make_config(houses), tmp_path / "plain")
    score, _ = score_by([0.1] * 12)
    config = make_config(houses, validation=(DatasetConfig("x"),), validate_steps=1)
    train_model(config, tmp_path / "scored", score=score)
    plain, scored = (
        [row["loss"] for row in read_table(tmp_path / name / "log.csv")]
        for name in ("plain", "scored")
    )
    assert plain == scored


def test_a_run_leaves_these_files(houses: Path, tmp_path: Path) -> None:
    score, _ = score_by([0.2] * 3)
    config = make_config(houses, validation=(DatasetConfig("x"),), tensorboard=True)
    train_model(config, tmp_path / "new" / "run", score=score)
    assert {one.name for one in (tmp_path / "new" / "run").iterdir()} == {
        "best.npz", "checkpoint.npz", "config.toml", "curves.png", "last.npz", "log.csv",
        "model.npz", "run.json", "tensorboard", "validation.csv",
    }  # fmt: skip
