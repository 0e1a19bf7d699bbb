from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.footprints import contour_mask

BOX = np.array([2.0, 1.0, 12.0, 11.0], np.float32)


@pytest.mark.parametrize("num_cells", [1, 7, 28, 56])
def test_full_mask_gives_the_box_less_half_a_cell(num_cells: int) -> None:
    outline = contour_mask(np.ones((num_cells, num_cells)), BOX)
    assert outline.bounds == pytest.approx((1, 2, 11, 12))
    assert outline.area == pytest.approx(100 - 0.5 * (10 / num_cells) ** 2)


def test_soft_mask_that_touches_the_border_reaches_the_edge_of_the_box() -> None:
    outline = contour_mask(np.full((28, 28), 0.6, np.float16), BOX)
    assert outline.bounds == pytest.approx((1, 2, 11, 12))


def test_straight_edge_lies_where_the_values_cross_one_half() -> None:
    # Cells of 2 px in x; centres at 1, 3, 5, 7; 0.5 lies a quarter of the way from 0.6 to 0.2.
    mask = np.tile(np.array([1.0, 0.6, 0.2, 0.0]), (4, 1))
    outline = contour_mask(mask, np.array([0, 0, 4, 8]))
    assert outline.bounds == pytest.approx((0, 0, 3.5, 4))


def test_mask_need_not_be_square_nor_its_cells() -> None:
    mask = np.zeros((3, 5))
    mask[1, 1:4] = 1
    outline = contour_mask(mask, np.array([0, 0, 6, 20]))
    # One row of 2 px and three columns of 4 px, corners cut by half a cell.
    assert outline.bounds == pytest.approx((4, 2, 16, 4))
    assert outline.area == pytest.approx(3 * 8 - 0.5 * 8)


def test_largest_part_and_its_hole_are_kept() -> None:
    mask = np.zeros((20, 20))
    mask[2:12, 2:12] = 1
    mask[5:9, 5:9] = 0
    mask[15:18, 15:18] = 1
    outline = contour_mask(mask, np.array([0, 0, 20, 20]))
    assert outline.bounds == pytest.approx((2, 2, 12, 12))
    (hole,) = outline.interiors
    assert shapely.Polygon(hole).area == pytest.approx(16, abs=0.51)


@pytest.mark.parametrize("value", [0.0, 0.49])
def test_mask_without_inside_gives_an_empty_polygon(value: float) -> None:
    assert contour_mask(np.full((28, 28), value), BOX).is_empty


@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    shift=st.tuples(st.integers(-500, 500), st.integers(-500, 500)),
)
def test_outline_stays_in_the_box_and_moves_with_it(
    seed: int, shape: tuple[int, int], shift: tuple[int, int]
) -> None:
    mask = np.random.default_rng(seed).random(shape)
    box = np.array([3.0, 4.0, 13.0, 10.0])
    outline = contour_mask(mask, box)
    moved = contour_mask(mask, box + np.array([shift[0], shift[1]] * 2))
    assert outline.is_empty or shapely.box(4, 3, 10, 13).buffer(1e-6).covers(outline)
    expected = shapely.transform(outline, lambda points: points + [shift[1], shift[0]])
    assert shapely.equals_exact(moved, expected, 1e-9)
