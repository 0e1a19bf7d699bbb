"""What an installation will download, and how much room it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from geoseg_qgis.environment.options import Flavour

# Measured on Linux with the versions of the constraints: 310 MB of wheels became 1,040 MB with
# ONNX Runtime, 960 MB became 3,090 MB with TensorFlow.
_DISK_BYTES = {Flavour.LIGHT: 1_000_000_000, Flavour.FULL: 3_000_000_000}
_DISK_PER_WHEEL = {Flavour.LIGHT: 3.4, Flavour.FULL: 3.2}


@dataclass(frozen=True)
class Package:
    """One package of an installation.

    Attributes:
        name: as its index spells it.
        version: e.g. "2.1.0".
        size_bytes: size of its wheel; None where that is not known.
        url: where it is taken from, without a login.
    """

    name: str
    version: str
    size_bytes: int | None = None
    url: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it lies on this machine already."""
        return self.url.startswith("file:")


@dataclass(frozen=True)
class InstallPlan:
    """What an installation will do.

    Attributes:
        packages: in the order of their names; empty where pip is too old to tell.
        flavour: which engine.
        free_bytes: free room where the environment will be.
    """

    packages: tuple[Package, ...]
    flavour: Flavour
    free_bytes: int

    @property
    def download_bytes(self) -> int:
        """Size of what is downloaded, as far as it is known."""
        return sum(one.size_bytes or 0 for one in self.packages if not one.is_local)

    @property
    def num_unknown(self) -> int:
        """How many packages have no known size."""
        return sum(one.size_bytes is None for one in self.packages)

    @property
    def disk_bytes(self) -> int:
        """Room that the environment will take; an estimate."""
        if not self.packages or self.num_unknown:
            return _DISK_BYTES[self.flavour]
        whole = sum(one.size_bytes or 0 for one in self.packages)
        return int(whole * _DISK_PER_WHEEL[self.flavour])

    @property
    def has_room(self) -> bool:
        """Whether it is likely to fit on the disk, with what is needed while it is made."""
        return self.free_bytes > self.disk_bytes + self.download_bytes


def read_report(path: Path) -> list[Package]:
    """Read what `pip install --dry-run --report` wrote.

    Args:
        path: its report.

    Returns:
        Packages in the order of their names, without sizes.

    Raises:
        OSError: the report cannot be read.
        ValueError: it is no such report.
    """
    report = json.loads(path.read_text(encoding="utf-8"))
    try:
        packages = [
            Package(
                str(one["metadata"]["name"]),
                str(one["metadata"]["version"]),
                url=str(one["download_info"]["url"]),
            )
            for one in report["install"]
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(f"pip's report lacks {error}") from error
    return sorted(packages, key=lambda one: one.name.lower())
