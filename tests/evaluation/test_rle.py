from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco_mask

from geoseg.evaluation.rle import as_rles, count_pixels, encode_segmentation, measure_areas

MASKS = hnp.arrays(
    np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.integers(0, 1)
)


def compress(mask: np.ndarray) -> bytes:
    return bytes(coco_mask.encode(np.asfortranarray(mask))["counts"])


@given(st.lists(MASKS, max_size=6))
def test_runs_of_any_masks_cover_them(masks: list[np.ndarray]) -> None:
    assert count_pixels([compress(mask) for mask in masks]).tolist() == [m.size for m in masks]


@given(st.lists(st.tuples(MASKS, st.integers(0, 3)), min_size=1, max_size=5))
def test_shortened_runs_are_noticed(parts: list[tuple[np.ndarray, int]]) -> None:
    counts = [compress(mask)[: -cut or None] for mask, cut in parts]
    for (mask, cut), pixels in zip(parts, count_pixels(counts).tolist(), strict=True):
        # What is left of an empty mask's single run may be a run, too, but a shorter one.
        assert (pixels == mask.size) == (cut == 0)


@pytest.mark.parametrize("counts", [b"", b"\x01", b"~", b"0o", b"`"])
def test_what_are_no_runs_is_minus_one(counts: bytes) -> None:
    assert count_pixels([b"04", counts, b"04"]).tolist() == [4, -1, 4]


def test_long_runs_and_differences_are_added_up() -> None:
    mask = np.zeros((3000, 4000), np.uint8, order="F")
    mask[100:2900:7, 5:3990:3] = 1
    assert count_pixels([compress(mask), compress(mask * 0)]).tolist() == [12_000_000] * 2


SQUARE = np.zeros((6, 9), np.uint8, order="F")
SQUARE[1:4, 2:7] = 1
COUNTS = compress(SQUARE)
RUNS = [13, 3, 3, 3, 3, 3, 3, 3, 3, 3, 14]


@pytest.mark.parametrize(
    "segmentation",
    [
        [[2, 1, 7, 1, 7, 4, 2, 4]],
        [[2, 1, 7, 1, 7, 4, 2, 4, 2, 1]],
        [[2, 1, 5, 1, 5, 4, 2, 4], [5, 1, 7, 1, 7, 4, 5, 4]],
        [[2, 1, 7, 1, 7, 4, 2, 4], [0, 0, 8, 5]],
        {"size": [6, 9], "counts": COUNTS.decode()},
        {"size": [6, 9], "counts": str(COUNTS)},
        {"size": [6, 9], "counts": list(COUNTS)},
        {"size": [6, 9], "counts": RUNS},
    ],
)
def test_every_form_gives_the_same_mask(segmentation: Any) -> None:
    assert encode_segmentation(segmentation, (6, 9)) == COUNTS


@pytest.mark.parametrize("segmentation", [[], [[]], [[1, 1, 5, 5]]])
def test_nothing_is_an_empty_mask(segmentation: Any) -> None:
    counts = encode_segmentation(segmentation, (6, 9))
    assert measure_areas(as_rles([counts], [(6, 9)])).tolist() == [0]


@pytest.mark.parametrize(
    ("segmentation", "message"),
    [
        ({"size": [9, 6], "counts": RUNS}, "size must be"),
        ({"size": [6, 9], "counts": RUNS[:-1]}, "runs must cover 54 pixels; got 40"),
        ({"size": [6, 9], "counts": [55, -1]}, "runs must be at least 0; got -1"),
        ({"size": [6, 9], "counts": []}, "runs must cover 54 pixels; got 0"),
        ([[0, 0, 5, 0, float("nan"), 5]], "coordinates must be finite"),
    ],
)
def test_what_cannot_be_a_mask_is_an_error(segmentation: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encode_segmentation(segmentation, (6, 9))


def test_areas_of_more_masks_than_fit_into_a_byte() -> None:
    rles = as_rles([COUNTS] * 600, [(6, 9)] * 600)
    assert measure_areas(rles).tolist() == [15.0] * 600
    assert measure_areas([]).tolist() == []
