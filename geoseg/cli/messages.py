"""What a command says: text for people on standard error, JSON lines on standard output.

A command never writes on its own: it calls `say` for people and `report_result` at its end.
docs/progress.md describes the JSON lines, which other programs read.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import click

EVENT_VERSION = 1
_META_KEY = "geoseg.cli.messages"


@dataclass
class Speech:
    """How much one run of the command says.

    Attributes:
        verbosity: -1 for errors and warnings only, 0, 1 for what is being done, 2 for all.
        has_events: whether JSON lines go to standard output.
        is_within_line: whether one of them is being written.
    """

    verbosity: int = 0
    has_events: bool = False
    is_within_line: bool = False


# Threads of a command write one line at a time: a pipe holds less than a long one.
_writing = threading.Lock()

# Click knows its context in the thread of the command alone; others have something to say, too.
_of_running_command: list[Speech] = []


@contextlib.contextmanager
def speaking_for_all_threads() -> Iterator[None]:
    """Let the settings of the running command hold in its other threads as well."""
    _of_running_command.append(get_speech())
    try:
        yield
    finally:
        _of_running_command.pop()


def get_speech() -> Speech:
    """The settings of the running command; the default ones outside of a command."""
    context = click.get_current_context(silent=True)
    if context is None:
        return _of_running_command[-1] if _of_running_command else Speech()
    speech: Speech = context.meta.setdefault(_META_KEY, Speech())
    return speech


def say(text: str) -> None:
    """Tell the user something on standard error, unless the run is quiet."""
    if get_speech().verbosity >= 0:
        click.echo(text, err=True)


def emit_event(event: str, values: Mapping[str, object]) -> None:
    """Write one JSON line to standard output if `--progress json` asked for it.

    Args:
        event: the kind of event, see docs/progress.md.
        values: plain values; numbers must be finite.
    """
    speech = get_speech()
    if not speech.has_events:
        return
    line = json.dumps({"v": EVENT_VERSION, "event": event, **values}, allow_nan=False)
    with _writing:
        # An interrupt may have cut the line before.
        start = "\n" if speech.is_within_line else ""
        speech.is_within_line = True
        click.echo(start + line)
        speech.is_within_line = False


def report_result(summary: str, values: Mapping[str, object]) -> None:
    """End a command: one line for people, one `result` event for programs.

    Args:
        summary: e.g. "512 buildings, 0.41 km2, 38 s, 39 km2/h".
        values: the same facts under plain names.
    """
    say(summary)
    emit_event("result", values)


def warn_user(message: str) -> None:
    """Show a warning as one line."""
    click.echo(f"geoseg: warning: {_join_lines(message)}", err=True)
    emit_event("warning", {"message": _join_lines(message)})


def report_error(message: str) -> None:
    """Show an error as one line."""
    click.echo(f"geoseg: error: {_join_lines(message)}", err=True)
    emit_event("error", {"message": _join_lines(message)})


def set_up_logging(verbosity: int) -> None:
    """Send geoseg's log records to standard error, and only those that were asked for."""
    logger = logging.getLogger("geoseg")
    # A handler of an earlier run in the same process holds a stream that may be closed.
    for handler in [one for one in logger.handlers if isinstance(one, logging.StreamHandler)]:
        logger.removeHandler(handler)
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("geoseg: %(message)s"))
    logger.addHandler(handler)
    levels = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}
    logger.setLevel(levels.get(verbosity, logging.DEBUG))


def _join_lines(text: str) -> str:
    return " ".join(text.split())
