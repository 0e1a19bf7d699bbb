"""What a folder of wheels is good for: `check_wheel_folder`."""

from __future__ import annotations

import re
from pathlib import Path

from geoseg_qgis.engine.errors import CommandFailed
from geoseg_qgis.environment.options import InstallOptions

# "numpy-2.1.0-cp311-cp311-manylinux_2_28_x86_64.whl": for one version of Python only.
_TIED = re.compile(r"-cp3(\d+)-cp3\1-[^-]+\.whl$")


def find_wheel_versions(folder: Path) -> set[tuple[int, int]]:
    """The versions of Python that wheels in a folder are made for.

    Args:
        folder: may be absent.

    Returns:
        Empty where all wheels suit every version, or there are none.
    """
    found = (_TIED.search(path.name) for path in folder.glob("*.whl"))
    return {(3, int(one.group(1))) for one in found if one}


def check_wheel_folder(options: InstallOptions) -> None:
    """Find out early what pip would say late and in other words.

    Raises:
        CommandFailed: there is no network and no folder of wheels, it has no wheels, or only
            such for another Python.
    """
    folder = options.wheel_folder
    if folder is None:
        if options.is_offline:
            raise CommandFailed("Without a network a folder of wheels must be chosen.")
        return
    if not any(folder.glob("*.whl")):
        raise CommandFailed(f"The folder of wheels must hold wheels (*.whl); {folder} has none.")
    versions = find_wheel_versions(folder)
    if options.is_offline and versions and options.python.version[:2] not in versions:
        fitting = " and ".join(f"{major}.{minor}" for major, minor in sorted(versions))
        chosen = ".".join(map(str, options.python.version))
        raise CommandFailed(
            f"The wheels in {folder} are for Python {fitting}; the chosen Python is {chosen}."
        )
