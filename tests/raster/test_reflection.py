from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geoseg.raster.reflection import read_reflected, reflect_indices
from geoseg.types import ImageBlock, Window


@given(size=st.integers(1, 20), before=st.integers(0, 60), after=st.integers(0, 60))
def test_indices_equal_numpy_symmetric_padding(size: int, before: int, after: int) -> None:
    expected = np.pad(np.arange(size), (before, after), mode="symmetric")
    assert np.array_equal(reflect_indices(-before, before + size + after, size), expected)


def _reader(image: np.ndarray) -> object:
    def read(window: Window) -> ImageBlock:
        y1, x1, y2, x2 = window.box_yx
        part = image[y1:y2, x1:x2]
        assert part.shape[:2] == (window.height, window.width)
        return ImageBlock(window, part, np.ones(part.shape[:2], dtype=bool))

    return read


def test_window_round_a_tiny_raster_is_mirrored_and_invalid_outside() -> None:
    image = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    block = read_reflected(_reader(image), (2, 3), Window(-4, -5, 12, 11))  # type: ignore[arg-type]
    expected = np.pad(image, ((5, 4), (4, 5), (0, 0)), mode="symmetric")
    assert np.array_equal(block.image, expected)
    assert block.valid.sum() == 6
    assert block.valid[5:7, 4:7].all()


def test_window_that_misses_the_raster_is_filled_and_invalid() -> None:
    image = np.full((5, 5, 3), 9, dtype=np.uint8)
    block = read_reflected(_reader(image), (5, 5), Window(100, -100, 4, 3))  # type: ignore[arg-type]
    assert (block.image == 9).all()
    assert not block.valid.any()
