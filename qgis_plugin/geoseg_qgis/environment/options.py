"""What an environment is to be like."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from geoseg_qgis.environment.pythons import FoundPython

_PLUGIN = Path(__file__).resolve().parents[1]


class Flavour(Enum):
    """Which engine is installed; the value is the extra of the package."""

    LIGHT = "onnx"
    FULL = "tensorflow"


@dataclass(frozen=True)
class InstallOptions:
    """How an environment is made.

    Attributes:
        flavour: LIGHT finds buildings, FULL trains, too.
        python: what it is made with.
        wheel_folder: folder of wheels to take first.
        is_offline: take nothing from anywhere else; needs a wheel folder.
        proxies: environment variables that tell of a proxy, see `ProxySettings`.
        constraints: file that pins the versions.
    """

    flavour: Flavour
    python: FoundPython
    wheel_folder: Path | None = None
    is_offline: bool = False
    proxies: Mapping[str, str] = field(default_factory=dict)
    constraints: Path | None = None


def find_constraints() -> Path | None:
    """The file of versions that the plugin carries; None where it was left out."""
    path = _PLUGIN / "constraints.txt"
    return path if path.is_file() else None


def read_plugin_version() -> str:
    """Version of the plugin, which is also that of the geoseg that it needs.

    Raises:
        OSError: metadata.txt cannot be read.
        KeyError: it names no version.
    """
    metadata = configparser.ConfigParser(interpolation=None)
    with (_PLUGIN / "metadata.txt").open(encoding="utf-8") as file:
        metadata.read_file(file)
    return metadata["general"]["version"].strip()
