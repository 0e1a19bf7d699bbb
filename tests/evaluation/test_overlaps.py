from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geoseg.evaluation.overlaps import PartGroup, find_merges, find_overlaps, find_splits

HOUSE = box(0, 0, 10, 10)


def polygons(*boxes: shapely.Polygon) -> np.ndarray:
    return np.array(boxes, dtype=object)


def test_overlaps_name_each_pair_that_shares_area() -> None:
    found = find_overlaps(polygons(box(0, 0, 5, 10), box(10, 0, 20, 10)), polygons(HOUSE))
    # The second one only touches.
    assert (found.pred.tolist(), found.truth.tolist(), found.areas.tolist()) == ([0], [0], [50])
    assert found.compute_ious().tolist() == [0.5]


@pytest.mark.parametrize(
    ("parts", "is_split"),
    [
        ([box(0, 0, 5, 10), box(5, 0, 10, 10)], True),
        ([HOUSE], False),
        # Half of the second lies outside: just enough. A little more: not enough.
        ([box(0, 0, 8, 10), box(8, 0, 12, 10)], True),
        ([box(0, 0, 8, 10), box(8, 0, 12.1, 10)], False),
        # A tenth of the house is enough, less is not.
        ([box(0, 0, 9, 10), box(9, 0, 10, 10)], True),
        ([box(0, 0, 9, 10), box(9, 0, 10, 9.9)], False),
    ],
)
def test_what_is_a_split_is_a_merge_from_the_other_side(
    parts: list[shapely.Polygon], is_split: bool
) -> None:
    groups = [PartGroup(0, (0, 1))] if is_split else []
    overlaps = find_overlaps(polygons(*parts), polygons(HOUSE))
    assert (find_splits(overlaps), find_merges(overlaps)) == (groups, [])
    overlaps = find_overlaps(polygons(HOUSE), polygons(*parts))
    assert (find_splits(overlaps), find_merges(overlaps)) == ([], groups)


def test_groups_are_told_apart() -> None:
    truth = polygons(*(box(x, 0, x + 10, 10) for x in (0, 20, 40)))
    pred = polygons(
        box(40, 0, 45, 10), box(0, 0, 5, 10), box(45, 0, 50, 10), box(21, 0, 30, 10),
        box(5, 0, 7, 10), box(7, 0, 10, 10),
    )  # fmt: skip
    assert find_splits(find_overlaps(pred, truth)) == [
        PartGroup(0, (1, 4, 5)),
        PartGroup(2, (0, 2)),
    ]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), max_size=6), st.data())
def test_groups_follow_the_rule(spans: list[tuple[int, int]], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), max_size=6))
    pred, truth = (
        polygons(*(box(start, 0, start + width, 1) for start, width in side))
        for side in (spans, others)
    )
    expected = []
    for number, house in enumerate(truth):
        shared = [one.intersection(house).area for one in pred]
        inside = [
            index
            for index, one in enumerate(pred)
            if shared[index] >= 0.5 * one.area and shared[index] >= 0.1 * house.area
        ]
        if len(inside) > 1:
            expected.append(PartGroup(number, tuple(inside)))
    assert find_splits(find_overlaps(pred, truth)) == expected


def test_sides_without_buildings_have_no_groups() -> None:
    for pred, truth in ((polygons(), polygons(HOUSE)), (polygons(HOUSE), polygons())):
        overlaps = find_overlaps(pred, truth)
        assert (find_splits(overlaps), find_merges(overlaps)) == ([], [])
