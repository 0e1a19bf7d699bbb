from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from geoseg.footprints.settle import (
    NEAR_M,
    join_outlines,
    meets_any,
    split_settled,
    take_outlines,
)
from geoseg.types import PendingOutlines

GSD_M = 0.5
BELOW = (100.0, -math.inf, math.inf, math.inf)


def make_outlines(*boxes: tuple[float, float, float, float]) -> PendingOutlines:
    """Rectangles (y1, x1, y2, x2) in pixels of 0.5 m."""
    array = np.array(boxes, np.float32).reshape(-1, 4)
    y1, x1, y2, x2 = array.astype(float).T * GSD_M
    scores = np.linspace(0.9, 0.5, len(array)).astype(np.float32)
    return PendingOutlines(shapely.box(x1, -y2, x2, -y1), scores, array)


def split(outlines: PendingOutlines, *unseen: tuple[float, float, float, float]) -> list[bool]:
    """Which of the outlines are settled."""
    settled, waiting = split_settled(outlines, unseen, tolerance_m=0.5, gsd_m=GSD_M)
    assert len(settled) + len(waiting) == len(outlines)
    done = {polygon.wkb for polygon in settled.polygons}
    return [polygon.wkb in done for polygon in outlines.polygons]


def test_what_lies_where_others_may_follow_waits() -> None:
    outlines = make_outlines((10, 0, 20, 10), (50, 0, 110, 10), (150, 0, 160, 10))
    assert split(outlines, BELOW) == [True, False, False]
    assert split(outlines) == [True, True, True]


def test_room_is_left_for_outlines_that_reach_beyond_their_boxes() -> None:
    # 2 px, and 1.15 m of tolerance and nearness at 0.5 m a pixel: 4.3 px.
    assert split(make_outlines((80, 0, 96, 10)), BELOW) == [False]
    assert split(make_outlines((80, 0, 95, 10)), BELOW) == [True]


def test_a_chain_of_near_buildings_waits_for_its_last() -> None:
    gap_px = NEAR_M / GSD_M * 0.9
    row = [(90 - 20 * n, 0.0, 110 - 20 * n - gap_px, 10.0) for n in range(4)]
    assert split(make_outlines(*row), BELOW) == [False] * 4
    row[2] = (50, 0, 69, 10)
    assert split(make_outlines(*row), BELOW) == [False, False, True, True]


def test_no_outlines_are_split_into_none() -> None:
    assert split(make_outlines(), BELOW) == []


@pytest.mark.parametrize(
    ("margin_px", "expected"), [(0, [True, False, False]), (6, [True, True, False])]
)
def test_boxes_meet_rectangles_within_a_margin(margin_px: float, expected: list[bool]) -> None:
    boxes = np.array([(0, 0, 10, 10), (15, 0, 20, 10), (90, 90, 99, 99)], np.float32)
    rectangle = (-math.inf, -math.inf, 10, math.inf)
    assert meets_any(boxes, [rectangle], margin_px).tolist() == expected
    assert not meets_any(boxes, []).any()
    assert meets_any(boxes[:0], [rectangle]).shape == (0,)


def test_joined_outlines_are_in_the_order_of_their_places() -> None:
    outlines = make_outlines((10, 0, 20, 10), (50, 0, 110, 10), (10, 30, 20, 40), (5, 9, 7, 12))
    parts = [take_outlines(outlines, np.array(which, int)) for which in ([3, 0], [2], [1], [])]
    for lots in (parts, parts[::-1]):
        joined = join_outlines(lots)
        assert joined.boxes[:, 0].tolist() == [5, 10, 10, 50]
        assert joined.boxes[:, 1].tolist() == [9, 0, 30, 0]
        tops = -shapely.bounds(joined.polygons)[:, 3] / GSD_M
        assert tops.tolist() == joined.boxes[:, 0].tolist()
    assert len(join_outlines([])) == 0
