"""What the environment manager says, in the user's language: it knows no Qt itself."""

from __future__ import annotations

from pathlib import Path

from geoseg_qgis.environment import steps
from geoseg_qgis.environment.manager import EnvironmentManager
from geoseg_qgis.environment.options import Flavour
from geoseg_qgis.settings import Settings
from geoseg_qgis.translation import tr


def say_step(step: str) -> str:
    """A step of the manager's; one that is not known is shown as it is."""
    known = {
        steps.MAKING: tr("Making an empty environment"),
        steps.UPGRADING_PIP: tr("Updating pip inside the environment"),
        steps.RESOLVING: tr("Finding out which packages are needed"),
        steps.MEASURING: tr("Asking how large they are"),
        steps.INSTALLING: tr("Downloading and installing packages"),
        steps.CHECKING: tr("Trying the environment"),
        steps.REMOVING: tr("Removing"),
    }
    return known.get(step, step)


def say_flavour(flavour: Flavour) -> str:
    """The name of a kind of installation."""
    return {Flavour.LIGHT: tr("Light"), Flavour.FULL: tr("Full")}[flavour]


def explain_flavour(flavour: Flavour) -> str:
    """What a kind of installation can do, and how much room it takes."""
    return {
        Flavour.LIGHT: tr("Finds buildings, with ONNX Runtime. About 1 GB on the disk."),
        Flavour.FULL: tr(
            "Finds buildings and trains models, with TensorFlow. About 3 GB on the disk."
        ),
    }[flavour]


def describe_environment(settings: Settings, python: Path) -> str:
    """What geoseg runs in, in a few words.

    Args:
        settings: Of the plugin.
        python: The interpreter in use.
    """
    current = EnvironmentManager(settings.environments_folder).find_current()
    if current is None or current.python != python:
        return tr("geoseg in a Python of your own")
    return tr("geoseg {version}, {kind}").format(
        version=current.geoseg_version, kind=say_flavour(current.flavour)
    )


def say_origin(origin: str) -> str:
    """Where a Python is from."""
    known = {
        "PATH": tr("on the search path"),
        "chosen": tr("chosen"),
        "uv": tr("installed by uv"),
        "uv download": tr("downloaded by uv"),
        "conda": tr("of Conda"),
    }
    return known.get(origin, origin)
