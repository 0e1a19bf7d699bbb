"""How far an installation is, from what pip writes and from what is on disk."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from geoseg_qgis.environment.plan import InstallPlan

# Share of the time that goes into downloads, where there are any.
_DOWNLOAD_SHARE = 0.6
_MIN_PAUSE_S = 0.5
_TAKEN = re.compile(r"^\s*(?:Downloading|Using cached|Processing) (\S+\.whl)(?: |$)")
_PROGRESS = re.compile(r"^Progress (\d+) of (\d+)")


class InstallProgress:
    """Joins downloaded bytes and installed packages into one share.

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
        self._num_packages = max(1, len(plan.packages))
        self._folder = packages_folder
        self._on_share = on_share
        self._taken: set[str] = set()
        self._current: tuple[str, float] = ("", 0.0)
        self._num_before = self._count_installed()
        self._num_installed = 0
        self._looked_at = 0.0
        self._share = 0.0

    def take(self, line: str) -> None:
        """Take a line that pip wrote."""
        progress = _PROGRESS.match(line)
        if progress:
            part = int(progress.group(1)) / max(1, int(progress.group(2)))
            self._current = (self._current[0], part)
        else:
            found = _TAKEN.match(line)
            if not found:
                return
            self._taken.add(self._current[0])
            self._current = (_name_of_wheel(found.group(1)), 0.0)
        self._tell()

    def look(self) -> None:
        """See how many packages are on disk; at most twice a second."""
        now = time.monotonic()
        if now - self._looked_at < _MIN_PAUSE_S:
            return
        self._looked_at = now
        self._num_installed = max(0, self._count_installed() - self._num_before)
        self._tell()

    def _count_installed(self) -> int:
        try:
            return sum(one.name.endswith(".dist-info") for one in self._folder.iterdir())
        except OSError:
            return 0

    def _tell(self) -> None:
        name, part = self._current
        downloaded = sum(self._weights.get(one, 0.0) for one in self._taken - {name})
        downloaded = (downloaded + part * self._weights.get(name, 0.0)) / self._total
        if self._num_installed:
            downloaded = 1.0
        installed = min(1.0, self._num_installed / self._num_packages)
        weight = self._download_share
        share = min(1.0, weight * min(1.0, downloaded) + (1 - weight) * installed)
        if share > self._share:
            self._share = share
            self._on_share(share)


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _name_of_wheel(path: str) -> str:
    """The package that a wheel is of: the first part of its name."""
    return _normalise(re.split(r"[/\\]", path)[-1].split("-")[0])
