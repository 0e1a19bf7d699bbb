from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.raster.resample import CHUNK_PX, Axis, ReadPixels, read_resampled
from geoseg.types import Window


def _reader(image: NDArray[np.uint8], valid: NDArray[np.bool_] | None = None) -> ReadPixels:
    def read(window: Window) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        y1, x1, y2, x2 = window.box_yx
        part = image[y1:y2, x1:x2]
        assert part.shape[:2] == (window.height, window.width)
        mask = np.ones(image.shape[:2], dtype=bool) if valid is None else valid
        return part, mask[y1:y2, x1:x2]

    return read


def _noise(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


@settings(max_examples=20)
@given(
    grid_px=st.integers(90, 900),
    y=st.integers(0, 400),
    x=st.integers(0, 400),
    size=st.integers(1, 300),
)
def test_pixels_do_not_depend_on_the_window(grid_px: int, y: int, x: int, size: int) -> None:
    read, axis = _reader(_noise(500, 500)), Axis(500, grid_px)
    whole, _ = read_resampled(read, axis, axis, Window(0, 0, grid_px, grid_px))
    y, x, size = min(y, grid_px - 1), min(x, grid_px - 1), min(size, grid_px)
    window = Window(x, y, min(size, grid_px - x), min(size, grid_px - y))
    part, _ = read_resampled(read, axis, axis, window)
    assert np.array_equal(part, whole[y : y + window.height, x : x + window.width])


def test_strips_give_the_same_pixels_as_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read, axis = _reader(_noise(900, 900)), Axis(900, 700)
    window = Window(5, 3, 690, 695)
    at_once, _ = read_resampled(read, axis, axis, window)
    monkeypatch.setattr("geoseg.raster.resample._MAX_SOURCE_PX", 1)
    assert np.array_equal(read_resampled(read, axis, axis, window)[0], at_once)


def test_halving_takes_a_triangle_filter() -> None:
    row = np.zeros((8, 8, 3), dtype=np.uint8)
    row[:, 4] = 160
    half, _ = read_resampled(_reader(row), Axis(8, 4), Axis(8, 4), Window(0, 0, 4, 4))
    # Weights of source pixels 3, 4, 5, 6 round grid pixel 2: 1/8, 3/8, 3/8, 1/8.
    assert half[1, :, 0].tolist() == [0, 20, 60, 0]


@pytest.mark.parametrize("grid_px", [40, 99, 100, 101, 333])
def test_flat_image_stays_flat(grid_px: int) -> None:
    flat = np.full((100, 100, 3), 77, dtype=np.uint8)
    image, valid = read_resampled(
        _reader(flat), Axis(100, grid_px), Axis(100, grid_px), Window(0, 0, grid_px, grid_px)
    )
    assert (image == 77).all()
    assert valid.all()


def test_slope_is_kept_across_chunks() -> None:
    width = 3 * CHUNK_PX
    slope = np.repeat(np.linspace(0, 255, width)[None, :, None], 3, axis=2).repeat(4, axis=0)
    grid = round(width / 1.3)
    image, _ = read_resampled(
        _reader(slope.astype(np.uint8)), Axis(4, 3), Axis(width, grid), Window(0, 0, grid, 3)
    )
    expected = np.linspace(0, 255, grid)
    assert np.abs(image[1, :, 0] - expected).max() < 1.5


def test_grid_pixel_is_valid_where_half_of_its_ground_is() -> None:
    valid = np.ones((40, 40), dtype=bool)
    valid[:, :20] = False
    _, small = read_resampled(
        _reader(_noise(40, 40), valid), Axis(40, 20), Axis(40, 20), Window(0, 0, 20, 20)
    )
    assert not small[:, :10].any()
    assert small[:, 10:].all()
