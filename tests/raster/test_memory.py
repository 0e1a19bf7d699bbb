"""Images in memory as sources."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.raster.memory import ImageSource
from geoseg.types import Window


def make_image(height: int, width: int) -> NDArray[np.uint8]:
    """Every pixel different."""
    return np.arange(height * width * 3).reshape(height, width, 3).astype(np.uint8)


def to_image(source: ImageSource, x: float, y: float) -> tuple[float, float]:
    """From the model grid to the image; the grids are parallel and share their origin."""
    assert source.transform.c == source.transform.f == 0
    return source.transform.a * x, source.transform.e * y


def test_a_window_inside_is_what_it_shows() -> None:
    image = make_image(7, 9)
    source = ImageSource("a.png", image, gsd_m=0.3)
    block = source.read(Window(2, 1, 4, 3))
    np.testing.assert_array_equal(block.image, image[1:4, 2:6])
    assert block.valid.shape == (3, 4)
    assert block.valid.all()
    assert (source.name, source.shape_hw, source.gsd_m) == ("a.png", (7, 9), 0.3)
    source.close()


def test_beyond_the_edge_it_is_mirrored_and_invalid() -> None:
    image = make_image(3, 2)
    block = ImageSource("a", image).read(Window(-1, 0, 4, 5))
    np.testing.assert_array_equal(block.image, image[[0, 1, 2, 2, 1]][:, [0, 0, 1, 1]])
    assert block.valid.sum() == 3 * 2
    assert block.valid[:3, 1:3].all()


@pytest.mark.parametrize(("zoom", "shape_hw"), [(0.5, (6, 8)), (2.0, (22, 30)), (1.0, (11, 15))])
def test_zoom_changes_the_grid(zoom: float, shape_hw: tuple[int, int]) -> None:
    source = ImageSource("a", make_image(11, 15), zoom=zoom)
    assert source.shape_hw == shape_hw
    block = source.read(Window(0, 0, shape_hw[1], shape_hw[0]))
    assert block.image.shape == (*shape_hw, 3)
    # The lower right corner of the grid is that of the image, whatever was rounded.
    assert to_image(source, shape_hw[1], shape_hw[0]) == pytest.approx((15, 11))


@pytest.mark.parametrize("zoom", [0.37, 0.5, 1.7, 3.0])
def test_zoom_moves_nothing(zoom: float) -> None:
    # An edge at x = 30 and y = 21 of the image.
    image = np.zeros((44, 61, 3), np.uint8)
    image[21:, 30:] = 255
    source = ImageSource("a", image, zoom=zoom)
    height, width = source.shape_hw
    bright = source.read(Window(0, 0, width, height)).image[..., 0] / 255.0
    x = width - bright[-1].sum()
    y = height - bright[:, -1].sum()
    assert to_image(source, x, y) == pytest.approx((30, 21), abs=0.06 / zoom)


def test_a_tiny_zoom_leaves_a_pixel() -> None:
    assert ImageSource("a", make_image(3, 4), zoom=0.01).shape_hw == (1, 1)


def test_the_crs_is_of_no_place() -> None:
    crs = ImageSource("a", make_image(1, 1)).crs
    assert not crs.is_geographic
    assert not crs.is_projected


@given(st.integers(-20, 20), st.integers(-20, 20), st.integers(1, 30), st.integers(1, 30))
def test_any_window_comes_back_whole(col: int, row: int, width: int, height: int) -> None:
    image = make_image(5, 7)
    block = ImageSource("a", image).read(Window(col, row, width, height))
    assert block.image.shape == (height, width, 3)
    rows, cols = np.arange(row, row + height), np.arange(col, col + width)
    inside = ((rows >= 0) & (rows < 5))[:, None] & ((cols >= 0) & (cols < 7))
    np.testing.assert_array_equal(block.valid, inside)
    y, x = np.nonzero(inside)
    np.testing.assert_array_equal(block.image[y, x], image[rows[y], cols[x]])
