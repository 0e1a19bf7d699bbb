from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.footprints import remove_overlaps
from geoseg.footprints.overlap import SLIVER_M2, largest_part


def _boxes(*bounds: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([shapely.box(*one) for one in bounds], dtype=object)


def test_ground_goes_to_the_higher_score() -> None:
    houses, is_kept = remove_overlaps(_boxes((0, 0, 10, 10), (8, 0, 18, 10)), np.array([0.6, 0.9]))
    assert is_kept.tolist() == [True, True]
    assert houses[0].bounds == pytest.approx((0, 0, 8, 10))
    assert houses[1].bounds == (8, 0, 18, 10)


def test_chain_is_clipped_by_what_is_left_of_each() -> None:
    # The middle one loses to both; the last would lose to the middle one only what that keeps.
    boxes = _boxes((0, 0, 10, 10), (9, 0, 19, 10), (18, 0, 28, 10))
    houses, is_kept = remove_overlaps(boxes, np.array([0.9, 0.5, 0.4]))
    assert is_kept.all()
    assert [house.area for house in houses] == pytest.approx([100, 90, 90])


def test_duplicate_is_dropped_and_takes_no_ground() -> None:
    boxes = _boxes((0, 0, 10, 10), (1, 0, 11, 10), (10.5, 0, 20, 10))
    houses, is_kept = remove_overlaps(boxes, np.array([0.9, 0.8, 0.3]))
    assert is_kept.tolist() == [True, False, True]
    assert houses[2].area == pytest.approx(95)


def test_clipped_one_keeps_its_largest_part() -> None:
    boxes = _boxes((0, 0, 30, 4), (8, -5, 10, 9))
    houses, _ = remove_overlaps(boxes, np.array([0.5, 0.9]))
    assert houses[0].bounds == pytest.approx((10, 0, 30, 4))


def test_touching_neighbours_are_left_alone() -> None:
    boxes = _boxes((0, 0, 10, 10), (10, 0, 20, 10))
    houses, is_kept = remove_overlaps(boxes, np.array([0.5, 0.9]))
    assert is_kept.all()
    assert all(one is other for one, other in zip(houses, boxes, strict=True))


def test_no_polygons_give_none() -> None:
    houses, is_kept = remove_overlaps(np.empty(0, dtype=object), np.zeros(0))
    assert len(houses) == len(is_kept) == 0


def test_largest_part_looks_into_collections() -> None:
    small, large = shapely.box(0, 0, 1, 1), shapely.box(2, 0, 5, 3)
    mixed = shapely.GeometryCollection([shapely.Point(0, 0), shapely.MultiPolygon([small, large])])
    assert largest_part(mixed).equals(large)
    assert largest_part(shapely.Point(0, 0)).is_empty


@given(
    corners=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12),
    seed=st.integers(0, 999),
)
def test_none_overlap_and_order_plays_no_part(corners: list[tuple[int, int]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    boxes = _boxes(*((x, y, x + 8, y + int(rng.integers(3, 9))) for x, y in corners))
    scores = rng.integers(1, 4, len(boxes)) / 4
    houses, is_kept = remove_overlaps(boxes, scores)
    one, other = np.triu_indices(int(is_kept.sum()), k=1)
    shared = shapely.intersection(houses[is_kept][one], houses[is_kept][other])
    assert (shapely.area(shared) <= SLIVER_M2).all()
    assert shapely.is_valid(houses[is_kept]).all()

    order = rng.permutation(len(boxes))
    again, again_kept = remove_overlaps(boxes[order], scores[order])
    left = shapely.union_all(houses[is_kept])
    assert left.symmetric_difference(shapely.union_all(again[again_kept])).area < 1e-3
