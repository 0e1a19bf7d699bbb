"""What runs in a worker process of `ProcessPoolRunner`: one item after the other.

Only the standard library is imported here, so that the numbers of threads are set before any
library reads them.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import signal
import threading
import traceback
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from logging.handlers import QueueHandler
from multiprocessing.connection import Connection
from typing import Any, TextIO

from geoseg.errors import RunnerError


@dataclass(frozen=True)
class Ready:
    """The function is there, and items may come."""


@dataclass(frozen=True)
class Done:
    """The result of the oldest item that the worker has."""

    result: Any


@dataclass(frozen=True)
class Failed:
    """The function, or loading it, has raised; `trace` is the traceback as text."""

    error: Exception
    trace: str


@dataclass(frozen=True)
class Warned:
    """A warning, as `warnings.showwarning` gets it."""

    message: str
    category: type[Warning]
    filename: str
    line: int


@dataclass(frozen=True)
class Logged:
    """A record of one of geoseg's loggers."""

    record: logging.LogRecord


Message = Ready | Done | Failed | Warned | Logged


def serve(connection: Connection, work: bytes, environment: dict[str, str], log_level: int) -> None:
    """Apply a function to the items that come, until None comes.

    The process ends at once when the other end of the connection closes, so that no worker
    outlives a parent that was killed.

    Args:
        connection: gives items and takes a `Message` for each, and more in between.
        work: the pickled function.
        environment: variables to set before the function is loaded.
        log_level: of geoseg's loggers.
    """
    # Ctrl-C reaches all processes of a terminal; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(environment)
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, items), daemon=True).start()
    # Sent by a thread of its own: the next item need not wait for a parent that is busy.
    with ThreadPoolExecutor(1) as sender:

        def send(message: Message) -> None:
            sender.submit(connection.send_bytes, _pickle(message))

        try:
            # Opening the raster warns of what the parent, which has it open, has warned of.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function = pickle.loads(work)
        except Exception as error:
            send(_describe(error))
            return
        _pass_on_messages(send, log_level)
        send(Ready())
        for item in iter(items.get, None):
            send(_apply(function, item))


def _receive(connection: Connection, items: queue.SimpleQueue[Any]) -> None:
    """Take what comes, so that the parent never waits."""
    try:
        while True:
            items.put(connection.recv())
    except (EOFError, OSError):
        os._exit(1)


def _apply(function: Callable[[Any], Any], item: Any) -> Message:
    try:
        return Done(function(item))
    except Exception as error:
        return _describe(error)


def _describe(error: Exception) -> Failed:
    return Failed(error, "".join(traceback.format_exception(error)))


def _pickle(message: Message) -> bytes:
    """A message as bytes; what cannot be pickled becomes an error that says so."""
    try:
        data = pickle.dumps(message)
        if isinstance(message, Failed):
            # Some exceptions are pickled but cannot be made again.
            pickle.loads(data)
    except Exception as error:
        if isinstance(message, Failed):
            kind = type(message.error).__name__
            return pickle.dumps(Failed(RunnerError(f"{kind}: {message.error}"), message.trace))
        return pickle.dumps(Failed(RunnerError(f"A result cannot be pickled: {error}"), ""))
    return data


def _pass_on_messages(send: Callable[[Message], None], log_level: int) -> None:
    """Send warnings and log records to the parent, which shows them its own way."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        send(Warned(str(message), category, filename, lineno))

    class Forwarder(QueueHandler):
        """Makes records fit to be pickled, and sends them."""

        def enqueue(self, record: logging.LogRecord) -> None:
            """Send a record."""
            send(Logged(record))

    warnings.showwarning = show
    logger = logging.getLogger("geoseg")
    logger.addHandler(Forwarder(queue.SimpleQueue()))
    logger.setLevel(log_level)
    logger.propagate = False
