from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, affinity

from geoseg.footprints import contour_mask, straighten_walls
from tests.footprints.masks import make_mask


def _as_array(*polygons: Polygon) -> np.ndarray:
    return np.array(polygons, dtype=object)


def test_cut_corners_of_a_contour_become_sharp_again() -> None:
    contour = contour_mask(np.ones((28, 28)), np.array([0, 0, 14, 14]))
    (house,) = straighten_walls(_as_array(contour), 0.5)
    assert len(house.exterior.coords) == 5
    assert house.symmetric_difference(shapely.box(0, 0, 14, 14)).area < 0.4


def test_wall_runs_through_the_middle_of_its_noise() -> None:
    # The upper wall swings between 9.8 and 10.2; Douglas-Peucker would hang it on the outliers.
    swing = [(x, 10 + (0.2 if x % 2 else -0.2)) for x in range(19, 0, -1)]
    (house,) = straighten_walls(_as_array(Polygon([(0, 0), (20, 0), (20, 10), *swing, (0, 10)])), 1)
    assert len(house.exterior.coords) == 5
    assert house.area == pytest.approx(200, rel=0.01)


def test_holes_are_straightened_too() -> None:
    mask = np.ones((40, 40))
    mask[10:30, 10:30] = 0
    contour = contour_mask(mask, np.array([0, 0, 40, 40]))
    (house,) = straighten_walls(_as_array(contour), 0.8)
    (hole,) = house.interiors
    assert len(hole.coords) == 5
    assert Polygon(hole).area == pytest.approx(400, rel=0.01)


def test_hole_smaller_than_the_tolerance_stays_a_hole() -> None:
    house = shapely.box(0, 0, 20, 20).difference(shapely.Point(10, 10).buffer(0.3))
    (result,) = straighten_walls(_as_array(house), 2.0)
    assert result.is_valid
    assert len(result.interiors) == 1


def test_zero_tolerance_and_no_polygons_change_nothing() -> None:
    house = shapely.Point(0, 0).buffer(5)
    assert straighten_walls(_as_array(house), 0)[0].equals_exact(house, 0)
    assert len(straighten_walls(np.empty(0, dtype=object), 0.5)) == 0


def test_points_that_coincide_are_no_wall() -> None:
    # A contour that ends at a cell of exactly 0.5 passes it several times.
    mask = np.ones((7, 7))
    mask[2:5, 2:5] = [[0.75, 0.75, 0.75], [0.75, 0.75, 0.25], [0.25, 0.5, 0.75]]
    contour = contour_mask(mask, np.array([0, 0, 7, 7]))
    assert any((np.diff(ring.coords, axis=0) == 0).all(axis=1).any() for ring in contour.interiors)
    (result,) = straighten_walls(_as_array(contour), 0.5)
    assert result.is_valid
    assert shapely.hausdorff_distance(result, contour) <= 0.5


def test_fitted_walls_beat_douglas_peucker() -> None:
    rng = np.random.default_rng(0)
    box = np.array([0.0, 0.0, 28.0, 28.0])
    truth, contours = [], []
    for _ in range(60):
        house = affinity.rotate(shapely.box(0, 0, *rng.uniform(9, 17, 2)), rng.uniform(0, 90))
        middle = house.centroid
        house = affinity.translate(house, 14 - middle.x, 14 - middle.y)
        truth.append(house)
        contours.append(contour_mask(make_mask(house, box, noise=0.1, seed=len(truth)), box))
    plain = shapely.simplify(np.array(contours), 0.75)
    fitted = straighten_walls(np.array(contours), 0.75)

    def mean_iou(polygons: np.ndarray) -> float:
        shared = shapely.area(shapely.intersection(polygons, truth))
        return float(np.mean(shared / shapely.area(shapely.union(polygons, truth))))

    assert mean_iou(fitted) > mean_iou(plain) + 0.01
    num_vertices = [shapely.get_num_coordinates(polygons).sum() for polygons in (fitted, plain)]
    assert num_vertices[0] <= 1.02 * num_vertices[1]


@given(seeds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4))
def test_result_is_valid_within_tolerance_and_does_not_depend_on_its_neighbours(
    seeds: list[int],
) -> None:
    contours = [
        contour_mask(np.random.default_rng(seed).random((9, 7)), np.array([0, 0, 18, 14]))
        for seed in seeds
    ]
    polygons = _as_array(*(contour for contour in contours if not contour.is_empty))
    result = straighten_walls(polygons, 0.4)
    assert shapely.is_valid(result).all()
    assert (shapely.hausdorff_distance(result, polygons) <= 0.4 + 1e-9).all()
    alone = [straighten_walls(_as_array(polygon), 0.4)[0] for polygon in polygons]
    assert shapely.equals_exact(result, alone, 1e-9).all()
