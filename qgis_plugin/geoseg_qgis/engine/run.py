"""Runs a command in another Python to its end and tells what happens: `run_command`."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from geoseg_qgis.engine.child import Child, Line
from geoseg_qgis.engine.errors import CommandCancelled, EnvironmentMissing
from geoseg_qgis.engine.events import ErrorGiven, Event, ResultGiven, parse_event
from geoseg_qgis.engine.failures import explain_failure
from geoseg_qgis.engine.interpreter import make_argv, make_variables

_POLL_S = 0.05
# How long a pipe may be silent after the end, while something still holds it open.
_DRAIN_S = 0.3
_MAX_LOG_LINE = 2000
_NUM_DETAIL_LINES = 200


class Listener(Protocol):
    """Is told what a command does, by the thread that runs it."""

    def on_event(self, event: Event) -> None:
        """The command told something."""

    def on_log(self, line: str) -> None:
        """The command wrote a line for people, or one that is not understood."""


def run_command(
    python: Path,
    words: Sequence[str],
    listener: Listener,
    *,
    is_cancelled: Callable[[], bool],
    variables: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run `geoseg` with `--progress json` until it ends.

    Whatever happens, also if the listener raises, nothing of the command is left running.

    Args:
        python: interpreter that has geoseg.
        words: what follows `geoseg`, `--progress json` among it.
        listener: is told everything as it comes.
        is_cancelled: asked at least every 0.05 s while the listener is not busy.
        variables: environment variables to set besides those of this process.

    Returns:
        The values of the command's `result`.

    Raises:
        CommandCancelled: `is_cancelled` said so; less than a second ago.
        CommandFailed: the command failed, was ended by the system, or told no result.
        EnvironmentMissing: the Python cannot be started, or has no geoseg that can be used.
    """
    told = _Told(listener)
    exit_code = follow_program(
        make_argv(python, words), told.take, is_cancelled=is_cancelled, variables=variables
    )
    if exit_code == 0 and not told.errors and len(told.results) == 1:
        return told.results[0]
    raise explain_failure(
        python,
        exit_code,
        errors=told.errors,
        num_results=len(told.results),
        log=list(told.log),
    )


def run_lines(
    argv: Sequence[str],
    on_line: Callable[[str], None],
    *,
    is_cancelled: Callable[[], bool],
    variables: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> int:
    """Run any program until it ends.

    Args:
        argv: program and arguments.
        on_line: is given each line of its output and of its errors.
        is_cancelled: asked at least every 0.05 s.
        variables: environment variables to set besides those of this process.
        cwd: folder to start in.

    Returns:
        Its exit code, negative for a signal.

    Raises:
        CommandCancelled: `is_cancelled` said so.
        EnvironmentMissing: it cannot be started.
    """

    def take(line: Line) -> None:
        on_line(line.text)

    return follow_program(argv, take, is_cancelled=is_cancelled, variables=variables, cwd=cwd)


class _Told:
    """What a command has told so far."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.results: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.log: deque[str] = deque(maxlen=_NUM_DETAIL_LINES)

    def take(self, line: Line) -> None:
        event = parse_event(line.text) if line.stream == "out" else None
        if event is None:
            text = line.text if len(line.text) <= _MAX_LOG_LINE else line.text[:_MAX_LOG_LINE] + "…"
            self.log.append(text)
            self._listener.on_log(text)
            return
        if isinstance(event, ResultGiven):
            self.results.append(event.values)
        elif isinstance(event, ErrorGiven):
            self.errors.append(event.message)
        self._listener.on_event(event)


def follow_program(
    argv: Sequence[str],
    take: Callable[[Line], None],
    *,
    is_cancelled: Callable[[], bool],
    variables: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> int:
    """As `run_lines`, for those who need to know which stream a line came by.

    Args:
        argv: program and arguments.
        take: is given each line.
        is_cancelled: asked at least every 0.05 s.
        variables: environment variables to set besides those of this process.
        cwd: folder to start in.

    Returns:
        Its exit code, negative for a signal.

    Raises:
        CommandCancelled: `is_cancelled` said so.
        EnvironmentMissing: it cannot be started.
    """
    if is_cancelled():
        raise CommandCancelled("Cancelled.")
    try:
        child = Child(argv, make_variables(os.environ, variables), cwd)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise EnvironmentMissing(f"{argv[0]} cannot be started: {reason}.") from error
    with child:
        for lines in _read_to_end(child):
            for line in lines:
                if is_cancelled():
                    raise CommandCancelled("Cancelled.")
                take(line)
            if is_cancelled():
                raise CommandCancelled("Cancelled.")
        exit_code = child.poll()
    return exit_code if exit_code is not None else 0


def _read_to_end(child: Child) -> Iterator[list[Line]]:
    """What a child writes, in portions, until it has ended and its pipes are silent."""
    while child.poll() is None:
        yield child.lines(_POLL_S)
    silent_since = time.monotonic()
    while not child.is_drained and time.monotonic() - silent_since < _DRAIN_S:
        lines = child.lines(_POLL_S)
        yield lines
        if lines:
            silent_since = time.monotonic()
