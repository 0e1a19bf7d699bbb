from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod
from shapely import Polygon, affinity

from geoseg.config import FootprintConfig
from geoseg.crs import WGS84, local_metric_crs, transform_polygons
from geoseg.footprints import make_footprints
from geoseg.footprints.overlap import SLIVER_M2
from geoseg.types import Detection, Footprints
from tests.footprints.masks import make_mask

UTM = CRS.from_epsg(32645)
NORTH_UP = Affine(0.3, 0, 500_000, 0, -0.3, 3_000_000)
METRIC = local_metric_crs(UTM, 500_100, 2_999_900)
CONFIG = FootprintConfig()


def _combine(first: Affine, second: Affine) -> Affine:
    """The matrix product; affine's own operator for it differs between its versions."""
    product = np.array(first).reshape(3, 3) @ np.array(second).reshape(3, 3)
    return Affine(*product.ravel()[:6].tolist())


def _detect(house: Polygon, score: float = 0.9, num_cells: int = 28) -> Detection:
    """A detection of a polygon in pixels, its box a little larger than it."""
    x1, y1, x2, y2 = house.bounds
    box = np.array([y1 - 1.5, x1 - 2, y2 + 1, x2 + 2.5], np.float32)
    return Detection(box, score, make_mask(house, box, num_cells=num_cells))


def _make(
    detections: list[Detection],
    transform: Affine = NORTH_UP,
    crs: CRS = UTM,
    config: FootprintConfig = CONFIG,
    metric_crs: CRS | None = METRIC,
) -> Footprints:
    return make_footprints(
        detections, transform=transform, crs=crs, config=config, metric_crs=metric_crs
    )


def _in_metres(house: Polygon, transform: Affine, crs: CRS, target: CRS) -> Polygon:
    """A polygon in pixels on the ground, worked out on its own."""
    matrix = [transform.a, transform.b, transform.d, transform.e, transform.c, transform.f]
    (moved,) = transform_polygons(np.array([affinity.affine_transform(house, matrix)]), crs, target)
    return moved


def _iou(one: Polygon, other: Polygon) -> float:
    return one.intersection(other).area / one.union(other).area


HOUSE = affinity.rotate(shapely.box(100, 60, 160, 100), 20)


def test_footprint_lies_where_its_pixels_are() -> None:
    found = _make([_detect(HOUSE)])
    expected = _in_metres(HOUSE, NORTH_UP, UTM, METRIC)
    assert _iou(found.polygons[0], expected) > 0.97
    assert len(found.polygons[0].exterior.coords) <= 7
    assert found.scores.dtype == np.float32
    assert found.crs == METRIC


@pytest.mark.parametrize(
    "transform",
    [
        NORTH_UP,
        _combine(NORTH_UP, Affine.scale(-1, 1)),
        _combine(NORTH_UP, Affine.scale(1, -1)),
        _combine(NORTH_UP, Affine.rotation(33)),
        _combine(NORTH_UP, _combine(Affine.rotation(200), Affine.scale(-1, 1))),
    ],
)
def test_rotated_and_mirrored_grids_keep_place_and_orientation(transform: Affine) -> None:
    house = shapely.difference(HOUSE, HOUSE.centroid.buffer(10))
    found = _make([_detect(house, num_cells=56)], transform)
    (polygon,) = found.polygons
    assert _iou(polygon, _in_metres(house, transform, UTM, METRIC)) > 0.95
    assert polygon.exterior.is_ccw
    assert [ring.is_ccw for ring in polygon.interiors] == [False]


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        (WGS84, Affine(3e-6, 0, 87, 0, -2.7e-6, 27.1)),
        (CRS.from_epsg(3857), Affine(0.3, 0, 9_000_000, 0, -0.3, 8_399_000)),
        (CRS.from_epsg(2263), Affine(1, 0, 984_000, 0, -1, 208_000)),
    ],
    ids=["degrees", "web mercator at 60 N", "US feet"],
)
def test_areas_are_true_ground_areas(crs: CRS, transform: Affine) -> None:
    found = _make([_detect(HOUSE)], transform, crs, metric_crs=None)
    (in_degrees,) = transform_polygons(found.polygons, found.crs, WGS84)
    geodesic_m2, _ = Geod(ellps="WGS84").geometry_area_perimeter(in_degrees)
    assert found.areas_m2[0] == pytest.approx(geodesic_m2, rel=1e-4)


def test_areas_are_true_in_a_projection_that_is_not() -> None:
    # Web Mercator at 60 N blows areas up by four.
    mercator = CRS.from_epsg(3857)
    transform = Affine(0.6, 0, 1_000_000, 0, -0.6, 8_399_737)
    found = _make([_detect(HOUSE)], transform, mercator, metric_crs=mercator)
    assert found.areas_m2[0] == pytest.approx(found.polygons[0].area / 4, rel=0.01)


def test_small_buildings_and_small_holes_are_dropped() -> None:
    tower = shapely.box(300, 300, 306, 306)  # 3.2 m2
    court = shapely.box(0, 0, 100, 100).difference(shapely.box(20, 20, 25, 25))  # 2.3 m2
    found = _make([_detect(tower), _detect(court, num_cells=100)])
    assert len(found) == 1
    assert len(found.polygons[0].interiors) == 0
    everything = FootprintConfig(min_area_m2=0)
    found = _make([_detect(tower), _detect(court, num_cells=100)], config=everything)
    assert [len(polygon.interiors) for polygon in found.polygons] == [0, 1]


def test_order_of_the_detections_is_kept_and_empty_masks_are_left_out() -> None:
    empty = Detection(np.array([0, 0, 9, 9], np.float32), 0.99, np.zeros((28, 28), np.float16))
    moved = affinity.translate(HOUSE, 200, 0)
    found = _make([_detect(moved, 0.2), empty, _detect(HOUSE, 0.7)])
    assert found.scores.tolist() == pytest.approx([0.2, 0.7])
    assert found.polygons[0].centroid.x > found.polygons[1].centroid.x


def test_no_detections_give_no_footprints_with_a_crs() -> None:
    found = _make([], metric_crs=None)
    assert len(found) == len(found.scores) == len(found.areas_m2) == 0
    assert found.crs.axis_info[0].unit_name == "metre"


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**32 - 1),
    shift=st.tuples(st.integers(-200, 200), st.integers(-200, 200)),
)
def test_footprints_are_sound_and_move_with_whole_pixels(seed: int, shift: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    detections, moved = [], []
    for _ in range(5):
        corner = rng.integers(0, 120, 2).astype(np.float32)
        box = np.concatenate([corner, corner + rng.integers(20, 60, 2)]).astype(np.float32)
        # Noise all over: between equal distances Douglas-Peucker would have to choose.
        coarse = np.pad(np.kron(rng.uniform(0.35, 0.9, (4, 4)), np.ones((6, 6))), 1)
        mask = (coarse + rng.uniform(-0.1, 0.1, coarse.shape)).astype(np.float32)
        score = float(rng.random())
        detections.append(Detection(box, score, mask))
        offset = np.array([shift[1], shift[0]] * 2, np.float32)
        moved.append(Detection(box + offset, score, mask))
    found = _make(detections)
    assert shapely.is_valid(found.polygons).all()
    assert all(polygon.exterior.is_ccw for polygon in found.polygons)
    assert (found.areas_m2 >= CONFIG.min_area_m2).all()
    one, other = np.triu_indices(len(found), k=1)
    shared = shapely.intersection(found.polygons[one], found.polygons[other])
    assert (shapely.area(shared) <= SLIVER_M2).all()

    # The same pixels on a grid whose origin moved the other way.
    again = _make(moved, _combine(NORTH_UP, Affine.translation(-shift[0], -shift[1])))
    assert len(again) == len(found)
    assert (shapely.hausdorff_distance(again.polygons, found.polygons) < 1e-5).all()
