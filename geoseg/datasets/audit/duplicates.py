"""Images that show the same place in the same frame, whatever their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.audit.parts import map_in_parts
from geoseg.datasets.audit.pictures import Gallery, load_grey
from geoseg.datasets.audit.search import LookAlikes, find_look_alikes
from geoseg.datasets.audit.transforms import TRANSFORMS, swaps_sides, transform_picture
from geoseg.datasets.image_pixels import PixelReader
from geoseg.types import Progress

LEAST_SIMILARITY = 0.85
"""Of duplicates, see `measure_similarity`; docs/audit.md says why."""

SIDE_PX = 96
"""Side of the squares that are compared."""

_BLOCK_PX = 16
# Where neither of two blocks varies by more grey levels, there is nothing to compare.
_BLOCK_CONTRAST = 2.0
# A quarter of the picture: in less, the edge of the imagery is all that can be compared.
_MIN_BLOCKS = 9
_ASPECT_TOLERANCE = 0.02
# Shrinking the same pixels turned may round otherwise.
_SAME_LEVELS = 1.0
_PAIRS_AT_A_TIME = 512
_CACHED_PICTURES = 4096


@dataclass(frozen=True)
class Duplicate:
    """An image that another one shows too.

    Attributes:
        image: its number.
        original: number of the first image that shows the same.
        kind: "bytes", "pixels" or "near": what is the same.
        transform: what makes the original look like it, one of `TRANSFORMS`.
        similarity: see `measure_similarity`; 1 for the same bytes or pixels.
    """

    image: int
    original: int
    kind: str
    transform: str
    similarity: float


def find_duplicates(
    gallery: Gallery,
    executor: Executor,
    progress: Progress,
    *,
    least: float = LEAST_SIMILARITY,
) -> list[Duplicate]:
    """Find the images that show what an earlier one shows.

    Images that are like a third one count as like each other: each group has one original.

    Args:
        gallery: the images, in the order in which the first of several is the original.
        executor: compares pairs of files.
        progress: is told of every pair that may be alike.
        least: similarity of images that are not the same pixel by pixel.

    Returns:
        One for each image that is not the first of its kind, by number.

    Raises:
        DatasetError: a file was changed or removed since the gallery was made.
    """
    first_of: dict[bytes, int] = {}
    same_as = [
        number if number in gallery.failures else first_of.setdefault(digest, number)
        for number, digest in enumerate(gallery.digests)
    ]
    singles = list(first_of.values())
    comparison = _Comparison(gallery, least)
    groups = _Groups(len(same_as))
    links: dict[tuple[int, int], Duplicate] = {}
    candidates = find_look_alikes(gallery.thumbnails, np.array(singles, np.int64))
    progress.start("pairs", len(candidates.first))
    try:
        for link in _confirm(candidates, comparison, groups, executor, progress):
            links[link.original, link.image] = link
    finally:
        progress.finish()

    def relate(row: int) -> Duplicate:
        first = groups.find(row)
        return links.get((first, row)) or comparison.find_best(first, row, TRANSFORMS)

    copies = [row for row in singles if groups.find(row) != row]
    related = dict(zip(copies, map_in_parts(executor, relate, copies), strict=True))
    for number, first in enumerate(same_as):
        if first != number:
            is_original = first not in related
            related[number] = (
                Duplicate(number, first, "bytes", TRANSFORMS[0], 1.0)
                if is_original
                else replace(related[first], image=number)
            )
    return [related[number] for number in sorted(related)]


def measure_similarity(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """How alike two pictures are nearly everywhere.

    They are cut into blocks; the result is the lower quartile of the correlations of those that
    show something. So brightness and contrast do not matter, nor does a black border that both
    have, and what was built in one corner does not either.

    Args:
        first: uint8 (SIDE_PX, SIDE_PX), grey.
        second: the same.

    Returns:
        -1..1; -1 where less than a quarter of the pictures shows something.
    """
    blocks, others = _cut(first), _cut(second)
    spreads, other_spreads = blocks.std(axis=1), others.std(axis=1)
    is_seen = np.maximum(spreads, other_spreads) > _BLOCK_CONTRAST
    if is_seen.sum() < _MIN_BLOCKS:
        return -1.0
    products = (blocks * others).mean(axis=1)[is_seen]
    scales = np.maximum((spreads * other_spreads)[is_seen], 1e-6)
    return float(np.quantile(products / scales, 0.25))


def _cut(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Blocks of a picture with mean 0: float64 (B, pixels)."""
    count = SIDE_PX // _BLOCK_PX
    tiled = picture.astype(np.float64).reshape(count, _BLOCK_PX, count, _BLOCK_PX)
    blocks = tiled.swapaxes(1, 2).reshape(count * count, -1)
    return np.asarray(blocks - blocks.mean(axis=1, keepdims=True))


class _Groups:
    """Numbers that belong together, each group named by its least."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def find(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def join(self, first: int, second: int) -> None:
        low, high = sorted((self.find(first), self.find(second)))
        self._parents[high] = low


class _Comparison:
    """Compares image files, which it decodes as often as its memory makes necessary."""

    def __init__(self, gallery: Gallery, least: float) -> None:
        self._gallery = gallery
        self._least = least
        self._load = lru_cache(_CACHED_PICTURES)(self._load_uncached)

    def compare(self, original: int, image: int, transforms: Sequence[str]) -> Duplicate | None:
        """How an image shows an original; None where too little is alike."""
        shaped = [one for one in transforms if self._fits(original, image, one)]
        best = self.find_best(original, image, shaped) if shaped else None
        return best if best is not None and best.similarity >= self._least else None

    def find_best(self, original: int, image: int, transforms: Sequence[str]) -> Duplicate:
        """How an image shows an original best, under one transform or another."""
        first, second = self._load(original), self._load(image)
        turned = {one: transform_picture(first, one) for one in transforms}
        for name, picture in turned.items():
            if self._is_same(original, image, name, picture, second):
                return Duplicate(image, original, "pixels", name, 1.0)
        graded = [(measure_similarity(picture, second), name) for name, picture in turned.items()]
        # Of equals the first: a symmetric picture is rather not turned at all.
        similarity, name = max(graded, key=lambda one: one[0])
        return Duplicate(image, original, "near", name, similarity)

    def _load_uncached(self, number: int) -> NDArray[np.uint8]:
        return load_grey(self._gallery.paths[number], SIDE_PX)

    def _fits(self, original: int, image: int, transform: str) -> bool:
        """Whether the transform gives the original the shape of the image, at any scale."""
        width, height = self._gallery.sizes_wh[original].tolist()
        if swaps_sides(transform):
            width, height = height, width
        other_width, other_height = self._gallery.sizes_wh[image].tolist()
        ratio = width * other_height / (height * other_width)
        return abs(ratio - 1) <= _ASPECT_TOLERANCE

    def _is_same(
        self,
        original: int,
        image: int,
        transform: str,
        turned: NDArray[np.uint8],
        shown: NDArray[np.uint8],
    ) -> bool:
        """Whether all pixels are the same; decodes them only where it may be so."""
        if np.abs(turned.astype(np.int16) - shown).max() > _SAME_LEVELS:
            return False
        reader = PixelReader()
        pixels = transform_picture(reader.read(self._gallery.paths[original]), transform)
        return np.array_equal(pixels, reader.read(self._gallery.paths[image]))


def _confirm(
    candidates: LookAlikes,
    comparison: _Comparison,
    groups: _Groups,
    executor: Executor,
    progress: Progress,
) -> Iterator[Duplicate]:
    """Compare candidates that are not in one group yet, and join those that are alike."""

    def compare(pair: int) -> Duplicate | None:
        names = [TRANSFORMS[number] for number in np.flatnonzero(candidates.is_alike[pair])]
        return comparison.compare(int(candidates.first[pair]), int(candidates.second[pair]), names)

    for start in range(0, len(candidates.first), _PAIRS_AT_A_TIME):
        stop = min(start + _PAIRS_AT_A_TIME, len(candidates.first))
        ends = zip(candidates.first[start:stop], candidates.second[start:stop], strict=True)
        open_pairs = [
            start + number
            for number, (first, second) in enumerate(ends)
            if groups.find(int(first)) != groups.find(int(second))
        ]
        for link in executor.map(compare, open_pairs):
            if link is not None:
                groups.join(link.original, link.image)
                yield link
        progress.advance(stop - start)
