"""The folder of a run: what is in it, and whether a run may begin or go on there.

Nothing here needs Keras, so that a mistake is told before the seconds that it takes to load.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geoseg.config import TrainConfig, dump_toml, load_toml, to_dict
from geoseg.errors import OutputError, TrainingError

# Settings that change nothing of what is learned.
FREE_KEYS = {
    "checkpoint_steps", "validate_steps", "validation", "validation_images", "workers", "strict",
    "tensorboard",
}  # fmt: skip
MAX_NAMED = 5


class RunFolder:
    """The files of a run.

    Attributes:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.toml"
        self.facts = path / "run.json"
        self.log = path / "log.csv"
        self.scores = path / "validation.csv"
        self.curves = path / "curves.png"
        self.checkpoint = path / "checkpoint.npz"
        self.last = path / "last.npz"
        self.best = path / "best.npz"
        self.model = path / "model.npz"
        self.board = path / "tensorboard"

    def check(self, config: TrainConfig | None, *, resume: bool) -> TrainConfig:
        """The config of the run that is to begin or to go on here.

        Args:
            config: what the caller wants to train; None with `resume` for what is here.
            resume: go on with the run that is here.

        Raises:
            TrainingError: the folder holds a run already, or with `resume` none, a finished one
                or another one.
        """
        if resume:
            return self.check_resumable(config)
        if config is None:
            raise TrainingError("A new run must have a config; got none.")
        self.check_new()
        return config

    def check_new(self) -> None:
        """Make sure that no run is here.

        Raises:
            TrainingError: one is.
        """
        if self.config.exists():
            raise TrainingError(
                f"{self.path} must be a new folder; it holds a run already, which --resume goes "
                "on with."
            )

    def check_resumable(self, config: TrainConfig | None) -> TrainConfig:
        """The config of the run that is here and not at its end.

        Args:
            config: what the caller wants to train; None for whatever is here.

        Raises:
            TrainingError: no run is here, it is at its end, or it is another one.
        """
        if not self.config.exists():
            raise TrainingError(f"{self.path} must hold a run to go on with; it holds none.")
        if self.model.exists():
            raise TrainingError(
                f"{self.path} must hold a run that is not at its end; it has {self.model.name}."
            )
        begun = self.read_config()
        if config is None:
            return begun
        differing = find_differences(to_dict(begun), to_dict(config))
        if differing:
            more = f", and {len(differing) - MAX_NAMED} more" if len(differing) > MAX_NAMED else ""
            raise TrainingError(
                "A run goes on with the settings it began with; got "
                f"{', '.join(differing[:MAX_NAMED])}{more}."
            )
        return config

    def read_config(self) -> TrainConfig:
        """The settings of the run that is here.

        Raises:
            ConfigError: they cannot be read.
        """
        return load_toml(TrainConfig, self.config)

    def create(self, config: TrainConfig) -> None:
        """Make the folder and write the settings.

        Raises:
            OutputError: the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.path} must be a folder to write to; got {error.strerror}."
            ) from error
        replace_text(self.config, dump_toml(config))

    def add_session(self, session: Mapping[str, Any]) -> None:
        """Note with what the run begins or goes on.

        Raises:
            TrainingError: the data is not that which the run began with.
            OutputError: the file cannot be written.
        """
        sessions = read_sessions(self.facts)
        if sessions and sessions[0].get("data") != session.get("data"):
            raise TrainingError(
                f"The datasets must be those that the run in {self.path} began with; their names, "
                "sizes or labels have changed."
            )
        replace_text(self.facts, json.dumps({"sessions": [*sessions, session]}, indent=2) + "\n")


def read_sessions(path: Path) -> list[dict[str, Any]]:
    """What `RunFolder.add_session` wrote; empty when there is no file."""
    if not path.exists():
        return []
    sessions: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["sessions"]
    return sessions


def find_differences(
    before: Mapping[str, Any], wanted: Mapping[str, Any], prefix: str = ""
) -> list[str]:
    """What differs between two plain nested configs, apart from FREE_KEYS.

    Example:
        >>> find_differences({"steps": 3, "model": {"gsd_m": 0.2}}, {"model": {"gsd_m": 0.3}})
        ['model.gsd_m 0.3 instead of 0.2', 'steps none instead of 3']
    """
    found: list[str] = []
    for key in sorted(set(before) | set(wanted)):
        old, new = before.get(key), wanted.get(key)
        if (not prefix and key in FREE_KEYS) or old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += find_differences(old, new, f"{prefix}{key}.")
        else:
            old, new = ("none" if one is None else one for one in (old, new))
            found.append(f"{prefix}{key} {new} instead of {old}")
    return found


def replace_text(path: Path, text: str) -> None:
    """Write a text file; one of that name is replaced in one step.

    Raises:
        OutputError: it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error}.") from error
