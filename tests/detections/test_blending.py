"""Several views of one building as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import TileConfig
from geoseg.detections.blending import FADE_PX, blend_views, find_inside, weigh_pixels
from geoseg.tiles import make_grid
from geoseg.types import Detection
from tests.detections.views import view

# Windows 0..100 and 60..160 over a raster of 100 x 160.
SHAPE_HW = (100, 160)
GRID = make_grid(SHAPE_HW, TileConfig(tile_size_px=100, overlap_px=40))
TILES = dict(enumerate(GRID))


def blend(views: list[Detection]) -> Detection:
    """`blend_views` with the tiles of this file."""
    return blend_views(views, TILES, SHAPE_HW)


def test_a_single_view_stays_as_it_is() -> None:
    alone = view(TILES[0], (20, 70, 40, 90))
    assert blend([alone]) is alone


def test_each_pixel_is_weighted_by_its_distance_to_the_tiles_borders() -> None:
    # The left tile says 0.9 everywhere, the right one 0.6.
    building = (10, 62, 30, 98)
    left, right = view(TILES[0], building), view(TILES[1], building)
    left = replace(left, mask=np.full((28, 28), 0.9, np.float32))
    right = replace(right, mask=np.full((28, 28), 0.6, np.float32))
    merged = blend([left, right])
    assert merged.box.tolist() == list(building)
    # Columns 62 .. 97: the left tile ends at 100, the right one begins at 60.
    centres = np.arange(62, 98) + 0.5
    to_left, to_right = np.minimum(100 - centres, 32), np.minimum(centres - 60, 32)
    expected = (0.9 * to_left + 0.6 * to_right) / (to_left + to_right)
    np.testing.assert_allclose(merged.mask, np.tile(expected, (20, 1)), atol=5e-4)
    assert merged.mask.dtype == np.float16


def test_parts_seen_by_one_tile_are_one_voice() -> None:
    # A court, open to the right: the left tile sees two arms, the right one all of it.
    whole = view(TILES[1], (20, 62, 60, 120))
    arms = [view(TILES[0], (20, 62, 38, 98)), view(TILES[0], (42, 62, 60, 98))]
    mask = np.ones((40, 58), np.float16)
    mask[18:22, :38] = 0
    merged = blend([replace(whole, mask=mask), *arms])
    assert merged.box.tolist() == [20, 62, 60, 120]
    np.testing.assert_array_equal(merged.mask > 0.5, mask > 0.5)


def test_the_box_fits_what_is_left() -> None:
    # Near its border the left tile sees too much, and far from its own the right tile does not.
    left, right = view(TILES[0], (20, 88, 40, 99)), view(TILES[1], (20, 88, 40, 93))
    merged = blend([left, right])
    assert merged.box.tolist() == [20, 88, 40, 94]
    assert merged.mask.shape == (20, 6)


def test_the_class_is_kept() -> None:
    seen = [replace(view(tile, (20, 70, 40, 90)), class_index=3) for tile in GRID]
    assert blend(seen).class_index == 3


def test_views_that_show_nothing_give_nothing() -> None:
    empty = [
        replace(view(tile, (20, 70, 40, 90), score=0.5), mask=np.zeros((28, 28), np.float16))
        for tile in GRID
    ]
    merged = blend(empty)
    assert merged.score == 0.5
    assert merged.mask.max() == 0


def test_borders_along_the_edge_of_the_raster_do_not_count() -> None:
    weights = weigh_pixels(TILES[0], (0, 0, 100, 100), SHAPE_HW)
    assert weights[0, 0] == weights[99, 0] == FADE_PX
    np.testing.assert_array_equal(weights[50, -3:], [2.5, 1.5, 0.5])
    weights = weigh_pixels(TILES[1], (0, 60, 100, 160), SHAPE_HW)
    np.testing.assert_array_equal(weights[50, :3], [0.5, 1.5, 2.5])
    assert weights[50, -1] == FADE_PX


def test_the_inside_has_a_margin_of_one_cell() -> None:
    mask = np.zeros((6, 5))
    mask[2, 3] = 0.9
    assert find_inside(mask) == (slice(1, 4), slice(2, 5))
    assert find_inside(np.zeros((6, 5))) == (slice(0, 6), slice(0, 5))


@given(st.integers(0, 2**32), st.integers(1, 6))
def test_the_blend_lies_between_the_views_and_so_does_its_score(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    seen = []
    for number in range(count):
        top, left = random.uniform(0, 40), random.uniform(61, 75)
        bottom, right = top + random.uniform(8, 50), left + random.uniform(8, 24)
        one = view(TILES[number % 2], (top, left, bottom, right), score=float(random.random()))
        mask = random.uniform(0.3, 1, one.mask.shape).astype(np.float16)
        seen.append(replace(one, mask=mask))
    merged = blend(seen)
    scores = [one.score for one in seen]
    assert min(scores) - 1e-9 <= merged.score <= max(scores) + 1e-9
    assert 0 <= merged.mask.min() <= merged.mask.max() <= 1
    boxes = np.stack([one.box for one in seen])
    assert (merged.box[:2] >= np.floor(boxes[:, :2].min(axis=0))).all()
    assert (merged.box[2:] <= np.ceil(boxes[:, 2:].max(axis=0))).all()
    height, width = (merged.box[2:] - merged.box[:2]).tolist()
    assert count == 1 or merged.mask.shape == pytest.approx((height, width))
