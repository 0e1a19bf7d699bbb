"""Where environments are on disk: numbered folders, and the file that names the one in use."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_NUMBERED = re.compile(r"env-(\d{4,})")
_GONE = "gone-"
_CURRENT = "current.json"


class EnvironmentFolders:
    """The folders of environments below one root.

    A folder that is thrown away is renamed first, which takes no time, and then deleted by a
    thread; what cannot be deleted, because a program has a file of it open, stays for the next
    `remove_unused`.

    Args:
        root: made when something is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._threads: list[threading.Thread] = []

    def make_new(self) -> Path:
        """Make an empty folder with a number that none has had.

        Raises:
            OSError: it cannot be made.
        """
        current = self.read_current()
        names = [*self._list_names(), *([] if current is None else [current[0].name])]
        found = map(_NUMBERED.search, names)
        numbers = [int(one.group(1)) for one in found if one]
        folder = self.root / f"env-{max(numbers, default=0) + 1:04d}"
        folder.mkdir(parents=True)
        return folder

    def read_current(self) -> tuple[Path, dict[str, Any]] | None:
        """The folder in use and what is remembered of it; None if there is none."""
        try:
            values = json.loads((self.root / _CURRENT).read_text(encoding="utf-8"))
            name = str(values["folder"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        folder = self.root / name
        return (folder, values) if _NUMBERED.fullmatch(name) else None

    def write_current(self, folder: Path, values: dict[str, Any]) -> None:
        """Take a folder into use; who reads at the same time sees the old one or the new one.

        Args:
            folder: made by `make_new`.
            values: to remember; JSON.

        Raises:
            OSError: it cannot be written.
        """
        path = self.root / _CURRENT
        draft = path.with_suffix(".tmp")
        with draft.open("w", encoding="utf-8") as file:
            json.dump({**values, "folder": folder.name}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def forget_current(self) -> None:
        """Take no folder into use.

        Raises:
            OSError: it cannot be written.
        """
        (self.root / _CURRENT).unlink(missing_ok=True)

    def discard(self, folder: Path) -> None:
        """Throw a folder away; returns at once."""
        place = self.root / f"{_GONE}{folder.name}"
        try:
            folder.rename(place)
        except OSError:
            # On Windows while something in it is open; some of it can still be deleted.
            place = folder
        self._delete_later(place)

    def remove_unused(self) -> None:
        """Throw away what set-ups that crashed and environments of before have left."""
        current = self.read_current()
        used = current[0].name if current else ""
        for name in self._list_names():
            if name.startswith(_GONE):
                self._delete_later(self.root / name)
            elif _NUMBERED.fullmatch(name) and name != used:
                self.discard(self.root / name)

    def wait(self, timeout_s: float) -> bool:
        """Wait for what is being deleted; returns whether all threads have ended."""
        for thread in self._threads:
            thread.join(timeout_s)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return not self._threads

    def list_left(self) -> list[str]:
        """Names of folders that are still there."""
        return [name for name in self._list_names() if _NUMBERED.search(name)]

    def _delete_later(self, folder: Path) -> None:
        thread = threading.Thread(target=_delete, args=(folder,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _list_names(self) -> list[str]:
        try:
            return sorted(one.name for one in self.root.iterdir())
        except OSError:
            return []


def _delete(folder: Path) -> None:
    """Delete what can be deleted."""

    def retry(function: Callable[[str], Any], path: str, _: object) -> None:
        # On Windows a read-only file cannot be deleted.
        with contextlib.suppress(OSError):
            Path(path).chmod(stat.S_IRWXU)
            function(path)

    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=retry)
    else:
        shutil.rmtree(folder, onerror=retry)
