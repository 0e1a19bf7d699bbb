from __future__ import annotations

from functools import partial

import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box
from shapely.affinity import rotate, translate

from geoseg.evaluation.polygon_metrics import (
    boundary_ious,
    complexity_ious,
    count_vertices,
    list_vertices,
    polis_distances,
)
from geoseg.evaluation.tangent_angles import max_tangent_angles_deg
from tests.evaluation.outlines import max_tangent_angle_deg, polis, star

SQUARE = box(0, 0, 10, 10)
MOVED = box(1, 0, 11, 10)
TURNED = rotate(SQUARE, 45)
ELL = Polygon([(0, 0), (10, 0), (10, 5), (5, 5), (5, 10), (0, 10)])
HOLED = Polygon(SQUARE.exterior, [box(3, 3, 7, 7).exterior])
NOTHING = np.zeros(0, dtype=object)


def one(geometry: shapely.Geometry) -> np.ndarray:
    return np.array([geometry], dtype=object)


def iou_of(pred: shapely.Geometry, truth: shapely.Geometry) -> np.ndarray:
    return np.array([pred.intersection(truth).area / pred.union(truth).area])


@pytest.mark.parametrize(
    ("polygon", "count"),
    [(SQUARE, 4), (ELL, 6), (HOLED, 8), (shapely.MultiPolygon([SQUARE, box(20, 0, 30, 9)]), 8)],
)
def test_the_point_that_closes_a_ring_is_no_vertex(polygon: Polygon, count: int) -> None:
    assert count_vertices(one(polygon)).tolist() == [count]


def test_vertices_know_their_polygon() -> None:
    points, owners, is_end = list_vertices(np.array([SQUARE, HOLED]))
    assert owners.tolist() == [0] * 5 + [1] * 10
    assert np.flatnonzero(is_end).tolist() == [4, 9, 14]
    assert points[owners == 0].tolist() == [list(point) for point in SQUARE.exterior.coords]


@pytest.mark.parametrize(
    ("pred", "truth", "expected"),
    [
        (SQUARE, SQUARE, 1.0),
        (SQUARE, MOVED, 90 / 110),
        # 6 and 4 vertices: 0.75 (1 - 2/10).
        (ELL, SQUARE, 0.6),
        # 4 and 8 vertices: 0.84 (1 - 4/12).
        (SQUARE, HOLED, 0.56),
    ],
)
def test_c_iou_worked_by_hand(pred: Polygon, truth: Polygon, expected: float) -> None:
    counts = count_vertices(one(pred)), count_vertices(one(truth))
    assert complexity_ious(iou_of(pred, truth), *counts) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("pred", "truth", "expected"),
    [
        (SQUARE, SQUARE, 0.0),
        # Two of the four corners of each lie on the other's walls, two 1 m off.
        (SQUARE, MOVED, 0.5),
        # (5, 5) is 5 m off, one of six; (10, 10) likewise, one of four.
        (ELL, SQUARE, (5 / 6 + 5 / 4) / 2),
        # Every corner stands half a diagonal less half a side away.
        (TURNED, SQUARE, np.sqrt(50) - 5),
        # The four corners of the hole are 3 m from the outer walls: half of eight corners.
        (SQUARE, HOLED, 0.75),
    ],
)
def test_polis_worked_by_hand(pred: Polygon, truth: Polygon, expected: float) -> None:
    assert polis_distances(one(pred), one(truth)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("pred", "truth", "expected"),
    [
        (SQUARE, SQUARE, 1.0),
        # Bands of 36 m2 share 18: 90 of the squares - 64 - 64 + 56 of what is cut out.
        (SQUARE, MOVED, 18 / (36 + 36 - 18)),
        (SQUARE, box(100, 0, 110, 10), 0.0),
        # The band of the hole's wall, of squares with round corners, is all that differs.
        (SQUARE, HOLED, 36 / (36 + 6**2 - 4**2 - 4 + np.pi)),
    ],
)
def test_boundary_iou_worked_by_hand(pred: Polygon, truth: Polygon, expected: float) -> None:
    assert boundary_ious(one(pred), one(truth), 1.0) == pytest.approx(expected, abs=2e-3)


def test_polygons_narrower_than_two_bands_are_compared_whole() -> None:
    pred, truth = box(0, 0, 10, 1.9), box(1, 0, 11, 1.9)
    assert boundary_ious(one(pred), one(truth), 1.0) == pytest.approx(iou_of(pred, truth))


def test_boundary_iou_agrees_with_fine_pixels() -> None:
    size, scale = 1000, 40
    pred, truth = star(1, x=12.5, y=12.5), star(2, x=12.5, y=12.5)
    bands = []
    for polygon in (pred, truth):
        mask = np.zeros((size, size), np.uint8)
        corners = np.round(np.array(polygon.exterior.coords) * scale * 16 - 8).astype(np.int32)
        cv2.fillPoly(mask, [corners], 1, shift=4)
        bands.append((mask > 0) & (cv2.distanceTransform(mask, cv2.DIST_L2, 5) <= scale))
    expected = (bands[0] & bands[1]).sum() / (bands[0] | bands[1]).sum()
    assert boundary_ious(one(pred), one(truth), 1.0) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("pred", "truth", "expected"),
    [
        (SQUARE, SQUARE, 0.0),
        (HOLED, HOLED, 0.0),
        # A wall that rises by 2 m over 100 m, outside a wall that is level.
        (
            Polygon([(0, 0), (100, 0), (100, 12), (0, 10)]),
            box(0, 0, 100, 10),
            np.degrees(np.arctan(2 / 100)),
        ),
        # A corner that is cut off: its wall stands at 45 degrees to both walls of the truth.
        (Polygon([(0, 0), (10, 0), (10, 8), (8, 10), (0, 10)]), SQUARE, 45.0),
    ],
)
def test_tangent_angle_worked_by_hand(pred: Polygon, truth: Polygon, expected: float) -> None:
    angle_deg = max_tangent_angles_deg(one(pred), one(truth), 0.5)
    assert angle_deg == pytest.approx(expected, abs=1e-6)


def test_no_angle_where_every_step_is_left_out() -> None:
    # All of the speck is nearest to one corner.
    speck = box(-2, -2, -1, -1)
    assert np.isnan(max_tangent_angles_deg(one(speck), one(SQUARE), 1)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1000), st.floats(0.3, 3))
def test_metrics_agree_with_plain_code(seed: int, other_seed: int, spacing: float) -> None:
    pred, truth = star(seed), star(other_seed, 6)
    # In company, so that a mix-up of pairs would show.
    preds, truths = np.array([SQUARE, pred, TURNED]), np.array([HOLED, truth, SQUARE])
    assert polis_distances(preds, truths)[1] == pytest.approx(polis(pred, truth))
    expected = max_tangent_angle_deg(pred, truth, spacing)
    angle_deg = max_tangent_angles_deg(preds, truths, spacing)[1]
    # The cosine of small angles is coarse.
    expected = np.nan if expected is None else expected
    assert angle_deg == pytest.approx(expected, abs=1e-5, nan_ok=True)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(-100, 100), st.floats(0, 360))
def test_moving_and_turning_both_changes_nothing(seed: int, shift: float, angle: float) -> None:
    pred, truth = star(seed), star(seed + 1)
    moved = [rotate(translate(each, shift, -shift), angle, origin=(0, 0)) for each in (pred, truth)]
    for metric in (polis_distances, partial(boundary_ious, width=1.0)):
        before = metric(one(pred), one(truth))
        assert metric(one(moved[0]), one(moved[1])) == pytest.approx(before, abs=1e-6)
        assert metric(one(truth), one(pred)) == pytest.approx(before, abs=1e-9)


def test_no_pairs_give_no_values() -> None:
    assert polis_distances(NOTHING, NOTHING).shape == (0,)
    assert boundary_ious(NOTHING, NOTHING, 1).shape == (0,)
    assert max_tangent_angles_deg(NOTHING, NOTHING, 1).shape == (0,)
    assert count_vertices(NOTHING).shape == (0,)
