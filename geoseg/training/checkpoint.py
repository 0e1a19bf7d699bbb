"""The whole state of a run in one npz that holds arrays and text, and nothing that can run."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import OutputError, TrainingError

Arrays = Mapping[str, NDArray[Any]]

_FACTS_KEY = "facts"
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Facts:
    """What a checkpoint says beside its arrays.

    Everything random in a run depends on the seed and on the number of a sample, which follows
    from the step: there is no other random state.

    Attributes:
        step: steps done.
        seed: of the run.
        averaged_step: the last step that is part of the average.
        best_ap50: best score so far; None before the first.
        seconds: time that the steps took.
        num_parts: parts that a batch is cut into, for want of memory.
    """

    step: int
    seed: int
    averaged_step: int = 0
    best_ap50: float | None = None
    seconds: float = 0.0
    num_parts: int = 1


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run.

    Attributes:
        facts: numbers.
        weights: float32 arrays under `weight_names`.
        average: their moving average.
        optimizer: the optimiser's arrays under their number.
    """

    facts: Facts
    weights: Arrays
    average: Arrays
    optimizer: Arrays


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; a file of that name is replaced in one step.

    Raises:
        OutputError: the file cannot be written.
        TrainingError: a weight is no number any more; nothing is written.
    """
    for name, array in checkpoint.weights.items():
        if not np.isfinite(array).all():
            raise TrainingError(f"The weights must stay finite; {name} is not.")
    content = {_FACTS_KEY: np.array(json.dumps(asdict(checkpoint.facts)))}
    for group in ("weights", "average", "optimizer"):
        for name, array in getattr(checkpoint, group).items():
            content[f"{group}/{name}"] = array
    # One name for all: what a killed run leaves is overwritten by the next.
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            # Not compressed: weights hardly shrink, and the run waits.
            np.savez(file, **content)  # type: ignore[arg-type]
            file.flush()
            # Without it a power cut may leave the new name with nothing behind it.
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error}.") from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Read what `write_checkpoint` wrote.

    Raises:
        TrainingError: the file is missing, damaged or of another program.
    """
    if not path.is_file():
        raise TrainingError(f"{path} must be a checkpoint; there is none.")
    try:
        with path.open("rb") as file:
            content = np.load(file, allow_pickle=False)
            arrays = {name: content[name] for name in content.files}
        facts = Facts(**json.loads(str(arrays.pop(_FACTS_KEY))))
    except _DAMAGE as error:
        raise TrainingError(
            f"{path} must be a whole checkpoint; it is damaged or of another program "
            f"({path.stat().st_size:,} bytes)."
        ) from error
    groups: dict[str, dict[str, NDArray[Any]]] = {"weights": {}, "average": {}, "optimizer": {}}
    for key, array in arrays.items():
        group, _, name = key.partition("/")
        groups.setdefault(group, {})[name] = array
    return Checkpoint(facts, groups["weights"], groups["average"], groups["optimizer"])
