"""What of an audit a person should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.audit.duplicates import Duplicate
from geoseg.datasets.audit.run import Audit
from geoseg.datasets.audit.transforms import PHRASES
from geoseg.datasets.image_pixels import PixelReader
from geoseg.errors import DatasetError

NUM_PAIRS = 12
NUM_LABELS = 16
_NUM_OF_RULE = 2


@dataclass(frozen=True)
class Suspect:
    """One or two images to look at.

    Attributes:
        pictures: uint8 (H, W, 3) each, RGB.
        captions: a line for each picture.
        outlines: float32 (V, 2) each, (x, y) in pixels of the first picture.
    """

    pictures: tuple[NDArray[np.uint8], ...]
    captions: tuple[str, ...]
    outlines: tuple[NDArray[np.float32], ...] = ()


def find_suspects(audit: Audit) -> Iterator[Suspect]:
    """Pairs of duplicates, the least certain first, then images with bad labels by rule.

    Images that cannot be read are passed over.
    """
    for one in choose_duplicates(audit.duplicates):
        try:
            yield _show_pair(audit, one)
        except DatasetError:
            continue
    num_shown = 0
    for audited in audit.sets:
        for rule in audited.faults.rules.values():
            for spot in rule.spots[:_NUM_OF_RULE]:
                pixels = _read(audited.folder / spot.image)
                if pixels is None or num_shown == NUM_LABELS:
                    continue
                num_shown += 1
                caption = f"{audited.label}/{spot.image}: {rule.reason}"
                yield Suspect((pixels,), (caption,), spot.rings)


def choose_duplicates(duplicates: tuple[Duplicate, ...]) -> list[Duplicate]:
    """At most `NUM_PAIRS`: half of them the least alike, the others spread over the rest."""
    by_grade = sorted(duplicates, key=lambda one: one.similarity)
    if len(by_grade) <= NUM_PAIRS:
        return by_grade
    doubtful, others = by_grade[: NUM_PAIRS // 2], by_grade[NUM_PAIRS // 2 :]
    spread = np.linspace(0, len(others) - 1, NUM_PAIRS - len(doubtful)).round().astype(int)
    return doubtful + [others[index] for index in spread]


def _show_pair(audit: Audit, one: Duplicate) -> Suspect:
    paths, names = [], []
    for number in (one.original, one.image):
        audited = audit.sets[audit.place(number)[0]]
        paths.append(audited.folder / audit.name(number))
        names.append(f"{audited.label}/{audit.name(number)}")
    reader = PixelReader()
    how = f"{PHRASES[one.transform]}, {one.kind} {one.similarity:.2f}"
    return Suspect(tuple(reader.read(path) for path in paths), (names[0], f"{names[1]}: {how}"))


def _read(path: Path) -> NDArray[np.uint8] | None:
    try:
        return PixelReader().read(path)
    except DatasetError:
        return None
