"""Asks a Python what its geoseg can do: `check_python`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from geoseg_qgis.engine.child import Line
from geoseg_qgis.engine.errors import EnvironmentMissing
from geoseg_qgis.engine.failures import explain_failure
from geoseg_qgis.engine.interpreter import make_argv
from geoseg_qgis.engine.run import follow_program


@dataclass(frozen=True)
class EnvironmentFacts:
    """What `geoseg doctor` tells.

    Attributes:
        geoseg_version: version of geoseg.
        is_good: whether all that geoseg needs works.
        broken: names of what does not.
        texts: all that was found, by name, for a report of a fault.
    """

    geoseg_version: str
    is_good: bool
    broken: tuple[str, ...]
    texts: Mapping[str, str]

    def explain(self) -> str:
        """One line on what does not work; "" if all does."""
        faults = (f"{name}: {self.texts.get(name, 'broken')}" for name in self.broken)
        return "; ".join(faults)


def check_python(
    python: Path,
    *,
    is_cancelled: Callable[[], bool],
    variables: Mapping[str, str] | None = None,
) -> EnvironmentFacts:
    """Run `geoseg doctor` in a Python; takes some seconds.

    Args:
        python: the interpreter.
        is_cancelled: asked at least every 0.05 s.
        variables: environment variables to set besides those of this process.

    Raises:
        EnvironmentMissing: it cannot be started, has no geoseg, or one that ends before it can
            tell what is wrong.
        CommandCancelled: `is_cancelled` said so.
    """
    lines: dict[str, list[str]] = {"out": [], "err": []}

    def take(line: Line) -> None:
        lines[line.stream].append(line.text)

    argv = make_argv(python, ["doctor", "--json"])
    exit_code = follow_program(argv, take, is_cancelled=is_cancelled, variables=variables)
    facts = _read_report("\n".join(lines["out"]))
    # 1 means that something is broken, which the report tells better.
    if facts is not None and exit_code in (0, 1):
        return facts
    error = explain_failure(python, exit_code, errors=[], num_results=0, log=lines["err"])
    raise EnvironmentMissing(str(error), "\n".join(lines["err"][-200:]))


def _read_report(text: str) -> EnvironmentFacts | None:
    try:
        report = json.loads(text)
        texts = {str(name): str(one) for name, one in report.items() if isinstance(one, str)}
        broken = tuple(map(str, report["broken"]))
        return EnvironmentFacts(texts["geoseg"], bool(report["ok"]), broken, texts)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
