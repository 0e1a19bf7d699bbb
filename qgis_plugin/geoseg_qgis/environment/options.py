"""What an environment is to be like."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

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


def write_options(options: InstallOptions, version: str) -> dict[str, Any]:
    """What is remembered of an environment, as JSON; its proxies, with their password, are not.

    Args:
        options: how it was made.
        version: version of geoseg in it.
    """
    python = options.python
    return {
        "v": 1,
        "geoseg": version,
        "flavour": options.flavour.value,
        "python": {
            "path": str(python.path),
            "version": list(python.version),
            "origin": python.origin,
        },
        "wheel_folder": None if options.wheel_folder is None else str(options.wheel_folder),
        "is_offline": options.is_offline,
        "constraints": None if options.constraints is None else str(options.constraints),
    }


def read_options(values: Mapping[str, Any], proxies: Mapping[str, str]) -> InstallOptions | None:
    """How an environment was made; None if what is remembered is damaged.

    Args:
        values: made by `write_options`.
        proxies: those of now.
    """
    try:
        major, minor, micro = map(int, values["python"]["version"])
        python = FoundPython(
            Path(values["python"]["path"]), (major, minor, micro), str(values["python"]["origin"])
        )
        wheel_folder = values.get("wheel_folder")
        constraints = Path(values["constraints"]) if values.get("constraints") else None
        return InstallOptions(
            flavour=Flavour(values["flavour"]),
            python=python,
            wheel_folder=Path(wheel_folder) if wheel_folder else None,
            is_offline=bool(values.get("is_offline")),
            proxies=dict(proxies),
            # The plugin may have moved.
            constraints=constraints
            if constraints is None or constraints.is_file()
            else find_constraints(),
        )
    except (KeyError, TypeError, ValueError):
        return None
