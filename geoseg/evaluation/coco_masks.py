"""The objects of a COCO file as columns, with masks as runs: small, and quick to send about."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import DatasetError
from geoseg.evaluation.rle import as_rles, count_pixels, encode_segmentation, measure_areas
from geoseg.evaluation.spreading import spread

# Objects are handed to other processes in batches, so that sending costs little.
_BATCH = 2000


class Record(NamedTuple):
    """One object of a file; the attributes are those of `CocoMasks`, of one object."""

    row: int
    id: int
    image_id: int
    category_id: int
    score: float
    is_crowd: bool
    published_area: float
    shape_hw: tuple[int, int]
    segmentation: Any


@dataclass(frozen=True)
class CocoMasks:
    """Objects of one file.

    Attributes:
        rows: int64 (N,), number of the entry in the file, from 0.
        ids: int64 (N,), `id` of labels; of results the row + 1, as pycocotools numbers them.
        image_ids: int64 (N,).
        category_ids: int64 (N,).
        scores: float64 (N,); zeros for labels.
        is_crowd: bool (N,).
        areas_px: float64 (N,), pixels of the masks.
        published_areas: float64 (N,), the areas that pycocotools goes by when it reads the file:
            `area` of labels, and width by height of `bbox` of results; where there is none, that
            of the mask.
        shapes_hw: int64 (N, 2), height and width of the image.
        counts: object (N,) of bytes, compressed runs.
    """

    rows: NDArray[np.int64]
    ids: NDArray[np.int64]
    image_ids: NDArray[np.int64]
    category_ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    is_crowd: NDArray[np.bool_]
    areas_px: NDArray[np.float64]
    published_areas: NDArray[np.float64]
    shapes_hw: NDArray[np.int64]
    counts: NDArray[np.object_] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, index: Any) -> CocoMasks:
        """Some of the objects, by whatever indexes an array."""
        return CocoMasks(*(getattr(self, one.name)[index] for one in fields(self)))

    def to_rles(self) -> list[dict[str, Any]]:
        """The masks in the form in which pycocotools takes them."""
        shapes = [(height, width) for height, width in self.shapes_hw.tolist()]
        return as_rles(self.counts.tolist(), shapes)


def encode_records(records: Iterable[Record], path: Path, num_processes: int = 1) -> CocoMasks:
    """Make columns of objects, and masks of their segmentations.

    Args:
        records: in the order of the file.
        path: the file, for messages.
        num_processes: see `spread`.

    Raises:
        DatasetError: a segmentation cannot be decoded.
    """
    batches = ((path, batch) for batch in _cut(records, _BATCH))
    parts = list(spread(_encode_batch, batches, num_processes))
    return _join(parts) if parts else _encode_batch((path, []))


def _cut(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    iterator = iter(records)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _encode_batch(job: tuple[Path, list[Record]]) -> CocoMasks:
    path, records = job
    counts = []
    for record in records:
        try:
            counts.append(encode_segmentation(record.segmentation, record.shape_hw))
        except (KeyError, TypeError, ValueError, IndexError, SyntaxError) as error:
            raise DatasetError(
                f"{path}: entry {record.row} cannot be decoded: {error!r}."
            ) from error
    shapes = np.array([record.shape_hw for record in records], np.int64).reshape(-1, 2)
    _check_runs(path, records, counts)
    areas = measure_areas(as_rles(counts, [record.shape_hw for record in records]))
    published = np.array([record.published_area for record in records], np.float64)
    packed = np.empty(len(counts), np.object_)
    packed[:] = counts
    return CocoMasks(
        rows=np.array([record.row for record in records], np.int64),
        ids=np.array([record.id for record in records], np.int64),
        image_ids=np.array([record.image_id for record in records], np.int64),
        category_ids=np.array([record.category_id for record in records], np.int64),
        scores=np.array([record.score for record in records], np.float64),
        is_crowd=np.array([record.is_crowd for record in records], np.bool_),
        areas_px=areas,
        published_areas=np.where(np.isnan(published), areas, published),
        shapes_hw=shapes,
        counts=packed,
    )


def _check_runs(path: Path, records: list[Record], counts: list[bytes]) -> None:
    """Runs that were read must cover their images; those made of polygons do."""
    read = [number for number, one in enumerate(records) if isinstance(one.segmentation, dict)]
    found = count_pixels([counts[number] for number in read]).tolist()
    for number, num_pixels in zip(read, found, strict=True):
        height, width = records[number].shape_hw
        if num_pixels != height * width:
            what = f"{num_pixels} pixels" if num_pixels >= 0 else "no runs"
            raise DatasetError(
                f"{path}: entry {records[number].row} cannot be decoded: runs must cover "
                f"{height * width} pixels; got {what}."
            )


def _join(parts: list[CocoMasks]) -> CocoMasks:
    return CocoMasks(
        *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(CocoMasks))
    )
