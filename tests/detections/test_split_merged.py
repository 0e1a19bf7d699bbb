"""Merging shard by shard is the same as merging everything at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.detections.merge import merge_detections, split_merged
from geoseg.tiles import Shard, ShardPlan, make_grid
from geoseg.types import Detection, Tile
from tests.detections.views import view

GRID = make_grid((430, 520), TileConfig(tile_size_px=100, overlap_px=30))
EVERYWHERE = (-math.inf, -math.inf, math.inf, math.inf)

Content = tuple[object, ...]


def content(detection: Detection) -> Content:
    """All of a detection, to be compared to the byte."""
    box, mask = detection.box, detection.mask
    whole = (detection.score, detection.class_index, detection.tile_index)
    return (box.tobytes(), str(box.dtype), mask.tobytes(), mask.shape, str(mask.dtype), *whole)


def contents(detections: Sequence[Detection]) -> list[Content]:
    """Contents in the order of the detections."""
    return [content(one) for one in detections]


def split(
    detections: Sequence[Detection], unseen: Sequence[tuple[float, float, float, float]]
) -> tuple[list[Detection], list[Detection]]:
    """`split_merged` on the grid of these tests."""
    return split_merged(detections, GRID.tile_at, GRID.shape_hw, unseen)


@st.composite
def noisy_views(draw: st.DrawFn) -> list[Detection]:
    """What tiles see of up to twelve buildings, each tile a little differently, if at all."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    found = []
    for _ in range(draw(st.integers(0, 12))):
        top, left = random.uniform(0, 400), random.uniform(0, 490)
        bottom, right = top + random.uniform(5, 160), left + random.uniform(5, 160)
        for tile in GRID:
            found += _look(tile, (top, left, min(bottom, 430), min(right, 520)), random)
    return found


def _look(
    tile: Tile, building: tuple[float, float, float, float], random: np.random.Generator
) -> list[Detection]:
    y1, x1, y2, x2 = tile.window.box_yx
    top, left = max(building[0], y1), max(building[1], x1)
    bottom, right = min(building[2], y2), min(building[3], x2)
    if bottom - top < 4 or right - left < 4 or random.random() < 0.15:
        return []
    top, left = min(top + random.uniform(0, 3), y2), min(left + random.uniform(0, 3), x2)
    # Few distinct scores, so that some are equal.
    seen = view(tile, (top, left, bottom, right), score=float(random.integers(4, 10)) / 10)
    mask = np.clip(random.normal(0.75, 0.2, seen.mask.shape), 0, 1).astype(np.float16)
    return [Detection(seen.box, seen.score, mask, tile_index=tile.index)]


def ground_of_others(shard: Shard, shards: Sequence[Shard]) -> list[tuple[float, ...]]:
    """What the tiles of other shards see."""
    return [
        tuple(map(float, tile.window.box_yx))
        for other in shards
        if other.index != shard.index
        for tile in other.tiles
    ]


@given(noisy_views(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_merging_in_two_phases_gives_what_merging_at_once_gives(
    detections: list[Detection], tiles_per_side: int, random: object
) -> None:
    at_once = merge_detections(detections, GRID.tile_at, GRID.shape_hw)
    random.shuffle(detections)  # type: ignore[attr-defined]
    shards = list(ShardPlan(GRID, tiles_per_side=tiles_per_side))
    early, left_over = [], []
    for shard in shards:
        members = {tile.index for tile in shard.tiles}
        own = [one for one in detections if one.tile_index in members]
        merged, waiting = split(own, ground_of_others(shard, shards))  # type: ignore[arg-type]
        early += merged
        left_over += waiting
    late = merge_detections(left_over, GRID.tile_at, GRID.shape_hw)
    assert sorted(contents(early + late)) == sorted(contents(at_once))


@given(noisy_views(), st.randoms(use_true_random=False))
def test_what_waits_comes_back_as_it_was_in_an_order_of_its_own(
    detections: list[Detection], random: object
) -> None:
    unseen = [(100.0, 130.0, math.inf, math.inf)]
    merged, waiting = split(detections, unseen)
    assert {id(one) for one in waiting} <= {id(one) for one in detections}
    for one in detections:
        if one.box[2] > 100 and one.box[3] > 130:
            assert any(one is other for other in waiting)
    rest = [one for one in detections if not any(one is other for other in waiting)]
    assert contents(merged) == contents(merge_detections(rest, GRID.tile_at, GRID.shape_hw))
    random.shuffle(detections)  # type: ignore[attr-defined]
    again = split(detections, unseen)
    assert (contents(again[0]), contents(again[1])) == (contents(merged), contents(waiting))


def test_everything_waits_where_nothing_was_seen_yet() -> None:
    seen = [view(GRID.tile_at(0), (10, 10, 30, 30)), view(GRID.tile_at(1), (10, 120, 30, 150))]
    assert split(seen, [EVERYWHERE]) == ([], seen)


def test_a_building_waits_as_a_whole() -> None:
    # It reaches from the first tile into the third; only there it meets unseen ground.
    building = (10.0, 20.0, 40.0, 200.0)
    seen = [view(GRID.tile_at(index), building) for index in range(3)]
    alone = view(GRID.tile_at(0), (60, 20, 80, 40))
    unseen = [(0.0, 195.0, 100.0, 400.0)]
    merged, waiting = split([*seen, alone], unseen)
    assert merged == [alone]
    assert contents(waiting) == contents(seen)


def test_touching_unseen_ground_is_not_meeting_it() -> None:
    seen = [view(GRID.tile_at(0), (10, 10, 30, 30))]
    assert split(seen, [(0.0, 30.0, 100.0, 100.0), (30.0, 0.0, 100.0, 100.0)]) == (seen, [])
    assert split(seen, [(0.0, 29.9, 100.0, 100.0)]) == ([], seen)
