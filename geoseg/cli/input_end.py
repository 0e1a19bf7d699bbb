"""Ending a command when the program that started it closes the standard input, or dies."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import time

import click

from geoseg.interrupts import InterruptWatch

_CHUNK_BYTES = 65536
_SECONDS_BETWEEN_LOOKS = 0.05


def end_with_input(watch: InterruptWatch) -> None:
    """Interrupt the running command once standard input has ended; what it holds is dropped.

    Args:
        watch: of the command; nothing happens after its block was left.

    Raises:
        click.UsageError: there is no standard input.
    """
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, io.UnsupportedOperation, ValueError):
        raise click.UsageError("--end-with-stdin needs a standard input.") from None

    def follow() -> None:
        _wait_for_end(descriptor)
        watch.interrupt()

    # A daemon: a command that has done its work does not wait for the end of its input.
    threading.Thread(target=follow, name="end with stdin", daemon=True).start()


def _wait_for_end(descriptor: int) -> None:
    """Come back when everything was read.

    Not by `sys.stdin`, whose lock must be free when Python ends.
    """
    if sys.platform == "win32":
        # It raises at the end of the pipe, and at once where there is none.
        with contextlib.suppress(OSError):
            _empty_pipe(descriptor)
    # What cannot be read any more has ended as well.
    with contextlib.suppress(OSError):
        while os.read(descriptor, _CHUNK_BYTES):
            pass


def _empty_pipe(descriptor: int) -> None:
    """Take what comes through a pipe of Windows without ever waiting in it.

    While one thread waits in a pipe, others that only ask for its kind wait too, as libraries do
    when they are loaded: `import numpy` would never end.

    Raises:
        OSError: the pipe has ended, or it is none.
    """
    import _winapi
    import msvcrt

    handle = msvcrt.get_osfhandle(descriptor)  # type: ignore[attr-defined]
    while True:
        num_bytes, _ = _winapi.PeekNamedPipe(handle, 0)  # type: ignore[attr-defined]
        if num_bytes:
            os.read(descriptor, num_bytes)
        time.sleep(_SECONDS_BETWEEN_LOOKS)
