"""What a disk says, as one line that tells how to go on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geoseg.errors import GeosegError, OutputError, OutputExistsError

HOW_TO_GO_ON = "once that is mended, the same command with --resume goes on."


@contextmanager
def explain_disk_errors(place: Path) -> Iterator[None]:
    """Turn what the disk says into one line.

    Args:
        place: what the user asked for, or where it is kept.

    Raises:
        OutputError: the disk is full or gone, or permission is lost. The cause is left out: with
            it, the command line would say only that the disk is full.
    """
    try:
        yield
    except GeosegError:
        raise
    except OSError as error:
        reason = "the disk is full" if is_disk_full(error) else error.strerror or str(error)
        raise OutputError(f"{place}: cannot be written: {reason}; {HOW_TO_GO_ON}") from None


@contextmanager
def explain_lost_output(output: Path) -> Iterator[None]:
    """Add to the failure of a writer how the run goes on.

    Raises:
        OutputError: as `explain_disk_errors`, or with the writer's own reason.
    """
    try:
        with explain_disk_errors(output):
            yield
    except OutputExistsError:
        raise
    except OutputError as error:
        text = str(error)
        if text.endswith(HOW_TO_GO_ON):
            raise
        if is_disk_full(error):
            text = f"{output}: cannot be written: the disk is full"
        raise OutputError(f"{text.rstrip('.')}; {HOW_TO_GO_ON}") from None


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, or what it came from, is that there is no room left."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, also after a power failure.

    Raises:
        OSError: it cannot be written; what was there before is as it was.
    """
    temporary = path.with_name(f".{path.name}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
