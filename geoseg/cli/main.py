"""The `geoseg` command: finds the wanted command, and turns every failure into one line."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

import geoseg
from geoseg.cli.input_end import end_with_input
from geoseg.cli.messages import (
    get_speech,
    report_error,
    speaking_for_all_threads,
    warn_user,
)
from geoseg.errors import GeosegError
from geoseg.heap import return_freed_memory
from geoseg.interrupts import InterruptWatch

# In the order of the help. A command's module is imported only when it is asked for.
COMMANDS = {
    "predict": "geoseg.cli.predict:predict_command",
    "predict-folder": "geoseg.cli.predict_folder:predict_folder_command",
    "evaluate": "geoseg.cli.evaluate:evaluate_command",
    "export": "geoseg.cli.export:export_command",
    "train": "geoseg.cli.train:train_command",
    "calibrate": "geoseg.cli.calibrate:calibrate_command",
    "audit": "geoseg.cli.audit:audit_command",
    "tile": "geoseg.cli.tile:tile_command",
    "sample": "geoseg.cli.sample:sample_command",
    "weights": "geoseg.cli.weights:weights_command",
    "doctor": "geoseg.cli.doctor:doctor_command",
}

_EXIT_FAILURE = 1
_EXIT_INTERRUPTED = 130
_PACKAGE_FOLDER = str(Path(geoseg.__file__).parent)


class GeosegGroup(click.Group):
    """Group of commands that are loaded late and fail in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with (
            show_warnings_as_lines(),
            speaking_for_all_threads(),
            InterruptWatch(raises=True) as watch,
        ):
            ctx.obj = watch
            try:
                return super().invoke(ctx)
            except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
                # Click shows these itself; a broken pipe only means that the reader left.
                raise
            except (Exception, KeyboardInterrupt) as error:
                # Libraries in C++ turn an interrupt into errors of their own.
                if watch.is_asked or isinstance(error, KeyboardInterrupt):
                    # A command that can go on later says how.
                    told = str(error) if isinstance(error, KeyboardInterrupt) else ""
                    report_error(told or "interrupted.")
                    ctx.exit(_EXIT_INTERRUPTED)
                report_failure(error)
                ctx.exit(_EXIT_FAILURE)


def report_failure(error: BaseException) -> None:
    """Show an error as one line, and its traceback where -v asked for it."""
    report_error(describe_failure(error))
    # The traceback of an expected error tells the user nothing: it takes -vv.
    if get_speech().verbosity >= (2 if isinstance(error, GeosegError) else 1):
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)


def describe_failure(error: BaseException) -> str:
    """The sentence that the user reads when a command fails."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
            place = f" while writing {Path(cause.filename).name}" if cause.filename else ""
            return f"the disk is full{place}; free some space and run the command again."
        cause = cause.__cause__
    if isinstance(error, GeosegError):
        return str(error)
    if isinstance(error, MemoryError):
        return "memory ran out; try a smaller --batch-size, or --aoi for a part of the raster."
    return (
        f"{type(error).__name__}: {error} (unexpected: run again with -v for the traceback, and "
        "report it with the output of `geoseg doctor`)"
    )


@contextlib.contextmanager
def show_warnings_as_lines() -> Iterator[None]:
    """Show geoseg's own warnings as one line each, and keep those of libraries quiet."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if category is UserWarning and filename.startswith(_PACKAGE_FOLDER):
            warn_user(str(message))
        elif get_speech().verbosity >= 2:
            click.echo(warnings.formatwarning(message, category, filename, lineno, line), err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = show
        yield


@click.group(
    cls=GeosegGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: geoseg predict raster.tif -o buildings.gpkg",
)
@click.version_option(geoseg.__version__, prog_name="geoseg")
@click.option(
    "--end-with-stdin",
    is_flag=True,
    help="End as with Ctrl-C when standard input is closed: for programs that start geoseg.",
)
@click.pass_obj
def cli(watch: InterruptWatch, end_with_stdin: bool) -> None:
    """Building footprints from georeferenced images."""
    if end_with_stdin:
        end_with_input(watch)


def main() -> None:
    """Entry point of the `geoseg` command."""
    # The C++ parts of TensorFlow and OpenCV write notes to standard error, OpenCV beside every
    # error that geoseg reports itself.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    return_freed_memory()
    try:
        cli(prog_name="geoseg")
    except SystemExit as end:
        if end.code == _EXIT_INTERRUPTED:
            _leave_at_once()
        raise


def _leave_at_once() -> None:
    """End the process without a wait for the network, which may be compiled for seconds yet.

    All files are closed and all other processes ended by now.
    """
    for stream in (sys.stdout, sys.stderr):
        # The reader may have left.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(_EXIT_INTERRUPTED)
