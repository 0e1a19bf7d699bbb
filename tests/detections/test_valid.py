"""Detections on parts of a tile that have no data."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geoseg.detections.valid import drop_invalid, find_window
from geoseg.types import Detection


def make_detection(*box: float) -> Detection:
    """A full rectangle, (y1, x1, y2, x2)."""
    return Detection(np.array(box, np.float32), 0.9, np.ones((14, 14), np.float32))


def test_a_valid_tile_keeps_all() -> None:
    found = [make_detection(0, 0, 4, 4)]
    assert drop_invalid(found, np.ones((9, 9), bool), 1.0) == found


def test_the_share_of_valid_pixels_decides() -> None:
    valid = np.ones((10, 10), bool)
    valid[:, 5:] = False
    # 1 and 3 of 4 columns are valid.
    mostly_out, mostly_in = make_detection(2, 4, 6, 8), make_detection(2, 2, 6, 6)
    assert drop_invalid([mostly_out, mostly_in], valid, 0.5) == [mostly_in]
    assert drop_invalid([mostly_out, mostly_in], valid, 0.25) == [mostly_out, mostly_in]
    assert drop_invalid([mostly_out, mostly_in], valid, 0.76) == []


def test_the_mask_counts_and_not_the_box() -> None:
    valid = np.ones((10, 11), bool)
    valid[:, 5:] = False
    mask = np.zeros((10, 10), np.float32)
    mask[:, :4] = 1.0
    left_half = Detection(np.array([0, 1, 10, 11], np.float32), 0.9, mask)
    assert drop_invalid([left_half], valid, 0.99) == [left_half]


def test_a_box_beyond_the_tile_is_dropped() -> None:
    valid = np.zeros((10, 10), bool)
    assert drop_invalid([make_detection(12, 12, 15, 15)], valid, 0.1) == []


def test_no_detections_stay_none() -> None:
    assert drop_invalid([], np.zeros((3, 3), bool), 0.5) == []


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1))
def test_kept_ones_keep_their_order(seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    valid = random.random((12, 12)) < 0.7
    found = [
        make_detection(*np.sort(random.uniform(0, 12, (2, 2)), axis=0).ravel()) for _ in range(6)
    ]
    kept = drop_invalid(found, valid, share)
    assert kept == [one for one in found if any(one is other for other in kept)]


@given(st.data())
def test_a_window_holds_all_that_is_valid_and_no_more(data: st.DataObject) -> None:
    rows, cols = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    cells = st.tuples(st.integers(0, rows - 1), st.integers(0, cols - 1))
    ys, xs = zip(*data.draw(st.sets(cells, min_size=1)), strict=True)
    valid = np.zeros((rows, cols), bool)
    valid[list(ys), list(xs)] = True
    assert find_window(valid) == (min(ys), min(xs), max(ys) + 1, max(xs) + 1)
