"""How another Python is started: its arguments, and an environment free of what QGIS sets."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

# What QGIS, or the bundle that it comes in, sets for its own Python, GDAL, PROJ and Qt.
_SCRUBBED_PREFIXES = ("PYTHON", "GDAL_", "OGR_", "PROJ_", "QT_", "DYLD_")
_SCRUBBED = frozenset(
    {
        "GEOTIFF_CSV",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
        "PIP_TARGET",
        "PIP_USER",
        # Tells uv, and programs of an environment, to work on another one.
        "VIRTUAL_ENV",
        # On macOS a Python that is started by another one takes this for its own place.
        "__PYVENV_LAUNCHER__",
    }
)


def make_argv(python: Path, words: Sequence[str]) -> list[str]:
    """The command line that runs `geoseg` in a Python.

    Args:
        python: the interpreter.
        words: what follows `geoseg`, e.g. `["predict", "a.tif", "--progress", "json"]`.
    """
    options = ["-I", "-X", "utf8", "-u", "-m", "geoseg", "--end-with-stdin"]
    return [str(python), *options, *words]


def make_variables(
    base: Mapping[str, str], extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Environment variables for another Python.

    PATH, HOME, the locale, temporary folders, proxies and what concerns CUDA stay as they are.

    Args:
        base: those of this process.
        extra: to set besides; they win.
    """
    kept = {name: value for name, value in base.items() if not _is_scrubbed(name)}
    cuda = _keep_cuda(base.get("LD_LIBRARY_PATH", ""))
    if cuda:
        kept["LD_LIBRARY_PATH"] = cuda
    return {**kept, **(extra or {})}


def _is_scrubbed(name: str) -> bool:
    upper = name.upper()
    return upper in _SCRUBBED or upper.startswith(_SCRUBBED_PREFIXES)


def _keep_cuda(folders: str) -> str:
    """The folders of a search path for libraries that only CUDA can be meant by."""
    words = ("cuda", "cudnn", "nvidia")
    kept = [one for one in folders.split(os.pathsep) if any(word in one.lower() for word in words)]
    return os.pathsep.join(kept)
