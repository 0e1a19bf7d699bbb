"""A lock that two QGIS windows do not hold at once: `FolderLock`."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import IO

from geoseg_qgis.engine.errors import CommandFailed

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FolderLock:
    """Holds a folder for this process until `release`.

    The system gives it up itself when the process ends, however it ends, so that none is left
    over by a crash.

    Args:
        folder: made if it is not there.

    Raises:
        CommandFailed: another window holds it, or the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / ".lock"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] | None = path.open("ab")
        except OSError as error:
            raise CommandFailed(f"{path} cannot be written: {error.strerror}.") from error
        if not _lock(self._file):
            self.release()
            raise CommandFailed(
                "The environment is being changed at this moment, by another window of QGIS or by "
                "a set-up that is not finished."
            )

    def release(self) -> None:
        """Let others have it. Does nothing when that has been done."""
        if self._file is not None:
            # Closing unlocks; on Windows it may take the system a moment to notice.
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def _lock(file: IO[bytes]) -> bool:
    """Whether it could be locked, or is on a disk that knows no locks."""
    try:
        if sys.platform == "win32":
            # A byte far behind the end: the file itself stays readable.
            file.seek(2**30, os.SEEK_SET)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if sys.platform == "win32":
            return False
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR)
    return True
