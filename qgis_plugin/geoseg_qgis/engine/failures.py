"""Says in one line why a command failed."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from geoseg_qgis.engine.errors import CommandFailed, EngineError, EnvironmentMissing

_USAGE_EXIT_CODE = 2
# Windows: access violation, no memory, stack overflow, heap corruption.
_WINDOWS_NO_MEMORY = 0xC0000017
_WINDOWS_CRASHES = frozenset({0xC0000005, 0xC00000FD, 0xC0000374, 0xC0000409})
# What a Python says that is damaged, or whose environment is. The last one is that of an
# environment on Windows whose Python was removed.
_DAMAGED = (
    "ModuleNotFoundError: ",
    "ImportError: ",
    "Fatal Python error: init",
    "No Python at ",
)


def explain_failure(
    python: Path,
    exit_code: int,
    *,
    errors: Sequence[str],
    num_results: int,
    log: Sequence[str],
) -> EngineError:
    """The error for a command that did not do its work.

    Args:
        python: interpreter that ran it.
        exit_code: negative for a signal.
        errors: messages of its `error` events.
        num_results: how many `result` events it sent.
        log: its last lines for people.
    """
    details = "\n".join(log)
    if errors:
        return CommandFailed(errors[-1], details, exit_code)
    if exit_code == 0:
        return CommandFailed(
            f"The command must tell its result once; it did so {num_results} times.", details, 0
        )
    ended = explain_exit_code(exit_code)
    if ended:
        return CommandFailed(ended, details, exit_code)
    last = _find_last_line(log)
    missing = _explain_environment(python, log)
    if missing:
        return EnvironmentMissing(missing, details)
    if exit_code == _USAGE_EXIT_CODE and last.startswith("Error: "):
        last = last[len("Error: ") :]
    return CommandFailed(last or f"The command ended with code {exit_code}.", details, exit_code)


def explain_exit_code(exit_code: int) -> str:
    """Why the system ended a process; empty if it ended by itself."""
    if exit_code in (-9, _WINDOWS_NO_MEMORY):
        return "The command was ended by the system, probably for lack of memory."
    if exit_code < 0:
        return f"The command crashed or was ended by the system ({_name_signal(-exit_code)})."
    if exit_code in _WINDOWS_CRASHES:
        return f"The command crashed (0x{exit_code:X})."
    return ""


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _find_last_line(log: Sequence[str]) -> str:
    return next((line.strip() for line in reversed(log) if line.strip()), "")


def _explain_environment(python: Path, log: Sequence[str]) -> str:
    """What is wrong with the Python itself; empty if nothing is."""
    last = _find_last_line(log)
    if last.endswith(("No module named geoseg", "No module named geoseg.__main__")):
        return f"There is no geoseg in {python}."
    if "No such option" in last and "--end-with-stdin" in last:
        return f"The geoseg in {python} is older than this plugin."
    damaged = next((line for line in log if line.strip().startswith(_DAMAGED)), "")
    if damaged:
        return f"The Python environment of {python} is damaged: {damaged.strip()}"
    return ""
