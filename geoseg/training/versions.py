"""What a run was made with, to be able to make it again."""

from __future__ import annotations

import platform
import sys
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import keras

import geoseg
from geoseg.training.samples import SampleSource

# What has a say in the numbers.
PACKAGES = (
    "keras", "tensorflow", "jax", "jaxlib", "torch", "numpy", "opencv-python-headless", "shapely",
    "rasterio",
)  # fmt: skip


def describe_session(*, step: int, seed: int, data: dict[str, str]) -> dict[str, Any]:
    """What a run begins or goes on with.

    Args:
        step: the first step.
        seed: of everything random.
        data: fingerprint of each dataset by its name.
    """
    return {
        "started": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "step": step,
        "seed": seed,
        "geoseg": geoseg.__version__,
        "python": sys.version.split()[0],
        "platform": f"{platform.system()} {platform.machine()}",
        "backend": keras.backend.backend(),
        "devices": list_devices(),
        "packages": {name: found for name in PACKAGES if (found := _find_version(name))},
        "data": data,
    }


def fingerprint_datasets(source: SampleSource) -> dict[str, str]:
    """The fingerprint of each dataset by its name; a name's second one has " (2)" behind it."""
    found: dict[str, str] = {}
    for one in source.datasets:
        name, count = one.name, 1
        while name in found:
            count += 1
            name = f"{one.name} ({count})"
        found[name] = one.fingerprint()
    return found


def list_devices() -> list[str]:
    """What the backend computes on, as far as it says."""
    try:
        return list(keras.distribution.list_devices())
    except (NotImplementedError, RuntimeError, AttributeError):
        return []


def _find_version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
