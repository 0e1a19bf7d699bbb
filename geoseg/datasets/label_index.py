"""The labels of a dataset as a few flat arrays.

Millions of polygons as Python objects would take gigabytes. Here they take 8 bytes a vertex, and
those of one image become objects when it is read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.sources import LabelledObject, Ring


@dataclass(frozen=True)
class LabelIndex:
    """Images, their objects, the rings of these, and the points of those.

    `starts` arrays have one entry more than there are runs: run i is `starts[i]:starts[i + 1]`.

    Attributes:
        class_names: in order of `class_indices`.
        image_names: N file names.
        image_ids: int64 (N,), ascending.
        sizes_wh: int32 (N, 2), pixels.
        gsd_m: float64 (N,), ground metres per pixel; NaN where the file does not say.
        object_starts: int64 (N + 1,), into the next three.
        object_ids: int64 (M,), ids in the file, or their numbers there.
        class_indices: int16 (M,).
        is_ignored: bool (M,).
        ring_starts: int64 (M + 1,), into `point_starts`.
        point_starts: int64 (R + 1,), into `points`.
        points: float32 (P, 2), (x, y) in pixels, see `LabelledObject`; rings don't cross
            themselves, and holes run round the other way than what they are in.
    """

    class_names: tuple[str, ...]
    image_names: tuple[str, ...]
    image_ids: NDArray[np.int64]
    sizes_wh: NDArray[np.int32]
    gsd_m: NDArray[np.float64]
    object_starts: NDArray[np.int64]
    object_ids: NDArray[np.int64]
    class_indices: NDArray[np.int16]
    is_ignored: NDArray[np.bool_]
    ring_starts: NDArray[np.int64]
    point_starts: NDArray[np.int64]
    points: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.image_ids)

    def objects_of(self, index: int) -> tuple[LabelledObject, ...]:
        """The objects of an image; their rings are read-only views."""
        first, last = self.object_starts[index : index + 2].tolist()
        return tuple(
            LabelledObject(
                rings_of(self, row), int(self.class_indices[row]), bool(self.is_ignored[row])
            )
            for row in range(first, last)
        )

    def fingerprint(self) -> str:
        """Hex digest of everything."""
        digest = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            is_array = isinstance(value, np.ndarray)
            digest.update(f"{field.name} {value.shape if is_array else len(value)} ".encode())
            if is_array:
                digest.update(np.ascontiguousarray(value).data)
            else:
                digest.update("\0".join(value).encode())
        return digest.hexdigest()


class RingRuns(Protocol):
    """Rings of objects as flat arrays, see `LabelIndex`."""

    @property
    def ring_starts(self) -> NDArray[np.int64]: ...  # noqa: D102

    @property
    def point_starts(self) -> NDArray[np.int64]: ...  # noqa: D102

    @property
    def points(self) -> NDArray[np.float32]: ...  # noqa: D102


def rings_of(runs: RingRuns, row: int) -> tuple[Ring, ...]:
    """The rings of one object: read-only views, float32 (V, 2) each."""
    first, last = runs.ring_starts[row : row + 2].tolist()
    borders = runs.point_starts[first : last + 1].tolist()
    return tuple(runs.points[start:stop] for start, stop in zip(borders, borders[1:], strict=False))


def measure_boxes(index: LabelIndex) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes and areas of all objects, from their rings and from nothing else.

    Args:
        index: M objects.

    Returns:
        Boxes float64 (M, 4), (x, y, width, height) in pixels as COCO has them; areas float64
        (M,) in square pixels, holes taken off.
    """
    if not len(index.object_ids):
        return np.zeros((0, 4)), np.zeros(0)
    starts = index.point_starts[index.ring_starts[:-1]]
    # An object's rings lie one after the other, so that its points are one run.
    low = np.minimum.reduceat(index.points, starts, axis=0).astype(np.float64)
    high = np.maximum.reduceat(index.points, starts, axis=0).astype(np.float64)
    # Holes run the other way round, so that their areas have the other sign.
    areas = np.add.reduceat(ring_areas(index.points, index.point_starts), index.ring_starts[:-1])
    return np.concatenate([low, high - low], axis=1), np.abs(areas)


def ring_areas(points: NDArray[np.float32], point_starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Signed areas of rings by the shoelace formula: float64 (R,).

    Args:
        points: float32 (P, 2).
        point_starts: int64 (R + 1,), ascending; no ring is empty.
    """
    if len(point_starts) < 2:
        return np.zeros(0)
    following = np.arange(1, len(points) + 1)
    following[point_starts[1:] - 1] = point_starts[:-1]
    # From the first point of each ring on: far from 0, products of coordinates lose digits.
    origin = np.repeat(points[point_starts[:-1]], np.diff(point_starts), axis=0)
    x, y = (points.astype(np.float64) - origin).T
    doubled = x * y[following] - x[following] * y
    areas: NDArray[np.float64] = np.add.reduceat(doubled, point_starts[:-1]) / 2
    return areas


def take_runs(
    starts: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose and reorder runs of a flat array.

    Args:
        starts: int64 (N + 1,), borders of the runs.
        rows: int64 (M,), the runs wanted, in order.

    Returns:
        Positions in the flat array, and the borders int64 (M + 1,) of the chosen runs.

    Example:
        >>> positions, borders = take_runs(np.array([0, 2, 5]), np.array([1, 0]))
        >>> positions.tolist(), borders.tolist()
        ([2, 3, 4, 0, 1], [0, 3, 5])
    """
    lengths = np.diff(starts)[rows]
    borders = np.concatenate([[0], np.cumsum(lengths)])
    shifts = np.repeat(starts[:-1][rows] - borders[:-1], lengths)
    return shifts + np.arange(borders[-1]), borders
