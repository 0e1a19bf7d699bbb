"""Where Pythons usually are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

VERSIONS = ((3, 12), (3, 11), (3, 10))

_WINDOWS = sys.platform == "win32"
_MACOS = sys.platform == "darwin"
_NAMES = (*(f"python{major}.{minor}" for major, minor in VERSIONS), "python3", "python")
_CONDA_FOLDERS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba")


def list_candidates(variables: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Files that may be Pythons, and where they are from, as a word for people.

    Args:
        variables: environment variables; PATH and the user's folders are taken from them.

    Returns:
        What exists, likely ones first. The same Python may come several times.
    """
    places = [
        *((folder, "PATH") for folder in _list_path(variables)),
        *_list_usual_places(variables),
        *_list_conda(variables),
    ]
    for folder, origin in places:
        for name in _NAMES:
            path = folder / f"{name}.exe" if _WINDOWS else folder / name
            if _may_be_started(path):
                yield path, origin


def find_program(name: str, variables: Mapping[str, str]) -> Path | None:
    """A program by its name: on PATH, or where installers put it for one user only."""
    home = _find_home(variables)
    # What a desktop gives its programs as PATH often lacks these.
    more = [home / ".local" / "bin", home / ".cargo" / "bin", Path("/opt/homebrew/bin")]
    for folder in [*_list_path(variables), *more]:
        path = folder / (f"{name}.exe" if _WINDOWS else name)
        if _may_be_started(path):
            return path
    return None


def _may_be_started(path: Path) -> bool:
    # On macOS this one opens a window that offers a download, if Apple's tools are not there.
    if _MACOS and path.parent == Path("/usr/bin"):
        return False
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except OSError:
        return False


def _find_home(variables: Mapping[str, str]) -> Path:
    home = variables.get("USERPROFILE" if _WINDOWS else "HOME")
    return Path(home) if home else Path.home()


def _list_path(variables: Mapping[str, str]) -> list[Path]:
    path = variables.get("PATH") or variables.get("Path") or ""
    return [Path(one.strip('"')) for one in path.split(os.pathsep) if one]


def _list_usual_places(variables: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    home = _find_home(variables)
    if _WINDOWS:
        local = Path(variables.get("LOCALAPPDATA", str(home / "AppData" / "Local")))
        roaming = Path(variables.get("APPDATA", str(home / "AppData" / "Roaming")))
        roots = [local / "Programs" / "Python", Path("C:/"), Path("C:/Program Files")]
        for major, minor in VERSIONS:
            yield from ((root / f"Python{major}{minor}", "python.org") for root in roots)
        yield from _list_versions(home / ".pyenv" / "pyenv-win" / "versions", "", "pyenv")
        yield from _list_versions(roaming / "uv" / "python", "", "uv")
        return
    if _MACOS:
        frameworks = Path("/Library/Frameworks/Python.framework/Versions")
        for major, minor in VERSIONS:
            yield frameworks / f"{major}.{minor}" / "bin", "python.org"
        for prefix in ("/opt/homebrew", "/usr/local"):
            yield Path(prefix, "bin"), "Homebrew"
        yield Path("/opt/local/bin"), "MacPorts"
    for folder in ("/usr/local/bin", "/usr/bin"):
        yield Path(folder), "system"
    pyenv = Path(variables.get("PYENV_ROOT") or home / ".pyenv")
    yield from _list_versions(pyenv / "versions", "bin", "pyenv")
    data = Path(variables.get("XDG_DATA_HOME") or home / ".local" / "share")
    yield from _list_versions(data / "uv" / "python", "bin", "uv")


def _list_versions(folder: Path, inside: str, origin: str) -> Iterator[tuple[Path, str]]:
    """The folders of a program that keeps several Pythons, newest first."""
    try:
        names = sorted(folder.iterdir(), reverse=True)
    except OSError:
        return
    yield from ((name / inside, origin) for name in names)


def _list_conda(variables: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    home = _find_home(variables)
    roots = [home / name for name in _CONDA_FOLDERS]
    if _WINDOWS:
        local = Path(variables.get("LOCALAPPDATA", str(home / "AppData" / "Local")))
        shared = (local, Path("C:/ProgramData"))
        roots += [base / name for base in shared for name in _CONDA_FOLDERS]
    else:
        roots += [Path("/opt/conda"), Path("/opt/homebrew/Caskroom/miniconda/base")]
    inside = "" if _WINDOWS else "bin"
    for root in roots:
        yield root / inside, "conda"
        yield from _list_versions(root / "envs", inside, "conda")
