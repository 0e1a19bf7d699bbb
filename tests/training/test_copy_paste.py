"""Buildings pasted in: their pixels, their labels, and what they hide."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import affinity

from geoseg.training.copy_paste import MAX_SHARED, Scene, find_candidates, paste_buildings
from geoseg.training.loaded_image import LoadedImage
from geoseg.training.outlines import hide_under
from geoseg.training.placement import Placement
from tests.training.in_memory import area_of, make_box, make_loaded, make_object
from tests.training.labelled import draw_polygon

STRAIGHT = Placement(1.0, 0.0)
HOUSE = [(40.0, 42.0), (71.0, 45.0), (69.0, 66.0), (55.0, 65.0), (54.0, 74.0), (38.0, 72.0)]
TILE_PX = 120


def make_donor(*, is_ignored: bool = False) -> LoadedImage:
    """A white house on black."""
    grey = np.round(255 * draw_polygon(HOUSE, (110, 114))).astype(np.uint8)
    house = make_object(HOUSE, class_index=2, is_ignored=is_ignored)
    return make_loaded(np.repeat(grey[..., np.newaxis], 3, axis=2), house)


def make_scene(*objects: object) -> Scene:
    """A black tile."""
    return Scene(np.zeros((TILE_PX, TILE_PX, 3), np.uint8), objects)  # type: ignore[arg-type]


def paste(scene: Scene, donor: LoadedImage, seed: int, placement: Placement = STRAIGHT) -> Scene:
    """`paste_buildings` with one building."""
    return paste_buildings(scene, donor, placement, 1, np.random.default_rng(seed))


def centre_of(weights: NDArray[np.float64]) -> tuple[float, float]:
    """Centre of mass, (x, y)."""
    rows, cols = np.indices(weights.shape) + 0.5
    return float((cols * weights).sum() / weights.sum()), float(
        (rows * weights).sum() / weights.sum()
    )


@given(
    seed=st.integers(0, 2**32 - 1),
    zoom=st.floats(0.4, 1.2),
    angle_rad=st.floats(0, 2 * math.pi),
    is_mirrored=st.booleans(),
)
@settings(max_examples=40)
def test_the_label_lies_on_the_pixels(
    seed: int, zoom: float, angle_rad: float, is_mirrored: bool
) -> None:
    pasted = paste(make_scene(), make_donor(), seed, Placement(zoom, angle_rad, is_mirrored))
    (label,) = pasted.objects
    assert (label.class_index, label.is_ignored) == (2, False)
    area = area_of(label)
    assert shapely.box(0, 0, TILE_PX, TILE_PX).buffer(1e-3).contains(area)
    # shapely's own transformation of the house, up to a shift.
    expected = affinity.scale(shapely.Polygon(HOUSE), -1.0 if is_mirrored else 1.0, origin=(0, 0))
    expected = affinity.rotate(expected, angle_rad, origin=(0, 0), use_radians=True)
    expected = affinity.scale(expected, zoom, zoom, origin=(0, 0))
    low_x, low_y, *_ = expected.bounds
    expected = affinity.translate(expected, area.bounds[0] - low_x, area.bounds[1] - low_y)
    assert expected.symmetric_difference(area).area < 1e-3 * area.area
    seen = pasted.tile[..., 0] / 255.0
    truth = draw_polygon([tuple(point) for point in label.rings[0].tolist()], seen.shape)
    assert np.minimum(seen, truth).sum() / np.maximum(seen, truth).sum() > 0.9
    assert centre_of(seen) == pytest.approx(centre_of(truth), abs=0.05)
    assert seen.sum() / truth.sum() == pytest.approx(1, abs=0.03)


def test_the_tile_that_came_in_is_left_alone() -> None:
    scene = make_scene()
    assert paste(scene, make_donor(), 0).tile.any()
    assert not scene.tile.any()


def test_beyond_a_soft_edge_the_tile_shows_through() -> None:
    scene = Scene(np.full((TILE_PX, TILE_PX, 3), 90, np.uint8), ())
    pasted = paste(scene, make_donor(), 3)
    ys, xs = np.indices((TILE_PX, TILE_PX)) + 0.5
    distance = shapely.distance(area_of(*pasted.objects), shapely.points(xs, ys))
    assert (pasted.tile[distance > 4.0] == 90).all()
    assert (pasted.tile[distance > 2.5] > 80).all()
    inner = shapely.contains_xy(area_of(*pasted.objects).buffer(-2.0), xs, ys)
    assert (pasted.tile[inner] > 250).all()


def test_what_is_hidden_leaves_the_labels() -> None:
    under = make_object(make_box(10, 10, 20, 20), class_index=1)
    beside = make_object(make_box(60, 60, 10, 10))
    clipped, same = hide_under([under, beside], shapely.box(20, 0, 40, 50))
    assert same is beside
    assert clipped is not None
    assert area_of(clipped).equals(shapely.box(10, 10, 20, 30))
    assert (clipped.class_index, clipped.is_ignored) == (1, False)


def test_what_is_mostly_hidden_is_ignored_and_what_is_wholly_hidden_dropped() -> None:
    under = make_object(make_box(10, 10, 20, 20))
    (rest,) = hide_under([under], shapely.box(0, 0, 27.2, 50))
    assert rest is not None
    assert rest.is_ignored
    assert hide_under([under], shapely.box(0, 0, 29.99, 50)) == [None]
    assert hide_under([], shapely.box(0, 0, 1, 1)) == []


def test_a_building_in_the_middle_of_another_leaves_a_hole() -> None:
    (ring,) = hide_under([make_object(make_box(0, 0, 30, 30))], shapely.box(10, 10, 20, 20))
    assert ring is not None
    assert len(ring.rings) == 2
    assert area_of(ring).area == 800


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_labels_do_not_overlap_and_no_building_hides_much_of_another(seed: int) -> None:
    random = np.random.default_rng(seed)
    boxes = [make_box(30 * x + 3, 30 * y + 3, 22, 22) for x in range(4) for y in range(4)]
    chosen = [boxes[index] for index in random.permutation(16)[: random.integers(1, 9)]]
    scene = make_scene(*(make_object(box) for box in chosen))
    pasted = paste(scene, make_donor(), seed)
    areas = [area_of(one) for one in pasted.objects]
    assert shapely.union_all(areas, grid_size=1e-4).area == pytest.approx(
        sum(one.area for one in areas), abs=0.05
    )
    if len(pasted.objects) > len(scene.objects):
        least = (1 - MAX_SHARED) * 22 * 22 - 0.1
        assert all(area.area >= least for area in areas[:-1])


def test_nothing_is_pasted_on_an_ignored_region() -> None:
    region = make_object(make_box(0, 0, TILE_PX, TILE_PX / 2), is_ignored=True)
    num_pasted = 0
    for seed in range(40):
        pasted = paste(make_scene(region), make_donor(), seed)
        assert pasted.objects[0] is region
        num_pasted += len(pasted.objects) - 1
        assert not pasted.tile[: TILE_PX // 2 - 4].any()
    assert num_pasted > 10


def test_ignored_and_cut_buildings_are_not_copied() -> None:
    assert find_candidates(make_donor(is_ignored=True), STRAIGHT, TILE_PX).tolist() == []
    assert find_candidates(make_loaded(np.zeros((9, 9, 3), np.uint8)), STRAIGHT, 9).tolist() == []
    boxes = [
        make_box(0, 20, 10, 10),  # at the edge
        make_box(20, 20, 10, 10),
        make_box(40, 20, 4, 4),  # a speck
        make_box(20, 40, 75, 10),  # longer than half of the tile
        make_box(60, 20, 10, 10),  # in an ignored region
    ]
    crowd = make_object(make_box(65, 10, 20, 20), is_ignored=True)
    donor = make_loaded(
        np.zeros((100, 100, 3), np.uint8), *(make_object(box) for box in boxes), crowd
    )
    assert find_candidates(donor, STRAIGHT, TILE_PX).tolist() == [1]
    # Twice as large, the speck is none.
    assert find_candidates(donor, Placement(2.0, 0.0), TILE_PX).tolist() == [1, 2]


def test_the_same_numbers_give_the_same_bytes() -> None:
    once, again = (paste(make_scene(), make_donor(), 5) for _ in range(2))
    assert once.tile.tobytes() == again.tile.tobytes()
    assert once.objects[0].rings[0].tobytes() == again.objects[0].rings[0].tobytes()
    assert paste(make_scene(), make_donor(), 6).tile.tobytes() != once.tile.tobytes()
