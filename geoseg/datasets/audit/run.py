"""Auditing datasets: their faults, and what they have twice or share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.audit.duplicates import LEAST_SIMILARITY, Duplicate, find_duplicates
from geoseg.datasets.audit.parts import map_in_parts
from geoseg.datasets.audit.pictures import Gallery, look_at_all
from geoseg.datasets.audit.search import MIN_CONTRAST, measure_contrast
from geoseg.datasets.audit.sets import AuditedSet, open_sets
from geoseg.datasets.clean_list import plain_name
from geoseg.datasets.faults import Spot
from geoseg.datasets.sources import LabelledImages
from geoseg.errors import DatasetError
from geoseg.types import NoProgress, Progress


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes:
        sets: the datasets, in the order in which they were given.
        object_counts: int64 (N,) for each set, objects with a usable outline by image.
        usable: bool (N,) for each set, whether an image can be read and fits its labels.
        duplicates: images that an earlier one shows too; the images of all sets are numbered
            one after the other.
        similarity: least of duplicates that was asked for.
    """

    sets: tuple[AuditedSet, ...]
    object_counts: tuple[NDArray[np.int64], ...]
    usable: tuple[NDArray[np.bool_], ...]
    duplicates: tuple[Duplicate, ...]
    similarity: float

    @property
    def starts(self) -> list[int]:
        """Number of the first image of each set."""
        return [0, *accumulate(len(one.names) for one in self.sets)][:-1]

    def place(self, number: int) -> tuple[int, int]:
        """Number of the set that an image is of, and its number there."""
        # Of sets that start at the same number all but the last are empty.
        row = int(np.searchsorted(self.starts, number, side="right")) - 1
        return row, number - self.starts[row]

    def name(self, number: int) -> str:
        """File name of an image in its set."""
        row, index = self.place(number)
        return self.sets[row].names[index]

    def is_labelled_alike(self, one: Duplicate) -> bool:
        """Whether a duplicate has as many objects as its original, if both are labelled."""
        places = [self.place(one.image), self.place(one.original)]
        if any(self.sets[row].images is None for row, _ in places):
            return True
        first, second = (self.object_counts[row][index] for row, index in places)
        return bool(first == second)

    def kept_names(self, row: int) -> list[str]:
        """Names of the images of a set to keep, in its order.

        Left out are images that cannot be read or do not fit their labels, and all but the
        first of those that show the same, in this set or an earlier one.
        """
        start, names = self.starts[row], self.sets[row].names
        dropped = {one.image - start for one in self.duplicates}
        # A name that stands for two images names both: neither is kept if one is not.
        bad = {plain_name(name) for index, name in enumerate(names) if not self.usable[row][index]}
        kept = (
            plain_name(name)
            for index, name in enumerate(names)
            if index not in dropped and plain_name(name) not in bad
        )
        return list(dict.fromkeys(kept))


def audit_datasets(
    paths: Sequence[Path],
    *,
    similarity: float = LEAST_SIMILARITY,
    progress: Progress | None = None,
) -> Audit:
    """Look for what is wrong with datasets, and for images that they have twice or share.

    Nothing is changed. All images are decoded once, small; memory holds a thumbnail of a
    kilobyte of each, and the outlines, 8 bytes a corner.

    Args:
        paths: labelled datasets of any form that geoseg reads from files, or folders of images.
        similarity: least of two images that show the same, see
            `geoseg.datasets.audit.duplicates.measure_similarity`.
        progress: is told of every image, and of every pair that may be alike.

    Raises:
        DatasetError: labels cannot be read, there is nothing to audit, or a file vanishes.
    """
    progress = progress or NoProgress()
    sets = open_sets(paths)
    files = [path for one in sets for path in one.paths]
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        progress.start("images", len(files))
        try:
            gallery = look_at_all(files, executor, progress)
        finally:
            progress.finish()
        starts = [0, *accumulate(len(one.names) for one in sets)]
        checks = [
            _check_set(one, gallery, start, executor)
            for one, start in zip(sets, starts, strict=False)
        ]
        duplicates = find_duplicates(gallery, executor, progress, least=similarity)
    return Audit(
        tuple(sets),
        tuple(counts for counts, _ in checks),
        tuple(usable for _, usable in checks),
        tuple(duplicates),
        similarity,
    )


def _check_set(
    audited: AuditedSet, gallery: Gallery, start: int, executor: Executor
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Hold the images of a set against its labels: objects of each, and which are usable."""
    numbers = range(start, start + len(audited.names))
    failures = [gallery.failures.get(number, "") for number in numbers]
    counts = np.zeros(len(numbers), np.int64)
    if audited.images is not None:
        hold = partial(_hold, audited.images, gallery, start)
        for index, (count, failure) in enumerate(map_in_parts(executor, hold, range(len(numbers)))):
            counts[index] = count
            failures[index] = failures[index] or failure
    usable = np.array([not failure for failure in failures], bool)
    for reason in sorted(set(failures) - {""}):
        rows = np.array([index for index, one in enumerate(failures) if one == reason])
        audited.faults.add_many(reason, *_describe(audited.names, rows))
    contrast = measure_contrast(gallery.thumbnails[numbers.start : numbers.stop])
    blank = np.flatnonzero(usable & (contrast < MIN_CONTRAST))
    audited.faults.note_many("shows nearly one colour", *_describe(audited.names, blank))
    if audited.images is not None:
        empty = np.flatnonzero(usable & (counts == 0))
        audited.faults.note_many("has no labels", *_describe(audited.names, empty))
    return counts, usable


def _describe(
    names: Sequence[str], rows: NDArray[np.int64]
) -> tuple[int, Callable[[int], str], Callable[[int], Spot]]:
    """How many images are meant, and the name and the spot of each by its number."""
    return len(rows), lambda number: names[rows[number]], lambda number: Spot(names[rows[number]])


def _hold(images: LabelledImages, gallery: Gallery, start: int, index: int) -> tuple[int, str]:
    """Number of objects of an image, and why its labels do not fit it."""
    if start + index in gallery.failures:
        return 0, ""
    try:
        labelled = images.read(index)
    except DatasetError:
        return 0, "has labels that cannot be read or are of another size"
    width, height = gallery.sizes_wh[start + index].tolist()
    fits = (labelled.width, labelled.height) == (width, height)
    return len(labelled.objects), "" if fits else "is not of the size that its labels say"
