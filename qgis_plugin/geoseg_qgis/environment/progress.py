"""How far an installation is, from what pip writes and from what is on disk."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from geoseg_qgis.environment.plan import InstallPlan

# Share of the time that goes into downloads, where there are any.
_DOWNLOAD_SHARE = 0.6
_MIN_PAUSE_S = 0.5
# What the disk tells is an estimate: others write, too.
_MAX_DISK_SHARE = 0.95
_TAKEN = re.compile(r"^\s*(?:Downloading|Using cached|Processing) (\S.*\.whl)(?: \(|$)")
_PROGRESS = re.compile(r"^Progress (\d+) of (\d+)")
_UNPACKING = "Installing collected packages"


class InstallProgress:
    """Joins downloaded bytes and unpacked packages into one share.

    Args:
        plan: what will be installed.
        packages_folder: where it appears.
        on_share: is told shares, 0 to 1, that never shrink.
    """

    def __init__(
        self, plan: InstallPlan, packages_folder: Path, on_share: Callable[[float], None]
    ) -> None:
        sizes = {_normalise(one.name): one.size_bytes for one in plan.packages}
        known = [size for size in sizes.values() if size]
        usual = sum(known) / len(known) if known else 1.0
        self._weights = {name: float(size or usual) for name, size in sizes.items()}
        self._total = sum(self._weights.values()) or 1.0
        is_local = all(one.is_local for one in plan.packages)
        self._download_share = 0.0 if is_local else _DOWNLOAD_SHARE
        self._disk_bytes = plan.disk_bytes
        self._folder = packages_folder
        self._on_share = on_share
        self._taken: set[str] = set()
        self._current: tuple[str, float] = ("", 0.0)
        self._free_before: int | None = None
        self._looked_at = 0.0
        self._share = 0.0

    def take(self, line: str) -> None:
        """Take a line that pip wrote."""
        progress = _PROGRESS.match(line)
        found = _TAKEN.match(line)
        if progress:
            part = int(progress.group(1)) / max(1, int(progress.group(2)))
            self._current = (self._current[0], part)
        elif found:
            self._taken.add(self._current[0])
            self._current = (_name_of_wheel(found.group(1)), 0.0)
        elif line.startswith(_UNPACKING):
            self._free_before = self._read_free()
        else:
            return
        self._tell()

    def look(self) -> None:
        """See how much is on disk; at most twice a second, and not before pip unpacks."""
        now = time.monotonic()
        if self._free_before is not None and now - self._looked_at >= _MIN_PAUSE_S:
            self._looked_at = now
            self._tell()

    def _tell(self) -> None:
        if self._free_before is None:
            share = self._download_share * self._measure_download()
        else:
            unpacked = self._measure_unpacked(self._free_before)
            share = self._download_share + (1 - self._download_share) * unpacked
        if share > self._share:
            self._share = share
            self._on_share(share)

    def _measure_download(self) -> float:
        name, part = self._current
        whole = sum(self._weights.get(one, 0.0) for one in self._taken - {name})
        return min(1.0, (whole + part * self._weights.get(name, 0.0)) / self._total)

    def _measure_unpacked(self, free_before: int) -> float:
        """By the packages that are complete, or by room: a large one takes a minute alone."""
        try:
            names = [one.name for one in self._folder.iterdir()]
        except OSError:
            names = []
        whole = {_name_of_wheel(name) for name in names if name.endswith(".dist-info")}
        by_size = sum(self._weights.get(name, 0.0) for name in whole) / self._total
        by_room = (free_before - self._read_free()) / max(1, self._disk_bytes)
        return min(1.0, max(by_size, min(by_room, _MAX_DISK_SHARE)))

    def _read_free(self) -> int:
        try:
            return shutil.disk_usage(self._folder).free
        except OSError:
            return 0


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _name_of_wheel(path: str) -> str:
    """The package of a wheel, or of what describes it once installed: what comes before "-"."""
    return _normalise(re.split(r"[/\\]", path)[-1].split("-")[0])
