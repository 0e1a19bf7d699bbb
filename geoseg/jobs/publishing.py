"""Results put in their places by a run that may have been killed while it did so before."""

from __future__ import annotations

import filecmp
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from geoseg.errors import OutputExistsError
from geoseg.export.outputs import find_existing


def publish_again(
    output: Path, workshop: Path, write: Callable[[Path], list[Path]], *, overwrite: bool
) -> list[Path]:
    """Write a result in a folder of its own, and put each of its files in place.

    A file that is there already with the same bytes was put there by this run before it was
    killed; any other is somebody else's.

    Args:
        output: the result.
        workshop: a folder on the same disk, for nothing else; what is in it is lost.
        write: writes the result under a path, flushes it to the disk, and returns its files.
        overwrite: a file of somebody else may be replaced.

    Returns:
        The files that `write` returned, at their places.

    Raises:
        OutputExistsError: a file is somebody else's, and `overwrite` is False; no file is moved.
        OSError: it cannot be written.
    """
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir()
    try:
        written = write(workshop / output.name)
        files = sorted(workshop.iterdir())
        stale = set(find_existing(output)) - {output.with_name(file.name) for file in files}
        if not overwrite:
            _check_own(output, files, stale)
        for file in files:
            file.replace(output.with_name(file.name))
        for file in stale:
            file.unlink()
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return [output.with_name(file.name) for file in written]


def choose_workshop(output: Path, job_folder: Path) -> Path:
    """Where a result is written before it is put in place: in the job folder where that is beside.

    Elsewhere it has a name that no other job has.
    """
    if output.parent.resolve() == job_folder.parent.resolve():
        return job_folder / "output"
    key = hashlib.sha256(str(job_folder.resolve()).encode()).hexdigest()[:8]
    return output.with_name(f".{output.name}.{key}")


def _check_own(output: Path, files: list[Path], stale: set[Path]) -> None:
    for file in files:
        place = output.with_name(file.name)
        if place.exists() and not filecmp.cmp(file, place, shallow=False):
            stale.add(place)
    if stale:
        raise OutputExistsError(f"{min(stale)} exists; ask to overwrite it, or choose a new name.")
