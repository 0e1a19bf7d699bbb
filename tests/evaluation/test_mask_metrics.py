from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from geoseg.evaluation.mask_metrics import (
    boundary_iou_of_masks,
    cut_mask,
    iou_of_unions,
    overlap_masks,
)
from geoseg.evaluation.overlaps import find_merges, find_splits
from tests.evaluation.outlines import boundary_iou

SHAPE_HW = (120, 90)


def encode(pixels: NDArray[np.bool_]) -> dict[str, Any]:
    return coco_mask.encode(np.asfortranarray(pixels, np.uint8))


def square(top: int, left: int, height: int, width: int) -> NDArray[np.bool_]:
    pixels = np.zeros(SHAPE_HW, bool)
    pixels[top : top + height, left : left + width] = True
    return pixels


def blobs(seed: int) -> NDArray[np.bool_]:
    """Squares that hang together or not, and reach over the edges."""
    rng = np.random.default_rng(seed)
    pixels = np.zeros(SHAPE_HW, bool)
    for _ in range(3):
        top, left, height, width = rng.integers((0, 0, 3, 3), (110, 80, 60, 60))
        pixels |= square(top, left, height, width)
    return pixels


def test_a_mask_is_cut_to_its_box() -> None:
    pixels, box = cut_mask(encode(square(7, 3, 20, 30)))
    assert box.tolist() == [7, 3, 27, 33]
    assert pixels.shape == (20, 30)
    assert pixels.all()
    assert cut_mask(encode(np.zeros(SHAPE_HW, bool))).pixels.size == 0


def test_boundary_iou_worked_by_hand() -> None:
    # 2 % of the diagonal of 150 px are 3 px: bands of 20 x 20 less 14 x 14 pixels each.
    one, other = square(10, 10, 20, 20), square(10, 11, 20, 20)
    shared = 20 * 19 - 14 * 14 - 14 * 14 + 14 * 13
    expected = shared / (2 * (400 - 196) - shared)
    cuts = cut_mask(encode(one)), cut_mask(encode(other))
    assert boundary_iou_of_masks(*cuts, SHAPE_HW) == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_boundary_iou_is_that_of_the_published_code(seed: int, other_seed: int) -> None:
    one, other = blobs(seed), blobs(other_seed)
    cuts = cut_mask(encode(one)), cut_mask(encode(other))
    assert boundary_iou_of_masks(*cuts, SHAPE_HW) == boundary_iou(one, other)
    assert boundary_iou_of_masks(cuts[0], cuts[0], SHAPE_HW) == 1


def test_boundary_iou_of_empty_masks_is_zero() -> None:
    nothing, something = (cut_mask(encode(each)) for each in (square(0, 0, 0, 0), blobs(1)))
    assert boundary_iou_of_masks(nothing, nothing, SHAPE_HW) == 0
    assert boundary_iou_of_masks(nothing, something, SHAPE_HW) == 0


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 1000), max_size=4), st.lists(st.integers(0, 1000), max_size=4))
def test_overlaps_and_unions_are_those_of_the_pixels(one: list[int], other: list[int]) -> None:
    sides = [[blobs(seed) for seed in seeds] for seeds in (one, other)]
    pred, truth = ([encode(each) for each in side] for side in sides)
    found = overlap_masks(pred, truth)
    pairs = dict(zip(zip(found.pred.tolist(), found.truth.tolist(), strict=True), found.areas,
                     strict=True))  # fmt: skip
    for row, a in enumerate(sides[0]):
        for col, b in enumerate(sides[1]):
            assert pairs.get((row, col), 0) == (a & b).sum()
    joined = [np.any([np.zeros(SHAPE_HW, bool), *side], axis=0) for side in sides]
    together = (joined[0] | joined[1]).sum()
    expected = (joined[0] & joined[1]).sum() / together if together else 1
    assert iou_of_unions(pred, truth) == pytest.approx(expected)


def test_splits_and_merges_of_masks() -> None:
    whole, halves = [encode(square(0, 0, 20, 20))], [encode(square(0, 0, 20, 9)),
                                                     encode(square(0, 10, 20, 10))]  # fmt: skip
    assert len(find_splits(overlap_masks(halves, whole))) == 1
    assert len(find_merges(overlap_masks(whole, halves))) == 1


def test_more_masks_than_pycocotools_takes_at_once_are_joined() -> None:
    columns = [encode(square(row, col, 1, 1)) for row in range(10) for col in range(60)]
    assert iou_of_unions(columns, [encode(square(0, 0, 10, 60))]) == 1
