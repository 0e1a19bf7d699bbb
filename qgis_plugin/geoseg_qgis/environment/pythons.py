"""Finds Pythons that an environment can be made with: `find_pythons`."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geoseg_qgis.engine.errors import CommandCancelled, EnvironmentMissing
from geoseg_qgis.engine.run import run_lines
from geoseg_qgis.environment.places import VERSIONS, find_program, list_candidates

UV_DOWNLOAD = "uv download"
_MAX_SECONDS = 8.0
# Everything on such a machine lies in them, QGIS too: it does not own them.
_SYSTEM_FOLDERS = frozenset({"/", "/usr", "/usr/local", "/opt", "/opt/homebrew", "C:\\"})
# Of the system's own Python on Debian, ensurepip is a package to install, and is there in part.
_PROBE = """
import json, platform, sys
facts = {
    "version": list(sys.version_info[:3]),
    "is_64_bit": sys.maxsize > 2**32,
    "implementation": platform.python_implementation(),
    "base": sys.base_prefix,
    "executable": sys.executable,
    "missing": [],
}
for name in ("ssl", "venv", "ensurepip"):
    try:
        module = __import__(name)
        if name == "ensurepip":
            module.version()
    except Exception:
        facts["missing"].append(name)
print("facts:" + json.dumps(facts))
"""


@dataclass(frozen=True)
class FoundPython:
    """A Python that an environment can be made with.

    Attributes:
        path: the interpreter; that of `uv` where the origin is `UV_DOWNLOAD`.
        version: e.g. (3, 11, 7).
        origin: where it is from, as a word for people: "PATH", "uv", "py launcher", "chosen".
    """

    path: Path
    version: tuple[int, int, int]
    origin: str


@dataclass(frozen=True)
class PassedOver:
    """A Python that cannot be used.

    Attributes:
        path: the interpreter.
        reason: why, and what would help; one line.
    """

    path: Path
    reason: str


@dataclass(frozen=True)
class PythonSearch:
    """What a search found.

    Attributes:
        fitting: Pythons to choose from, best first.
        passed_over: Pythons that were found and do not do.
    """

    fitting: tuple[FoundPython, ...]
    passed_over: tuple[PassedOver, ...]


def find_pythons(
    excluded: Sequence[Path] = (),
    chosen: Path | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> list[FoundPython]:
    """As `search_pythons`, but only those that fit.

    Args:
        excluded: see there.
        chosen: see there.
        is_cancelled: see there.

    Raises:
        CommandCancelled: `is_cancelled` said so.
    """
    return list(search_pythons(excluded, chosen, is_cancelled).fitting)


def search_pythons(
    excluded: Sequence[Path] = (),
    chosen: Path | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
    variables: Mapping[str, str] | None = None,
) -> PythonSearch:
    """Look for Pythons of a version that geoseg runs on, and start each to see that it works.

    Takes some seconds.

    Args:
        excluded: folders whose Pythons are never used: those of QGIS. Folders that belong to the
            whole system, such as /usr, are no such folders.
        chosen: one to try first.
        is_cancelled: asked at least every 0.05 s.
        variables: environment variables to look for places in; those of this process if None.

    Raises:
        CommandCancelled: `is_cancelled` said so.
    """
    variables = os.environ if variables is None else variables
    shut = [_resolve(folder) for folder in excluded if str(folder) not in _SYSTEM_FOLDERS]
    search = _Search(shut, is_cancelled)
    if chosen is not None:
        search.try_one(chosen, "chosen")
    for path, origin in _list_all(variables, is_cancelled):
        search.try_one(path, origin)
    # Stable: of one version the likeliest place stays first.
    found = sorted(search.fitting, key=lambda one: (one.origin != "chosen", _rank(one.version)))
    uv = find_program("uv", variables)
    if uv is not None:
        found.append(FoundPython(uv, (*VERSIONS[0], 0), UV_DOWNLOAD))
    return PythonSearch(tuple(found), tuple(search.passed_over))


class _Search:
    """Tries Pythons, each only once."""

    def __init__(self, excluded: Sequence[Path], is_cancelled: Callable[[], bool]) -> None:
        self._excluded = excluded
        self._is_cancelled = is_cancelled
        self._seen: set[Path] = set()
        self._bases: set[tuple[str, tuple[int, int, int]]] = set()
        self.fitting: list[FoundPython] = []
        self.passed_over: list[PassedOver] = []

    def try_one(self, path: Path, origin: str) -> None:
        real = _resolve(path)
        if real in self._seen or self._is_excluded(real) or self._is_excluded(path):
            return
        self._seen.add(real)
        facts = _examine(path, self._is_cancelled)
        if facts is None:
            if origin == "chosen":
                self.passed_over.append(PassedOver(path, "It cannot be started as a Python."))
            return
        if self._is_excluded(_resolve(Path(facts.base))):
            return
        # A shim may lead to another Python tomorrow.
        path = Path(facts.executable) if Path(facts.executable).is_file() else path
        key = (facts.base, facts.version)
        if key in self._bases:
            return
        self._bases.add(key)
        reason = facts.find_fault()
        if reason:
            self.passed_over.append(PassedOver(path, reason))
        else:
            self.fitting.append(FoundPython(path, facts.version, origin))

    def _is_excluded(self, path: Path) -> bool:
        return any(folder == path or folder in path.parents for folder in self._excluded)


@dataclass(frozen=True)
class _Facts:
    version: tuple[int, int, int]
    is_64_bit: bool
    implementation: str
    base: str
    executable: str
    missing: tuple[str, ...]

    def find_fault(self) -> str:
        """Why no environment can be made with it; "" if one can."""
        version = ".".join(map(str, self.version))
        if self.version[:2] not in VERSIONS:
            return f"Python {version}: must be 3.10, 3.11 or 3.12."
        if not self.is_64_bit:
            return f"Python {version}: must be a 64-bit one."
        if self.implementation != "CPython":
            return f"{self.implementation} {version}: must be CPython."
        if "WindowsApps" in self.base:
            return f"Python {version} of the Microsoft Store: it hides files from other programs."
        if "venv" in self.missing or "ensurepip" in self.missing:
            name = f"python{self.version[0]}.{self.version[1]}-venv"
            return f"Python {version}: has no ensurepip. On Debian and Ubuntu install {name}."
        if self.missing:
            return f"Python {version}: has no {self.missing[0]}."
        return ""


def _examine(path: Path, is_cancelled: Callable[[], bool]) -> _Facts | None:
    """Start it and see; None if it is no Python that works, such as a shim without one."""
    lines, is_good = _ask([str(path), "-I", "-c", _PROBE], is_cancelled)
    line = next((one for one in lines if one.startswith("facts:")), "")
    if not is_good or not line:
        return None
    try:
        facts = json.loads(line[len("facts:") :])
        major, minor, micro = facts["version"]
        return _Facts(
            (int(major), int(minor), int(micro)),
            bool(facts["is_64_bit"]),
            str(facts["implementation"]),
            str(facts["base"]),
            str(facts["executable"]),
            tuple(facts["missing"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _ask(argv: Sequence[str], is_cancelled: Callable[[], bool]) -> tuple[list[str], bool]:
    """What a program writes, and whether it ended well and in time."""
    deadline = time.monotonic() + _MAX_SECONDS
    lines: list[str] = []
    try:
        exit_code = run_lines(
            argv,
            lines.append,
            is_cancelled=lambda: is_cancelled() or time.monotonic() > deadline,
        )
    except EnvironmentMissing:
        return [], False
    except CommandCancelled:
        if is_cancelled():
            raise
        return [], False
    return lines, exit_code == 0


def _list_all(
    variables: Mapping[str, str], is_cancelled: Callable[[], bool]
) -> Iterator[tuple[Path, str]]:
    py = find_program("py", variables)
    if py is not None:
        # " -V:3.12 *        C:\\...\\python.exe"
        lines, _ = _ask([str(py), "-0p"], is_cancelled)
        paths = (re.search(r"\S:\\.*\.exe", line) for line in lines)
        yield from ((Path(path.group()), "py launcher") for path in paths if path)
    yield from list_candidates(variables)
    uv = find_program("uv", variables)
    if uv is not None:
        wanted = ">=3.10,<3.13"
        lines, is_good = _ask([str(uv), "python", "find", "--system", wanted], is_cancelled)
        yield from ((Path(line.strip()), "uv") for line in lines if is_good and line.strip())


def _resolve(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def _rank(version: tuple[int, int, int]) -> tuple[int, int, int]:
    return (-version[0], -version[1], -version[2])


def explain_no_python(platform: str) -> str:
    """What to do where no Python was found.

    Args:
        platform: as `sys.platform`, or "flatpak".
    """
    return _ADVICE.get(platform, _ADVICE["linux"])


_ADVICE = {
    "linux": (
        "No Python 3.10, 3.11 or 3.12 was found. Debian and Ubuntu: "
        "sudo apt install python3 python3-venv. Fedora: sudo dnf install python3.12. "
        "Or install uv (https://docs.astral.sh/uv), which brings a Python of its own."
    ),
    "darwin": (
        "No Python 3.10, 3.11 or 3.12 was found. Install one from "
        "https://www.python.org/downloads/macos or with Homebrew: brew install python@3.12."
    ),
    "win32": (
        "No 64-bit Python 3.10, 3.11 or 3.12 was found. Install Python 3.12 from "
        "https://www.python.org/downloads/windows; one from the Microsoft Store does not do."
    ),
    "flatpak": (
        "QGIS runs in a flatpak, where the system's Pythons cannot be seen. Put uv "
        "(https://docs.astral.sh/uv) into ~/.local/bin and allow the flatpak to see that "
        "folder: flatpak override --user --filesystem=home org.qgis.qgis."
    ),
}
