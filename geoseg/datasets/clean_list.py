"""Lists of the images of a dataset to take: one file name a line, notes after `#`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import DatasetError

NOTE = "#"


def plain_name(name: str) -> str:
    r"""A file name as lists compare it: folders are joined by `/`.

    Example:
        >>> plain_name(".\\tiles\\a.jpg")
        'tiles/a.jpg'
    """
    return name.replace("\\", "/").removeprefix("./")


def read_clean_list(path: Path) -> frozenset[str]:
    """Read the names of a list, see `plain_name`; empty lines and notes are passed over.

    Args:
        path: text in UTF-8, as `geoseg audit --clean` writes it.

    Raises:
        DatasetError: the file is missing, is no text, or names nothing.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{path} must be a list of file names; got {reason}.") from error
    names = (line.strip() for line in lines)
    found = frozenset(plain_name(name) for name in names if name and not name.startswith(NOTE))
    if not found:
        raise DatasetError(f"{path} must name the images to take, one a line; got none.")
    return found


def choose_listed(names: Sequence[str], path: Path, source: str) -> NDArray[np.int64]:
    """Which images of a dataset a list names.

    Listed names that the dataset does not have are a warning.

    Args:
        names: file names of the images, as the labels give them.
        path: the list.
        source: the dataset, for messages.

    Returns:
        Numbers of the images, ascending.

    Raises:
        DatasetError: the list cannot be read, or names none of the images.
    """
    listed = read_clean_list(path)
    plain = [plain_name(name) for name in names]
    rows = [row for row, name in enumerate(plain) if name in listed]
    absent = sorted(listed - {plain[row] for row in rows})
    if not rows:
        raise DatasetError(
            f"{path} must name images of {source}; none of its {len(listed):,} names is there, "
            f"as {absent[0]}."
        )
    if absent:
        warnings.warn(
            f"{path}: {len(absent):,} of {len(listed):,} names are no images of {source}, as "
            f"{absent[0]}.",
            stacklevel=2,
        )
    return np.array(rows, np.int64)


def write_clean_list(path: Path, names: Iterable[str], notes: Sequence[str]) -> None:
    """Write a list.

    Args:
        path: the file; one that is there is replaced.
        names: images to take, in the order of the lines.
        notes: lines that say how the list was made.

    Raises:
        DatasetError: a name has a line break in it.
        OSError: the file cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{NOTE} {note}\n" for note in notes)
        for name in names:
            if len(name.splitlines()) != 1 or name != name.strip():
                raise DatasetError(f"A name of a list must be one line; got {name!r}.")
            plain = plain_name(name)
            file.write(f"./{plain}\n" if plain.startswith(NOTE) else f"{plain}\n")
