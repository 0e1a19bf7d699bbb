"""Where source pixels and their labels come to lie in a tile."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.config import AugmentConfig
from geoseg.datasets.sources import LabelledImage, LabelledObject
from geoseg.training.outlines import make_shapes, place_objects
from geoseg.training.placement import (
    MAX_CELLS,
    Cell,
    Placement,
    cells_needed,
    divide_tile,
    draw_angle,
    fit_placement,
    orient_image,
    place_in_cell,
    warp_into,
)
from tests.training.labelled import draw_polygon, paint

# A quadrilateral off the middle of a source of odd size.
SOURCE_HW = (419, 451)
BUILDING = [(160.0, 150.0), (270.0, 162.0), (262.0, 258.0), (151.0, 251.0)]


def make_image(width: int, height: int, gsd_m: float = 0.3) -> LabelledImage:
    """An image without labels; there is no file."""
    return LabelledImage("none.png", 1, width, height, gsd_m, ())


@functools.cache
def source_pixels() -> NDArray[np.uint8]:
    """The building on black."""
    return paint(BUILDING, SOURCE_HW)


def corners_in_source(affine: NDArray[np.float64], cell: Cell) -> NDArray[np.float64]:
    """Corners of a cell, (x, y) in source pixels."""
    y1, x1, y2, x2 = cell
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float64)
    moved: NDArray[np.float64] = (corners - affine[:, 2]) @ np.linalg.inv(affine[:, :2]).T
    return moved


def test_the_map_mirrors_then_turns_then_zooms() -> None:
    turned = Placement(2.0, math.pi / 2).linear
    np.testing.assert_allclose(turned @ (1, 0), (0, 2), atol=1e-12)
    np.testing.assert_allclose(turned @ (0, 1), (-2, 0), atol=1e-12)
    mirrored = Placement(2.0, math.pi / 2, is_mirrored=True).linear
    np.testing.assert_allclose(mirrored @ (1, 0), (0, -2), atol=1e-12)


def test_a_turned_image_covers_a_smaller_square() -> None:
    image = make_image(200, 100)
    assert Placement(0.5, 0.0).fitting_side_px(image) == 50
    assert Placement(0.5, math.pi / 4).fitting_side_px(image) == pytest.approx(50 / math.sqrt(2))


@pytest.mark.parametrize(
    ("zoom", "num_cells"), [(3.0, 1), (1.0, 1), (0.99, 2), (0.5, 2), (0.4, 3), (0.01, MAX_CELLS)]
)
def test_small_images_need_company(zoom: float, num_cells: int) -> None:
    assert cells_needed(Placement(zoom, 0.0), make_image(100, 120), 100) == num_cells


def test_angles_are_nearly_straight_half_of_the_time() -> None:
    random = np.random.default_rng(0)
    angles = np.array([draw_angle(AugmentConfig(), random) for _ in range(2000)])
    off = np.abs((angles + math.pi) % (2 * math.pi) - math.pi)
    two_deviations = 2 * math.radians(AugmentConfig().tilt_deg)
    expected = 0.5 * 0.954 + 0.5 * two_deviations / math.pi
    assert (off < two_deviations).mean() == pytest.approx(expected, abs=0.03)


def test_angles_can_be_switched_off() -> None:
    random = np.random.default_rng(0)
    straight = AugmentConfig(any_angle_probability=0.0, tilt_deg=0.0)
    assert {draw_angle(straight, random) for _ in range(50)} == {0.0}


def test_turns_and_flips_are_drawn_alike() -> None:
    random = np.random.default_rng(0)
    image = make_image(100, 100)
    drawn = [orient_image(image, 0.3, 0.0, AugmentConfig(), random) for _ in range(800)]
    quarters = [round(one.angle_rad / (math.pi / 2)) for one in drawn]
    counts = [
        sum(
            one.is_mirrored == flag and quarter == number
            for one, quarter in zip(drawn, quarters, strict=True)
        )
        for flag in (False, True)
        for number in range(4)
    ]
    assert sum(counts) == 800
    # Eight equal shares of 100; five standard deviations.
    assert max(abs(count - 100) for count in counts) < 47
    never = AugmentConfig(quarter_turns=False, flip_probability=0.0)
    assert {orient_image(image, 0.3, 0.0, never, random) for _ in range(50)} == {
        Placement(1.0, 0.0)
    }


@given(st.integers(1, 500), st.integers(1, MAX_CELLS))
def test_cells_cover_a_tile_once(size_px: int, num_cells: int) -> None:
    covered = np.zeros((size_px, size_px), int)
    for y1, x1, y2, x2 in divide_tile(size_px, num_cells):
        covered[y1:y2, x1:x2] += 1
    assert (covered == 1).all()


@given(
    size=st.tuples(st.integers(20, 700), st.integers(20, 700)),
    gsd_m=st.floats(0.05, 0.6),
    num_cells=st.integers(1, MAX_CELLS),
    seed=st.integers(0, 2**32 - 1),
)
def test_an_image_covers_its_cell(
    size: tuple[int, int], gsd_m: float, num_cells: int, seed: int
) -> None:
    # Beyond its edges it would be mirrored, and no label would say so.
    random = np.random.default_rng(seed)
    image = make_image(*size, gsd_m=gsd_m)
    for cell in divide_tile(127, num_cells):
        side_px = max(cell[2] - cell[0], cell[3] - cell[1])
        angle_rad = draw_angle(AugmentConfig(), random)
        placement = orient_image(image, 0.3, angle_rad, AugmentConfig(), random)
        placement = fit_placement(placement, image, side_px)
        assert placement.zoom >= gsd_m / 0.3
        corners = corners_in_source(place_in_cell(image, cell, placement, random), cell)
        assert corners.min() > -1e-6
        assert (corners < np.array(size) + 1e-6).all()


def test_an_image_that_fits_keeps_its_scale_and_angle() -> None:
    placement = Placement(0.5, 0.5, is_mirrored=True)
    assert fit_placement(placement, make_image(200, 200), 70.0) == placement


def test_the_place_is_random_within_what_fits() -> None:
    random = np.random.default_rng(0)
    image, cell = make_image(100, 60), (0, 0, 50, 50)
    lows = np.array(
        [
            corners_in_source(place_in_cell(image, cell, Placement(1.0, 0.0), random), cell)[0]
            for _ in range(300)
        ]
    )
    assert lows.min(axis=0) == pytest.approx((0, 0), abs=0.5)
    assert lows.max(axis=0) == pytest.approx((50, 10), abs=0.5)


@given(
    zoom=st.floats(0.35, 2.2),
    angle_rad=st.floats(0, 2 * math.pi),
    is_mirrored=st.booleans(),
    shift=st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
)
@settings(max_examples=30)
def test_labels_lie_on_their_pixels(
    zoom: float, angle_rad: float, is_mirrored: bool, shift: tuple[float, float]
) -> None:
    cell = (5, 9, 105, 106)
    linear = Placement(zoom, angle_rad, is_mirrored).linear
    middle = np.array([57.5, 55.0]) + shift
    affine = np.column_stack([linear, middle - linear @ np.mean(BUILDING, axis=0)])
    tile = np.zeros((112, 112, 3), np.uint8)
    warp_into(tile, source_pixels(), affine, cell)
    objects = (LabelledObject((np.array(BUILDING, np.float32),)),)
    (placed,) = place_objects(objects, make_shapes(objects), affine, cell)
    (ring,) = placed.rings
    expected = draw_polygon([tuple(point) for point in ring.tolist()], (112, 112))
    seen = tile[..., 0] / 255.0
    assert np.minimum(seen, expected).sum() / np.maximum(seen, expected).sum() > 0.97
    if zoom < 0.8:
        # It is seen whole: its centre of mass tells half a pixel from none.
        assert centre_of(seen) == pytest.approx(centre_of(expected), abs=0.05)
    outside = np.ones((112, 112), bool)
    outside[cell[0] : cell[2], cell[1] : cell[3]] = False
    assert not seen[outside].any()


def centre_of(weights: NDArray[np.float64]) -> tuple[float, float]:
    """Centre of mass, (y, x)."""
    rows, cols = np.indices(weights.shape) + 0.5
    total = weights.sum()
    return float((rows * weights).sum() / total), float((cols * weights).sum() / total)


def test_a_plain_copy_is_exact() -> None:
    source = np.random.default_rng(0).integers(0, 255, (40, 50, 3)).astype(np.uint8)
    tile = np.zeros((20, 20, 3), np.uint8)
    warp_into(tile, source, np.array([[1.0, 0, -7], [0, 1.0, -5]]), (0, 0, 20, 20))
    np.testing.assert_array_equal(tile, source[5:25, 7:27])


def test_half_the_size_is_the_mean_of_four() -> None:
    source = np.random.default_rng(0).integers(0, 255, (40, 40, 3)).astype(np.uint8)
    tile = np.zeros((20, 20, 3), np.uint8)
    warp_into(tile, source, np.array([[0.5, 0, 0], [0, 0.5, 0]]), (0, 0, 20, 20))
    means = source.reshape(20, 2, 20, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(tile, means, atol=0.51)


def test_beyond_its_edges_a_source_is_mirrored() -> None:
    source = np.arange(12, dtype=np.uint8).reshape(2, 2, 3) * 20
    tile = np.zeros((4, 4, 3), np.uint8)
    warp_into(tile, source, np.array([[1.0, 0, 1], [0, 1.0, 1]]), (0, 0, 4, 4))
    np.testing.assert_array_equal(tile, source[[0, 0, 1, 1]][:, [0, 0, 1, 1]])
