"""Indexes of large annotations, kept between runs in the user's cache."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from geoseg.datasets.faults import Faults
from geoseg.datasets.label_index import LabelIndex

logger = logging.getLogger(__name__)

MIN_BYTES = 50_000_000
"""Smaller files are read in seconds, and not kept."""

# Part of the key: raised when the content of an index changes.
_VERSION = 1
_TEXTS = ("class_names", "image_names")


def cache_folder() -> Path:
    """Where indexes are kept: `GEOSEG_CACHE`, else `geoseg` in the user's cache folder."""
    chosen = os.environ.get("GEOSEG_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "geoseg"


def index_cached(
    path: Path, faults: Faults, make_index: Callable[[Path, Faults], LabelIndex]
) -> LabelIndex:
    """Index an annotation, or take the index that was made of it before.

    A kept index counts as long as path, size and time of change of the file are the same. A
    cache that cannot be read or written is passed over.

    Args:
        path: the annotation.
        faults: is told of what is left out, in either case.
        make_index: reads the annotation.

    Raises:
        DatasetError: see `make_index`; or faults are fatal and the file is known to have one.
    """
    try:
        facts = path.stat()
    except OSError:
        return make_index(path, faults)
    if facts.st_size < MIN_BYTES:
        return make_index(path, faults)
    key = f"{_VERSION} {path.resolve()} {facts.st_size} {facts.st_mtime_ns}"
    kept = cache_folder() / f"labels-{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"
    found = _read(kept)
    if found is not None:
        index, known_faults = found
        faults.restore(known_faults)
        return index
    index = make_index(path, faults)
    _write(kept, index, faults)
    return index


def _read(path: Path) -> tuple[LabelIndex, dict[str, Any]] | None:
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            values: dict[str, Any] = {
                field.name: arrays[field.name]
                for field in fields(LabelIndex)
                if field.name not in _TEXTS
            }
            texts = json.loads(arrays["texts"].tobytes())
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        logger.warning("%s: a kept index is damaged, and is made again: %s", path, error)
        return None
    values |= {name: tuple(texts[name]) for name in _TEXTS}
    return LabelIndex(**values), texts["faults"]


def _write(path: Path, index: LabelIndex, faults: Faults) -> None:
    texts = {name: getattr(index, name) for name in _TEXTS} | {"faults": faults.to_dict()}
    arrays = {
        field.name: getattr(index, field.name)
        for field in fields(LabelIndex)
        if field.name not in _TEXTS
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.savez(file, texts=np.frombuffer(json.dumps(texts).encode(), np.uint8), **arrays)
        temporary.replace(path)
    except OSError as error:
        logger.warning("%s: the index of the labels cannot be kept: %s", path.parent, error)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
