"""Where predicted and true buildings overlap, and which of them split or merge others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

INSIDE_SHARE = 0.5
"""A part lies in a whole with at least this share of its own area."""
LEAST_PART = 0.1
"""A part makes up at least this share of the whole."""


class Overlaps(NamedTuple):
    """All pairs that have some area in common.

    Attributes:
        pred: int64 (K,), index of the predicted building.
        truth: int64 (K,), index of the true one.
        areas: float64 (K,), what they have in common, above 0, in the unit of the areas.
        pred_areas: float64 (P,), of all predicted buildings.
        truth_areas: float64 (T,), of all true ones.
    """

    pred: NDArray[np.int64]
    truth: NDArray[np.int64]
    areas: NDArray[np.float64]
    pred_areas: NDArray[np.float64]
    truth_areas: NDArray[np.float64]

    def compute_ious(self) -> NDArray[np.float64]:
        """Intersection over union of each pair: float64 (K,), above 0."""
        together = self.pred_areas[self.pred] + self.truth_areas[self.truth] - self.areas
        ious: NDArray[np.float64] = self.areas / together
        return ious


class PartGroup(NamedTuple):
    """One building on one side that several on the other side lie in.

    Attributes:
        whole: index of the one.
        parts: indices of the several, at least two, ascending.
    """

    whole: int
    parts: tuple[int, ...]


def find_overlaps(pred: NDArray[np.object_], truth: NDArray[np.object_]) -> Overlaps:
    """Find all pairs of polygons with common area.

    Args:
        pred: object (P,) of valid shapely polygons.
        truth: object (T,), likewise, in the same metric CRS or image.
    """
    one, other = shapely.STRtree(truth).query(pred, predicate="intersects")
    shared = shapely.area(shapely.intersection(pred[one], truth[other]))
    is_shared = shared > 0
    return Overlaps(
        pred=one[is_shared],
        truth=other[is_shared],
        areas=shared[is_shared],
        pred_areas=shapely.area(pred),
        truth_areas=shapely.area(truth),
    )


def find_splits(overlaps: Overlaps) -> list[PartGroup]:
    """True buildings that are covered by several predictions.

    A true building is split when at least two predictions each lie in it with at least half of
    their own area and each cover at least a tenth of it. `find_merges` is the same rule with the
    sides changed over. Several predictions of the same place count, too.

    Returns:
        Groups of a true building and its predictions, in the order of the true buildings.

    Example:
        >>> house = np.array([shapely.box(0, 0, 10, 10)])
        >>> halves = np.array([shapely.box(0, 0, 5, 10), shapely.box(5, 0, 10, 10)])
        >>> find_splits(find_overlaps(halves, house))
        [PartGroup(whole=0, parts=(0, 1))]
    """
    return _group(
        overlaps.truth,
        overlaps.pred,
        overlaps.areas,
        whole_areas=overlaps.truth_areas,
        part_areas=overlaps.pred_areas,
    )


def find_merges(overlaps: Overlaps) -> list[PartGroup]:
    """Predictions that cover several true buildings.

    A prediction is a merge when at least two true buildings each lie in it with at least half of
    their own area and each make up at least a tenth of it.

    Returns:
        Groups of a prediction and its true buildings, in the order of the predictions.
    """
    return _group(
        overlaps.pred,
        overlaps.truth,
        overlaps.areas,
        whole_areas=overlaps.pred_areas,
        part_areas=overlaps.truth_areas,
    )


def _group(
    wholes: NDArray[np.int64],
    parts: NDArray[np.int64],
    shared: NDArray[np.float64],
    *,
    whole_areas: NDArray[np.float64],
    part_areas: NDArray[np.float64],
) -> list[PartGroup]:
    is_part = shared >= INSIDE_SHARE * part_areas[parts]
    is_part &= shared >= LEAST_PART * whole_areas[wholes]
    wholes, parts = wholes[is_part], parts[is_part]
    num_parts = np.bincount(wholes, minlength=len(whole_areas))
    order = np.lexsort([parts, wholes])
    ends = np.cumsum(num_parts)
    sorted_parts = parts[order].tolist()
    return [
        PartGroup(whole, tuple(sorted_parts[ends[whole] - num_parts[whole] : ends[whole]]))
        for whole in np.flatnonzero(num_parts >= 2).tolist()
    ]
