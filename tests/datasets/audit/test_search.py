"""Candidates: none may be missed, under any of the eight transforms."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from geoseg.datasets.audit.search import find_look_alikes, measure_contrast, measure_invariants
from geoseg.datasets.audit.transforms import TRANSFORMS, swaps_sides, transform_picture

SIDE_PX = 32


def make_thumbnails(seed: int, count: int, num_cells: int = 4) -> NDArray[np.uint8]:
    """Smooth pictures; with few cells many of them are alike."""
    random = np.random.default_rng(seed)
    cells = random.uniform(0, 255, (count, num_cells, num_cells)).astype(np.float32)
    return np.stack(
        [cv2.resize(one, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR) for one in cells]
    ).astype(np.uint8)


def find_by_force(thumbnails: NDArray[np.uint8], least: float) -> set[tuple[int, int, str]]:
    """Every pair under every transform, by NumPy's own correlation."""
    count = len(thumbnails)
    found = set()
    for name in TRANSFORMS:
        turned = np.stack([transform_picture(one, name) for one in thumbnails])
        both = np.concatenate([turned.reshape(count, -1), thumbnails.reshape(count, -1)])
        alike = np.corrcoef(both)[:count, count:] >= least
        found |= {(int(a), int(b), name) for a, b in zip(*np.nonzero(alike), strict=True) if a < b}
    return found


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_are_those_of_pillow(name: str) -> None:
    picture = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    turned = transform_picture(picture, name)
    if name != "identity":
        method = getattr(Image.Transpose, name.upper())
        np.testing.assert_array_equal(
            turned, np.asarray(Image.fromarray(picture).transpose(method))
        )
    assert (turned.shape[:2] == (3, 2)) == swaps_sides(name)


@given(seed=st.integers(0, 1000), num_cells=st.integers(2, 9))
def test_flips_and_turns_do_not_change_the_invariants(seed: int, num_cells: int) -> None:
    picture = make_thumbnails(seed, 1, num_cells)[0]
    turned = np.stack([transform_picture(picture, name) for name in TRANSFORMS])
    values = measure_invariants(turned, np.arange(len(TRANSFORMS)))
    np.testing.assert_allclose(values, values[:1].repeat(len(TRANSFORMS), axis=0), atol=1e-5)


@pytest.mark.parametrize(("num_cells", "least"), [(2, 0.96), (3, 0.85), (4, 0.7)])
def test_no_pair_is_missed_or_added(num_cells: int, least: float) -> None:
    thumbnails = make_thumbnails(5, 120, num_cells)
    expected = find_by_force(thumbnails, least)
    assert len(expected) > 20
    found = find_look_alikes(thumbnails, np.arange(len(thumbnails)), least)
    pairs, columns = np.nonzero(found.is_alike)
    assert expected == {
        (int(found.first[pair]), int(found.second[pair]), TRANSFORMS[column])
        for pair, column in zip(pairs, columns, strict=True)
    }
    order = list(zip(found.first, found.second, strict=True))
    assert order == sorted(order)


def test_more_pictures_than_a_block_are_all_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    thumbnails = make_thumbnails(7, 90, 3)
    rows = np.arange(0, 90, 2)
    whole = find_look_alikes(thumbnails, rows, 0.9)
    assert len(whole.first) > 5
    assert not set(whole.first) & set(range(1, 90, 2))
    for name, size in (("_BLOCK_ROWS", 7), ("_BLOCK_COLUMNS", 11), ("_CHUNK", 5)):
        monkeypatch.setattr(f"geoseg.datasets.audit.search.{name}", size)
    for array, again in zip(whole, find_look_alikes(thumbnails, rows, 0.9), strict=True):
        np.testing.assert_array_equal(array, again)


def test_what_shows_nothing_is_like_nothing() -> None:
    flat = np.full((3, SIDE_PX, SIDE_PX), 90, np.uint8)
    flat[:, 0, 0] = 91
    assert (measure_contrast(flat) < 1).all()
    assert len(find_look_alikes(flat, np.arange(3)).first) == 0
    assert len(find_look_alikes(flat[:0], np.arange(0)).first) == 0
