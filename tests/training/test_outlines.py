"""Labels moved into a tile and clipped."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import affine_transform

from geoseg.datasets.sources import LabelledObject
from geoseg.training.outlines import make_shapes, place_objects
from tests.training.in_memory import Points, area_of, make_box, make_object

IDENTITY = np.array([[1.0, 0, 0], [0, 1.0, 0]])
CELL = (0, 0, 40, 50)


def place(
    *objects: LabelledObject, affine: np.ndarray = IDENTITY, cell: tuple[int, int, int, int] = CELL
) -> list[LabelledObject]:
    """`place_objects` with its shapes."""
    return place_objects(objects, make_shapes(objects), affine, cell)


def test_an_object_is_moved() -> None:
    affine = np.array([[0.0, -2.0, 40.0], [2.0, 0.0, 3.0]])
    one = make_object(make_box(1, 2, 5, 4), class_index=3)
    (placed,) = place(one, affine=affine)
    # (x, y) goes to (40 - 2y, 3 + 2x).
    assert area_of(placed).equals(shapely.box(28, 5, 36, 15))
    assert (placed.class_index, placed.is_ignored) == (3, False)
    assert placed.rings[0].dtype == np.float32


def test_an_object_is_clipped_to_the_cell() -> None:
    (placed,) = place(make_object(make_box(5, 5, 20, 20)), cell=(10, 12, 40, 50))
    assert area_of(placed).equals(shapely.box(12, 10, 25, 25))


def test_objects_elsewhere_are_left_out() -> None:
    touching, outside = make_box(50, 5, 10, 10), make_box(-30, 5, 10, 10)
    assert place(make_object(touching), make_object(outside)) == []
    assert place() == []


def test_small_fragments_are_ignored_and_specks_left_out() -> None:
    by_share = make_object(make_box(48, 0, 20, 20))  # 40 of 400 px: 10 %
    by_area = make_object(make_box(47, 30, 10, 5))  # 15 px
    kept = make_object(make_box(46, 30, 10, 5))  # 20 of 50 px
    speck = make_object(make_box(49.5, 10, 20, 1.9))  # 0.95 px
    placed = place(by_share, by_area, kept, speck)
    assert [one.is_ignored for one in placed] == [True, True, False]
    assert [area_of(one).area for one in placed] == [40, 15, 20]


def test_a_crowd_stays_ignored() -> None:
    (placed,) = place(make_object(make_box(5, 5, 20, 20), is_ignored=True))
    assert placed.is_ignored


def test_a_hole_stays_a_hole() -> None:
    courtyard = make_object(make_box(5, 5, 30, 30), make_box(15, 15, 10, 10))
    (whole,) = place(courtyard)
    assert area_of(whole).area == 800
    assert len(whole.rings) == 2
    # Cut through the hole.
    (cut,) = place(courtyard, cell=(0, 0, 20, 50))
    assert area_of(cut).area == 30 * 15 - 10 * 5


def test_an_object_may_fall_into_parts() -> None:
    horseshoe = [(0, 0), (30, 0), (30, 20), (20, 20), (20, 10), (10, 10), (10, 20), (0, 20)]
    (placed,) = place(
        make_object([(float(x), float(y)) for x, y in horseshoe]), cell=(12, 0, 40, 50)
    )
    assert len(placed.rings) == 2
    assert area_of(placed).area == 2 * 10 * 8


def test_what_touches_the_cell_along_a_line_loses_the_line() -> None:
    # Its foot runs along the lower border of the cell.
    shape = [(5.0, 5.0), (15.0, 5.0), (15.0, 40.0), (30.0, 40.0), (30.0, 45.0), (5.0, 45.0)]
    (placed,) = place(make_object(shape))
    assert area_of(placed).equals(shapely.box(5, 5, 15, 40))


@pytest.mark.parametrize(
    ("ring", "area"),
    [
        ([(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)], 50),  # a bow tie
        ([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)], 100),
    ],
)
def test_outlines_that_cross_themselves_are_mended(ring: Points, area: float) -> None:
    (placed,) = place(make_object(ring))
    assert area_of(placed).area == pytest.approx(area)


def test_a_line_is_no_object() -> None:
    assert place(make_object([(0.0, 0.0), (10.0, 10.0), (20.0, 20.0)])) == []


@given(
    st.lists(
        st.tuples(*[st.floats(-30, 60), st.floats(-30, 60), st.floats(1, 50), st.floats(1, 50)]),
        max_size=6,
    ),
    st.floats(0, 6.3),
    st.floats(0.3, 2),
)
def test_what_is_placed_is_the_object_within_the_cell(
    boxes: list[tuple[float, float, float, float]], angle_rad: float, zoom: float
) -> None:
    cos, sin = zoom * np.cos(angle_rad), zoom * np.sin(angle_rad)
    affine = np.array([[cos, -sin, 20.0], [sin, cos, 10.0]])
    objects = [make_object(make_box(*box)) for box in boxes]
    placed = place(*objects, affine=affine)
    expected = [
        affine_transform(area_of(one), [cos, -sin, sin, cos, 20, 10])
        .intersection(shapely.box(0, 0, 50, 40))
        .area
        for one in objects
    ]
    areas = [area_of(one).area for one in placed]
    assert areas == pytest.approx([area for area in expected if area >= 1], abs=0.01)
