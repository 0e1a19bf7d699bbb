"""What the network is told about a tile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.datasets.sources import LabelledObject
from geoseg.maskrcnn.anchors import make_anchors
from geoseg.training.targets import MASK_SIZE_PX, Sample, draw_masks, find_boxes, make_targets
from tests.training.labelled import draw_polygon

ANCHORS = make_anchors(MaskRCNNConfig(tile_size_px=100))

Points = Sequence[tuple[float, float]]


def make_object(*rings: Points, class_index: int = 0, is_ignored: bool = False) -> LabelledObject:
    """An object of plain points."""
    arrays = tuple(np.array(ring, np.float32) for ring in rings)
    return LabelledObject(arrays, class_index, is_ignored)


def make_box(x: float, y: float, width: float, height: float) -> Points:
    """A rectangle."""
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def draw(one: LabelledObject, size_px: int) -> NDArray[np.uint8]:
    """The mask of one object."""
    mask: NDArray[np.uint8] = draw_masks([one], find_boxes([one]), size_px)[0]
    return mask


def targets_of(
    *objects: LabelledObject, max_objects: int = 4, seed: int = 0
) -> dict[str, NDArray[Any]]:
    """Targets of a tile of 100 px."""
    sample = Sample(np.zeros((100, 100, 3), np.uint8), objects)
    random = np.random.default_rng(seed)
    return make_targets(sample, ANCHORS, max_objects=max_objects, num_proposals=30, random=random)


def test_a_box_bounds_all_rings() -> None:
    one = make_object(make_box(5, 2, 10, 4), make_box(1, 30, 2, 3.5))
    boxes = find_boxes([one, make_object(make_box(0, 0, 1, 2))])
    assert boxes.dtype == np.float32
    assert boxes.tolist() == [[2, 1, 33.5, 15], [0, 0, 2, 1]]
    assert find_boxes([]).shape == (0, 4)


def test_a_rectangle_fills_its_mask() -> None:
    assert (draw(make_object(make_box(3.3, 1.7, 9.1, 0.4)), 7) == 255).all()


def test_cells_are_covered_in_part() -> None:
    # An L over a box of 4 x 4: the upper right 1.5 x 2 is missing.
    points = [(0, 0), (2.5, 0), (2.5, 2), (4, 2), (4, 4), (0, 4)]
    mask = draw(make_object(points), 4)
    expected = np.full((4, 4), 255)
    expected[:2, 2:] = [128, 0]
    np.testing.assert_array_equal(mask, expected)


def test_a_triangle_covers_half() -> None:
    mask = draw(make_object([(0, 0), (10, 0), (0, 20)]), 56)
    assert mask.mean() == pytest.approx(127.5, abs=0.1)
    # The diagonal halves the cells that it runs through.
    np.testing.assert_allclose(np.diagonal(mask[:, ::-1]), 127.5, atol=1)


def test_a_ring_in_a_ring_is_a_hole_whatever_its_direction() -> None:
    for hole in (make_box(2, 2, 4, 4), make_box(2, 2, 4, 4)[::-1]):
        mask = draw(make_object(make_box(0, 0, 8, 8), hole), 8)
        expected = np.full((8, 8), 255)
        expected[2:6, 2:6] = 0
        np.testing.assert_array_equal(mask, expected)


def test_closed_rings_are_the_same_as_open_ones() -> None:
    points = [(1.0, 0.0), (9.0, 3.0), (4.0, 8.0)]
    np.testing.assert_array_equal(
        draw(make_object(points), 20), draw(make_object([*points, points[0]]), 20)
    )


def test_no_objects_draw_no_masks() -> None:
    assert draw_masks([], find_boxes([]), 56).shape == (0, 56, 56)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_masks_are_those_of_sample_points(seed: int, num_objects: int) -> None:
    random = np.random.default_rng(seed)
    polygons = [random.uniform(0, 50, (int(random.integers(3, 9)), 2)) for _ in range(num_objects)]
    objects = [make_object([(x, y) for x, y in polygon]) for polygon in polygons]
    boxes = find_boxes(objects)
    masks = draw_masks(objects, boxes, 28)
    for polygon, box, mask in zip(polygons, boxes, masks, strict=True):
        cells = (polygon - box[1::-1]) / (box[:1:-1] - box[1::-1]) * 28
        expected = draw_polygon([(x, y) for x, y in cells.tolist()], (28, 28), supersampling=16)
        difference = mask / 255.0 - expected
        assert abs(difference.mean()) < 0.005
        assert np.sqrt((difference**2).mean()) < 0.04


def test_each_object_has_a_row() -> None:
    house = make_object(make_box(10, 20, 30, 40), class_index=2)
    crowd = make_object(make_box(60, 60, 30, 30), is_ignored=True)
    targets = targets_of(crowd, house, max_objects=3)
    assert targets["boxes"][:2].tolist() == [[20, 10, 60, 40], [60, 60, 90, 90]]
    assert targets["is_object"].tolist() == [1, -1, 0, 0, 0, 0]
    assert targets["classes"].tolist() == [2, 0, 0, 0, 0, 0]
    assert targets["masks"][0].min() == 255
    assert targets["masks"][1:].max() == 0
    assert not targets["boxes"][2:].any()


def test_shapes_and_dtypes_are_fixed() -> None:
    for objects in ([], [make_object(make_box(10, 20, 30, 40))] * 9):
        targets = targets_of(*objects, max_objects=4)
        described = {name: (value.shape, value.dtype.name) for name, value in targets.items()}
        assert described == {
            "images": ((100, 100, 3), "uint8"),
            "anchor_labels": ((len(ANCHORS),), "int8"),
            "anchor_deltas": ((len(ANCHORS), 4), "float32"),
            "boxes": ((8, 4), "float32"),
            "classes": ((8,), "int32"),
            "is_object": ((8,), "float32"),
            "masks": ((8, MASK_SIZE_PX, MASK_SIZE_PX), "uint8"),
            "noise": ((38,), "float32"),
        }


def test_an_empty_tile_is_all_background() -> None:
    targets = targets_of()
    assert not targets["is_object"].any()
    assert set(targets["anchor_labels"].tolist()) == {-1, 0}
    assert not targets["anchor_deltas"].any()


def test_what_is_too_much_is_ignored() -> None:
    objects = [make_object(make_box(20 * x, 20 * y, 15, 15)) for x in range(5) for y in range(2)]
    targets = targets_of(*objects, make_object(make_box(0, 80, 9, 9), is_ignored=True))
    assert targets["is_object"].tolist() == [1] * 4 + [-1] * 4
    boxes = {tuple(box) for box in targets["boxes"].tolist()}
    assert len(boxes) == 8
    assert boxes < {tuple(box) for box in find_boxes(objects).tolist()}
    # Even those without a row are no background to the first stage.
    background = ANCHORS[targets["anchor_labels"] == 0]
    for y1, x1, y2, x2 in find_boxes(objects):
        inside = (background[:, :2] >= (y1, x1)).all(axis=1)
        inside &= (background[:, 2:] <= (y2, x2)).all(axis=1)
        assert not inside.any()


def test_the_choice_is_random_and_fair() -> None:
    objects = [make_object(make_box(20 * x, 0, 15, 15)) for x in range(5)]
    counts = np.zeros(5)
    for seed in range(100):
        targets = targets_of(*objects, max_objects=2, seed=seed)
        counts[(targets["boxes"][:2, 1] / 20).astype(int)] += 1
    assert counts.sum() == 200
    assert counts.min() > 20


def test_positive_anchors_lead_to_their_object() -> None:
    box = np.array([20, 10, 52, 40], np.float32)
    targets = targets_of(make_object(make_box(10, 20, 30, 32)))
    chosen = targets["anchor_labels"] == 1
    assert chosen.any()
    anchors, deltas = ANCHORS[chosen], targets["anchor_deltas"][chosen]
    size = anchors[:, 2:] - anchors[:, :2]
    centre = anchors[:, :2] + size / 2 + deltas[:, :2] * 0.1 * size
    size = size * np.exp(deltas[:, 2:] * 0.2)
    decoded = np.concatenate([centre - size / 2, centre + size / 2], axis=1)
    np.testing.assert_allclose(decoded, np.broadcast_to(box, decoded.shape), atol=1e-3)
