"""One detection per building, whatever the tiles have seen of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.detections.merge import merge_detections
from geoseg.tiles import make_grid
from geoseg.types import Detection, Tile
from tests.detections.views import Rectangle, view, views

# Two tiles side by side, windows 0..100 and 60..160, over a raster of 100 x 160.
PAIR = list(make_grid((100, 160), TileConfig(tile_size_px=100, overlap_px=40)))
PAIR_HW = (100, 160)
# Windows start at 0, 60, 120 and 150 along both axes.
GRID_HW = (250, 250)
GRID = list(make_grid(GRID_HW, TileConfig(tile_size_px=100, overlap_px=40)))


def merge(
    detections: list[Detection], tiles: list[Tile], shape_hw: tuple[int, int]
) -> list[Detection]:
    """`merge_detections` with the tiles of a list."""
    return merge_detections(detections, {tile.index: tile for tile in tiles}.__getitem__, shape_hw)


def boxes_of(detections: list[Detection]) -> list[list[float]]:
    """Boxes as plain numbers."""
    return [one.box.tolist() for one in detections]


def test_nothing_merges_to_nothing() -> None:
    assert merge([], PAIR, PAIR_HW) == []


def test_a_building_in_the_middle_of_the_overlap_is_one_and_both_views_count_alike() -> None:
    building = (20, 70, 40, 90)
    left, right = view(PAIR[0], building, score=0.6), view(PAIR[1], building, score=0.8)
    (merged,) = merge([left, right], PAIR, PAIR_HW)
    assert merged.box.tolist() == list(building)
    assert merged.score == pytest.approx(0.7)
    assert merged.tile_index == -1


def test_what_one_tile_alone_has_seen_is_unchanged() -> None:
    alone = view(PAIR[0], (20, 62, 40, 98))
    assert merge([alone], PAIR, PAIR_HW) == [alone]


def test_a_whole_view_counts_more_than_a_fragment_of_higher_score() -> None:
    building = (20, 80, 40, 130)
    fragment, whole = view(PAIR[0], building, score=0.99), view(PAIR[1], building, score=0.5)
    (merged,) = merge([fragment, whole], PAIR, PAIR_HW)
    assert merged.box.tolist() == list(building)
    assert 0.5 < merged.score < 0.6


def test_touching_neighbours_stay_two() -> None:
    buildings = [(20.0, 62.0, 40.0, 80.0), (20.0, 80.0, 40.0, 98.0)]
    merged = merge(views(PAIR, buildings), PAIR, PAIR_HW)
    assert boxes_of(merged) == [list(one) for one in buildings]
    assert {one.tile_index for one in merged} == {-1}


def test_touching_neighbours_that_tiles_cut_stay_two() -> None:
    # Row houses that reach through all three columns of windows.
    buildings = [(20.0, 10.0, 40.0, 240.0), (40.0, 10.0, 55.0, 240.0)]
    merged = merge(views(GRID, buildings), GRID, GRID_HW)
    assert boxes_of(merged) == [list(one) for one in buildings]


def test_a_building_larger_than_a_tile_is_put_together() -> None:
    building = (13.0, 21.0, 237.0, 226.0)
    fragments = views(GRID, [building])
    assert len(fragments) == len(GRID)
    (merged,) = merge(fragments, GRID, GRID_HW)
    assert merged.box.tolist() == list(building)
    assert merged.mask.shape == (224, 205)
    assert merged.mask.min() > 0.5
    assert merged.tile_index == -1
    assert merged.score == pytest.approx(0.9)


def test_the_score_of_fragments_is_weighted_by_area_and_depth() -> None:
    building = (20, 10, 40, 150)
    left, right = view(PAIR[0], building, score=0.9), view(PAIR[1], building, score=0.3)
    right = replace(right, box=np.array([20, 60, 40, 105], np.float32))
    # The right view ends where its tile does not: only its left end is cut. A pixel counts by its
    # distance to the inner border, 32 at most: 58 * 32 + 32 * 16 and 32 * 16 + 13 * 32 a row.
    (merged,) = merge([left, right], PAIR, PAIR_HW)
    assert merged.score == pytest.approx((0.9 * 2368 + 0.3 * 928) / 3296)
    assert merged.box.tolist() == [20, 10, 40, 105]


def test_the_edge_of_the_raster_cuts_nothing() -> None:
    # It touches three edges of the raster, and the tile on the left sees all of it.
    building = (0, 0, 100, 95)
    fragment, whole = view(PAIR[1], building, score=0.95), view(PAIR[0], building, score=0.6)
    (merged,) = merge([fragment, whole], PAIR, PAIR_HW)
    assert merged.box.tolist() == list(building)
    assert merged.mask.shape == (100, 95)
    assert merged.mask.min() == 1


def test_a_fragment_that_nobody_else_saw_stays_as_it_is() -> None:
    fragment = view(PAIR[0], (20, 80, 40, 130))
    assert merge([fragment], PAIR, PAIR_HW) == [fragment]


def test_a_small_building_within_a_cut_one_does_not_replace_it() -> None:
    hall = view(PAIR[0], (10, 10, 90, 130), score=0.7)
    part = view(PAIR[1], (40, 70, 60, 90), score=0.9)
    assert boxes_of(merge([hall, part], PAIR, PAIR_HW)) == boxes_of([hall, part])


def test_a_whole_view_within_a_much_larger_one_is_another_building() -> None:
    house, part = (20, 64, 48, 92), (30, 70, 44, 84)
    seen = [view(PAIR[0], house, score=0.7), view(PAIR[1], part, score=0.9)]
    assert boxes_of(merge(seen, PAIR, PAIR_HW)) == boxes_of(seen)


def test_other_classes_are_other_objects() -> None:
    building = (20, 70, 40, 90)
    house, tree = view(PAIR[0], building), replace(view(PAIR[1], building), class_index=1)
    assert len(merge([house, tree], PAIR, PAIR_HW)) == 2


def test_detections_of_one_tile_are_never_merged() -> None:
    building = (20, 70, 40, 90)
    assert len(merge([view(PAIR[0], building)] * 2, PAIR, PAIR_HW)) == 2


def test_masks_decide_and_not_boxes() -> None:
    # Two L-shaped halves of one square: the boxes are the same, the masks share nothing.
    building = (20, 64, 48, 92)
    upper = np.triu(np.ones((28, 28), np.float16), 1)
    one = replace(view(PAIR[0], building), mask=upper)
    other = replace(view(PAIR[1], building), mask=upper.T.copy())
    assert len(merge([one, other], PAIR, PAIR_HW)) == 2


@st.composite
def separate_buildings(draw: st.DrawFn) -> list[Rectangle]:
    """Up to nine buildings, one in each cell of 3 x 3."""
    buildings = []
    for cell in draw(st.sets(st.integers(0, 8))):
        top = cell // 3 * 83 + draw(st.integers(0, 30))
        left = cell % 3 * 83 + draw(st.integers(0, 30))
        height, width = draw(st.integers(4, 50)), draw(st.integers(4, 50))
        buildings.append((top, left, top + height, left + width))
    return [tuple(float(value) for value in one) for one in buildings]  # type: ignore[misc]


@given(separate_buildings(), st.randoms(use_true_random=False))
def test_each_building_comes_out_once_whatever_the_order(
    buildings: list[Rectangle], random: object
) -> None:
    detections = views(GRID, buildings)
    merged = merge(detections, GRID, GRID_HW)
    assert boxes_of(merged) == sorted(list(one) for one in buildings)
    random.shuffle(detections)  # type: ignore[attr-defined]
    again = merge(detections, GRID, GRID_HW)
    assert boxes_of(again) == boxes_of(merged)
    for one, other in zip(merged, again, strict=True):
        assert one.score == other.score
        assert one.tile_index == other.tile_index
        assert one.mask.tobytes() == other.mask.tobytes()
