"""What is audited: a labelled dataset of any form, or a folder of images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geoseg.config import DatasetConfig
from geoseg.datasets.audit.records import AuditFaults
from geoseg.datasets.chosen_images import NamedImages
from geoseg.datasets.clean_list import plain_name
from geoseg.datasets.faults import Spot
from geoseg.datasets.indexed_images import IndexedImages
from geoseg.datasets.mask_folder import MaskFolder, list_pictures
from geoseg.datasets.opening import IMAGES_FOLDER, look_for_labels, open_dataset
from geoseg.errors import DatasetError


@dataclass(frozen=True)
class AuditedSet:
    """One of the datasets of an audit.

    Attributes:
        label: a short name of its own, for people.
        path: as it was given.
        kind: "coco", "via", "masks", "spacenet", or "images" for a folder without labels.
        folder: holds the images.
        names: N names of the image files that are there, below `folder`.
        faults: what is wrong with it.
        images: the labels, by the numbers of `names`; None where there are none.
    """

    label: str
    path: Path
    kind: str
    folder: Path
    names: tuple[str, ...]
    faults: AuditFaults
    images: NamedImages | None = None

    @property
    def paths(self) -> list[Path]:
        """The N image files."""
        return [self.folder / name for name in self.names]


def open_sets(paths: Sequence[Path]) -> list[AuditedSet]:
    """Read the labels of datasets and list their images.

    Raises:
        DatasetError: labels cannot be read, or there is nothing to audit.
    """
    labels = label_sets(paths)
    return [_open_set(path, label) for path, label in zip(paths, labels, strict=True)]


def label_sets(paths: Sequence[Path]) -> list[str]:
    """Short names of paths: with the folder above, and a number, as far as that is needed."""
    folders = [path if path.is_dir() else path.parent for path in map(Path.resolve, paths)]
    labels = [folder.name for folder in folders]
    counts = Counter(labels)
    labels = [
        label if counts[label] == 1 else f"{folder.parent.name}-{label}"
        for label, folder in zip(labels, folders, strict=True)
    ]
    counts = Counter(labels)
    return [
        label if counts[label] == 1 else f"{label}-{number}"
        for number, label in enumerate(labels, start=1)
    ]


def _open_set(path: Path, label: str) -> AuditedSet:
    faults = AuditFaults(str(path))
    found = look_for_labels(path)
    if found is None:
        return _list_plain(path, label, faults)
    images = open_dataset(DatasetConfig(str(path)), faults=faults)
    if not isinstance(images, IndexedImages | MaskFolder):
        raise DatasetError(f"{path} must be a dataset of image files; got {type(images).__name__}.")
    audited = AuditedSet(
        label, path, found[0], images.folder, tuple(images.file_names()), faults, images
    )
    _check_files(audited)
    return audited


def _list_plain(path: Path, label: str, faults: AuditFaults) -> AuditedSet:
    if path.is_dir():
        for folder in (path, path / IMAGES_FOLDER):
            files = list_pictures(folder) if folder.is_dir() else []
            if files:
                names = tuple(file.name for file in files)
                return AuditedSet(label, path, "images", folder, names, faults)
    raise DatasetError(f"{path} must be a labelled dataset or a folder of images; it is neither.")


def _check_files(audited: AuditedSet) -> None:
    """Note files that several images have, that nothing lists, and masks without an image."""
    counts = Counter(map(plain_name, audited.names))
    twice = [name for name, count in counts.items() if count > 1]
    audited.faults.note_many(
        "is listed by several images", len(twice), twice.__getitem__, lambda row: Spot(twice[row])
    )
    if isinstance(audited.images, MaskFolder):
        stems = {Path(name).stem for name in audited.names}
        stray = [one for one in sorted(audited.images.masks.iterdir()) if one.stem not in stems]
        audited.faults.note_many(
            "is a mask of no image", len(stray), lambda number: stray[number].name
        )
        return
    folders = sorted({name.rpartition("/")[0] for name in counts})
    unlisted = [
        name
        for folder in folders
        for file in list_pictures(audited.folder / folder)
        if (name := f"{folder}/{file.name}".lstrip("/")) not in counts
    ]
    audited.faults.note_many("is not listed in the labels", len(unlisted), unlisted.__getitem__)
