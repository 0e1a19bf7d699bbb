"""Collecting labels in any order into an index."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.faults import Faults, Spot
from geoseg.datasets.label_index import LabelIndex, rings_of, take_runs
from geoseg.datasets.rings import repair_rings
from geoseg.datasets.sources import Ring
from geoseg.errors import DatasetError

# Bounds the number of shapely objects that are there at a time.
_CHUNK_RINGS = 100_000

# Coordinates that went through float32 may be this far off.
_ROUNDING_PX = 1e-3


@dataclass(frozen=True)
class _Objects:
    """Objects in the order that they were added; arrays as in `LabelIndex`."""

    image_ids: NDArray[np.int64]
    object_ids: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    is_ignored: NDArray[np.bool_]
    adds_up: NDArray[np.bool_]
    ring_starts: NDArray[np.int64]
    point_starts: NDArray[np.int64]
    points: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.image_ids)

    def take(self, rows: NDArray[np.int64]) -> _Objects:
        """Some of the objects, in this order."""
        rings, ring_starts = take_runs(self.ring_starts, rows)
        positions, point_starts = take_runs(self.point_starts, rings)
        return _Objects(
            self.image_ids[rows],
            self.object_ids[rows],
            self.class_ids[rows],
            self.is_ignored[rows],
            self.adds_up[rows],
            ring_starts,
            point_starts,
            self.points[positions],
        )

    def take_rings(self, is_kept: NDArray[np.bool_]) -> _Objects:
        """Without some of the rings; objects may be left with none."""
        kept_before = np.concatenate([[0], np.cumsum(is_kept)])
        positions, borders = take_runs(self.point_starts, np.flatnonzero(is_kept))
        return replace(
            self,
            ring_starts=kept_before[self.ring_starts],
            point_starts=borders,
            points=self.points[positions],
        )


@dataclass(frozen=True)
class _Names:
    """What objects are called, and where they are."""

    noun: str
    objects: _Objects
    image_names: Sequence[str]
    image_rows: NDArray[np.int64]

    def name_of(self, row: int) -> str:
        image = self.image_names[self.image_rows[row]]
        return f"{self.noun} {self.objects.object_ids[row]} of {image}"

    def spot_of(self, row: int) -> Spot:
        return Spot(self.image_names[self.image_rows[row]], rings_of(self.objects, row))


class IndexBuilder:
    """Takes images and objects one by one.

    Attributes:
        faults: is told of what has no usable polygon.
        noun: what an object is called in messages.
        kept: after `finish`, which of the objects, in the order in which they were added, each
            object of the index is: int64 (M,).
    """

    def __init__(self, faults: Faults, noun: str = "annotation") -> None:
        """Start empty.

        Args:
            faults: is told of what has no usable polygon.
            noun: what an object is called in messages.
        """
        self.faults = faults
        self.noun = noun
        self.kept: NDArray[np.int64] = np.zeros(0, np.int64)
        self._names: list[str] = []
        self._ids, self._sizes, self._gsd = array("q"), array("i"), array("d")
        self._objects, self._flags = array("q"), array("b")
        self._ring_counts, self._ring_sizes, self._points = array("i"), array("i"), array("f")

    def add_image(
        self, image_id: int, name: str, width: int, height: int, gsd_m: float | None = None
    ) -> None:
        """Add an image; its objects may come before it.

        Raises:
            DatasetError: size or `gsd_m` is not above 0; the message starts with "must".
        """
        if width < 1 or height < 1 or not (gsd_m is None or gsd_m > 0):
            raise DatasetError(
                f"must give images a size and a gsd_m above 0; got {width} x {height} px and "
                f"{gsd_m} m for {name}."
            )
        self._ids.append(image_id)
        self._names.append(name)
        self._sizes.extend((width, height))
        self._gsd.append(float("nan") if gsd_m is None else gsd_m)

    def add_object(
        self,
        image_id: int,
        object_id: int,
        class_id: int,
        rings: Sequence[Sequence[float]] | Sequence[Ring],
        *,
        is_ignored: bool = False,
        adds_up: bool = False,
    ) -> None:
        """Add an object.

        Args:
            image_id: of its image.
            object_id: for messages.
            class_id: see `finish`.
            rings: `[x1, y1, x2, y2, ...]` or (V, 2) each; they may be broken.
            is_ignored: see `LabelledObject`.
            adds_up: see `repair_rings`.

        Raises:
            TypeError: coordinates are no numbers.
        """
        for ring in rings:
            before = len(self._points)
            if isinstance(ring, np.ndarray):
                self._points.frombytes(np.ascontiguousarray(ring, np.float32).tobytes())
            else:
                self._points.extend(ring)  # type: ignore[arg-type]
            if (len(self._points) - before) % 2:
                self._points.pop()
            self._ring_sizes.append((len(self._points) - before) // 2)
        self._ring_counts.append(len(rings))
        self._objects.extend((image_id, object_id, class_id))
        self._flags.append(is_ignored + 2 * adds_up)

    def finish(self, class_of: Mapping[int, int], class_names: Sequence[str]) -> LabelIndex:
        """Check all polygons and put them in order.

        Args:
            class_of: index into `class_names` of each class id.
            class_names: of all classes.

        Raises:
            DatasetError: an object has an image or a class that is not there, or two images
                have the same id, unless this is an audit; the message starts with "must". Or
                there is a fault, and faults are fatal.
        """
        order = self._order_images()
        image_ids = np.frombuffer(self._ids, np.int64)[order]
        names = tuple(self._names[index] for index in order)
        sizes_wh = np.frombuffer(self._sizes, np.int32).reshape(-1, 2)[order]
        objects, known = self._find_known(self._pack(), image_ids, class_of)
        image_rows = np.searchsorted(image_ids, objects.image_ids)
        class_rows = _find_classes(objects.class_ids, class_of)
        called = _Names(self.noun, objects, names, image_rows)
        checked, sources = self._check(objects, called)
        kept = self._find_inside(checked, sources, sizes_wh[image_rows], called)
        kept = kept[np.argsort(image_rows[kept], kind="stable")]
        self.kept = known[kept]
        rings, ring_starts = take_runs(checked.ring_starts, sources[kept])
        positions, point_starts = take_runs(checked.point_starts, rings)
        return LabelIndex(
            class_names=tuple(class_names),
            image_names=names,
            image_ids=image_ids,
            sizes_wh=sizes_wh,
            gsd_m=np.frombuffer(self._gsd, np.float64)[order],
            object_starts=np.searchsorted(image_rows[kept], np.arange(len(names) + 1)),
            object_ids=objects.object_ids[kept],
            class_indices=class_rows[kept],
            is_ignored=objects.is_ignored[kept],
            ring_starts=ring_starts,
            point_starts=point_starts,
            points=checked.points[positions],
        )

    def _order_images(self) -> NDArray[np.int64]:
        """Numbers of the images by id, without those whose id another one has."""
        ids = np.frombuffer(self._ids, np.int64)
        order = np.argsort(ids, kind="stable")
        is_twice = np.concatenate([[False], np.diff(ids[order]) == 0])[: len(order)]
        twice = order[is_twice]
        if len(twice) and not self.faults.is_auditing:
            raise DatasetError(
                f"must give every image an id of its own; got {ids[twice[0]]} twice."
            )
        self.faults.add_many(
            "has the id of another image",
            len(twice),
            lambda number: f"{self._names[twice[number]]}, id {ids[twice[number]]},",
            lambda number: Spot(self._names[twice[number]]),
        )
        return order[~is_twice]

    def _find_known(
        self, objects: _Objects, image_ids: NDArray[np.int64], class_of: Mapping[int, int]
    ) -> tuple[_Objects, NDArray[np.int64]]:
        """The objects whose image and class are there, and their numbers."""
        has_image = np.isin(objects.image_ids, image_ids)
        has_class = np.isin(objects.class_ids, list(class_of))
        if has_image.all() and has_class.all():
            return objects, np.arange(len(objects))
        if not self.faults.is_auditing:
            if not has_image.all():
                unknown = objects.image_ids[~has_image][0]
                raise DatasetError(f"must list every image it labels; got image_id {unknown}.")
            unknown = objects.class_ids[~has_class].min()
            raise DatasetError(f"must define every category it uses; got {unknown}.")
        for is_known, noun, ids in (
            (has_image, "image", objects.image_ids), (has_class, "category", objects.class_ids),
        ):  # fmt: skip
            self._drop_unknown(objects, np.flatnonzero(~is_known), noun, ids)
        known = np.flatnonzero(has_image & has_class)
        return objects.take(known), known

    def _drop_unknown(
        self, objects: _Objects, rows: NDArray[np.int64], noun: str, ids: NDArray[np.int64]
    ) -> None:
        self.faults.add_many(
            f"is of an unknown {noun}",
            len(rows),
            lambda number: (
                f"{self.noun} {objects.object_ids[rows[number]]}, {noun} {ids[rows[number]]},"
            ),
        )

    def _pack(self) -> _Objects:
        image_ids, object_ids, class_ids = np.frombuffer(self._objects, np.int64).reshape(-1, 3).T
        flags = np.frombuffer(self._flags, np.int8)
        return _Objects(
            image_ids,
            object_ids,
            class_ids,
            is_ignored=(flags & 1).astype(bool),
            adds_up=(flags & 2).astype(bool),
            ring_starts=_starts_of(np.frombuffer(self._ring_counts, np.int32)),
            point_starts=_starts_of(np.frombuffer(self._ring_sizes, np.int32)),
            points=np.frombuffer(self._points, np.float32).reshape(-1, 2),
        )

    def _check(self, objects: _Objects, called: _Names) -> tuple[_Objects, NDArray[np.int64]]:
        """Drop broken rings and repair others.

        Returns:
            Objects with repaired ones added at the end, and int64 (M,), where in them each
            object is; -1 for those that are left out.
        """
        is_short = np.diff(objects.point_starts) < 3
        is_finite = np.isfinite(objects.points).all(axis=1)
        bad_before = np.concatenate([[0], np.cumsum(~is_finite)])
        is_broken = np.diff(bad_before[objects.point_starts]) > 0
        good = objects.take_rings(~is_short & ~is_broken)
        sources = np.arange(len(objects))
        is_empty = np.diff(good.ring_starts) == 0
        has_broken = _any_of(is_broken, objects.ring_starts)
        self._drop(is_empty & has_broken, "has coordinates that are no numbers", called)
        self._drop(is_empty & ~has_broken, "has no ring of 3 points", called)
        sources[is_empty] = -1
        is_crossed = _any_of(~_valid_rings(good), good.ring_starts)
        to_repair = is_crossed.copy()
        to_repair |= good.adds_up & (np.diff(good.ring_starts) > 1)
        repaired: list[tuple[Ring, ...]] = []
        has_no_area = np.zeros(len(objects), bool)
        for row in np.flatnonzero(to_repair).tolist():
            rings = repair_rings(rings_of(good, row), add_up=bool(good.adds_up[row]))
            has_no_area[row] = not rings
            sources[row] = len(objects) + len(repaired) if rings else -1
            repaired += [rings] if rings else []
        self._drop(has_no_area, "has no area", called)
        self._note(is_crossed & ~has_no_area, "crosses or touches itself", called)
        is_partly = _any_of(is_short | is_broken, objects.ring_starts) & ~is_empty
        self._note(is_partly, "has a ring that is none beside others", called)
        return _append_rings(good, repaired), sources

    def _find_inside(
        self,
        checked: _Objects,
        sources: NDArray[np.int64],
        sizes_wh: NDArray[np.int32],
        called: _Names,
    ) -> NDArray[np.int64]:
        """Rows of the objects that are usable and show in their image."""
        rows = np.flatnonzero(sources >= 0)
        if not len(rows):
            return rows
        rings, ring_starts = take_runs(checked.ring_starts, sources[rows])
        positions, point_starts = take_runs(checked.point_starts, rings)
        points, starts = checked.points[positions], point_starts[ring_starts[:-1]]
        low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
        is_outside = np.zeros(len(sources), bool)
        is_outside[rows] = ((high <= 0) | (low >= sizes_wh[rows])).any(axis=1)
        self._drop(is_outside, "lies outside its image", called)
        reaches_out = np.zeros(len(sources), bool)
        reaches_out[rows] = (
            (low < -_ROUNDING_PX) | (high > sizes_wh[rows] + _ROUNDING_PX)
        ).any(axis=1)  # fmt: skip
        self._note(reaches_out & ~is_outside, "reaches beyond its image", called)
        inside: NDArray[np.int64] = rows[~is_outside[rows]]
        return inside

    def _drop(self, is_dropped: NDArray[np.bool_], reason: str, called: _Names) -> None:
        self.faults.add_many(reason, *_describe(is_dropped, called))

    def _note(self, is_odd: NDArray[np.bool_], reason: str, called: _Names) -> None:
        self.faults.note_many(reason, *_describe(is_odd, called))


def _describe(
    is_meant: NDArray[np.bool_], called: _Names
) -> tuple[int, Callable[[int], str], Callable[[int], Spot]]:
    """How many objects are meant, and the name and the spot of each by its number."""
    rows = np.flatnonzero(is_meant)
    return (
        len(rows),
        lambda number: called.name_of(int(rows[number])),
        lambda number: called.spot_of(int(rows[number])),
    )


def _starts_of(lengths: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _any_of(is_true: NDArray[np.bool_], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether any value of each run is True: bool (N,)."""
    before = np.concatenate([[0], np.cumsum(is_true)])
    any_true: NDArray[np.bool_] = np.diff(before[starts]) > 0
    return any_true


def _valid_rings(objects: _Objects) -> NDArray[np.bool_]:
    """Whether each ring alone is a valid polygon: bool (R,)."""
    num_rings = len(objects.point_starts) - 1
    is_valid = np.ones(num_rings, bool)
    for first in range(0, num_rings, _CHUNK_RINGS):
        borders = objects.point_starts[first : first + _CHUNK_RINGS + 1]
        points = objects.points[borders[0] : borders[-1]].astype(np.float64)
        ring_of = np.repeat(np.arange(len(borders) - 1), np.diff(borders))
        polygons = shapely.polygons(shapely.linearrings(points, indices=ring_of))
        is_valid[first : first + _CHUNK_RINGS] = shapely.is_valid(polygons)
    return is_valid


def _append_rings(objects: _Objects, added: Sequence[tuple[Ring, ...]]) -> _Objects:
    """The rings of further objects, put at the end; their other fields are not needed."""
    rings = [ring for one in added for ring in one]
    ring_starts = np.cumsum([len(one) for one in added], dtype=np.int64)
    point_starts = np.cumsum([len(ring) for ring in rings], dtype=np.int64)
    return replace(
        objects,
        ring_starts=np.concatenate([objects.ring_starts, objects.ring_starts[-1] + ring_starts]),
        point_starts=np.concatenate(
            [objects.point_starts, objects.point_starts[-1] + point_starts]
        ),
        points=np.concatenate([objects.points, *rings]),
    )


def _find_classes(wanted: NDArray[np.int64], class_of: Mapping[int, int]) -> NDArray[np.int16]:
    rows = np.zeros(len(wanted), np.int16)
    for class_id in np.unique(wanted).tolist():
        rows[wanted == class_id] = class_of[class_id]
    return rows
