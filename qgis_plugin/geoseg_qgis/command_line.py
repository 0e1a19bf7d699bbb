"""The geoseg command: as it is shown, and short questions to it."""

from __future__ import annotations

import json
import shlex
import subprocess  # nosec B404: only for the quoting of Windows
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoseg_qgis.engine.child import Line
from geoseg_qgis.engine.events import Event
from geoseg_qgis.engine.failures import explain_failure
from geoseg_qgis.engine.interpreter import make_argv
from geoseg_qgis.engine.run import follow_program


@dataclass(frozen=True)
class CommandStarted(Event):
    """A command is about to run.

    Attributes:
        text: the command, as it can be pasted into a terminal.
    """

    text: str


def show_command(words: Sequence[str]) -> str:
    """A command that can be pasted into a terminal.

    Args:
        words: what follows `geoseg`.
    """
    line = ["geoseg", *words]
    return subprocess.list2cmdline(line) if sys.platform == "win32" else shlex.join(line)


def ask_json(
    python: Path,
    words: Sequence[str],
    *,
    is_cancelled: Callable[[], bool],
    variables: Mapping[str, str] | None = None,
) -> Any:
    """Run a command that prints one JSON value, such as `weights list --json`.

    Raises:
        EngineError: the command failed or printed something else, was cancelled, or there is none.
    """
    lines: dict[str, list[str]] = {"out": [], "err": []}

    def take(line: Line) -> None:
        lines[line.stream].append(line.text)

    argv = make_argv(python, words)
    exit_code = follow_program(argv, take, is_cancelled=is_cancelled, variables=variables)
    if exit_code == 0:
        try:
            return json.loads("\n".join(lines["out"]))
        except ValueError:
            lines["err"] += lines["out"]
    raise explain_failure(python, exit_code, errors=[], num_results=0, log=lines["err"])


def find_model_gsd(
    python: Path,
    weights: str | None,
    *,
    is_cancelled: Callable[[], bool],
    variables: Mapping[str, str] | None = None,
) -> float:
    """Ground metres per pixel that a model was made for.

    Args:
        python: interpreter that has geoseg.
        weights: file or name; None for the bundled model.
        is_cancelled: asked at least every 0.05 s.
        variables: environment variables to set besides those of this process.

    Raises:
        EngineError: there is no such model, or the command does not work.
    """
    words = ["weights", "list"] if weights is None else ["weights", "info", weights]
    facts = ask_json(python, [*words, "--json"], is_cancelled=is_cancelled, variables=variables)
    # The bundled model stands first.
    model = facts[0] if isinstance(facts, list) else facts
    return float(model["config"]["gsd_m"])
