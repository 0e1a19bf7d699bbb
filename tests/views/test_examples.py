"""Sheets of examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from geoseg.errors import OutputError, OutputExistsError
from geoseg.views.examples import (
    MISSED_COLOUR,
    RIGHT_COLOUR,
    WRONG_COLOUR,
    Example,
    draw_example,
    write_examples,
)

GREY = np.full((60, 80, 3), 120, np.uint8)


def square(top: int, left: int, side: int = 20) -> NDArray[np.bool_]:
    mask = np.zeros(GREY.shape[:2], bool)
    mask[top : top + side, left : left + side] = True
    return mask


def is_drawn(image: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    return np.asarray((np.abs(image.astype(int) - colour) < 12).all(axis=-1))


def test_each_kind_has_its_colour_where_its_mask_ends() -> None:
    example = Example(GREY, [square(5, 5)], [square(5, 50)], [square(35, 30)], "a")
    drawn = draw_example(example, 160)
    assert drawn.shape == (120, 160, 3)
    boxes = ((RIGHT_COLOUR, 5, 5), (WRONG_COLOUR, 5, 50), (MISSED_COLOUR, 35, 30))
    for colour, top, left in boxes:
        rows, columns = np.nonzero(is_drawn(drawn, colour))
        # A line of two pixels runs along the border of the mask, here at twice its size.
        assert abs(rows.min() - 2 * top) <= 2
        assert abs(rows.max() - 2 * (top + 20)) <= 2
        assert abs(columns.min() - 2 * left) <= 2
        assert abs(columns.max() - 2 * (left + 20)) <= 2


def test_an_image_without_masks_is_only_scaled() -> None:
    drawn = draw_example(Example(GREY, [], [], [], "empty"), 40)
    assert drawn.shape == (30, 40, 3)
    assert (drawn == 120).all()


@pytest.mark.parametrize("count", [1, 3, 4])
def test_the_sheet_has_a_cell_for_each_image(count: int, tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    write_examples(path, [Example(GREY, [], [], [], "x")] * count, num_columns=3, side_px=100)
    sheet = np.asarray(Image.open(path))
    # The images have this grey, and a height of 75 at a width of 100.
    assert abs((sheet == 120).all(axis=-1).sum() - count * 7500) < 100
    assert [one.name for one in tmp_path.iterdir()] == ["sheet.png"]


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    path.write_bytes(b"mine")
    with pytest.raises(OutputExistsError):
        write_examples(path, [Example(GREY, [], [], [], "x")])
    assert path.read_bytes() == b"mine"
    write_examples(path, [Example(GREY, [], [], [], "x")], overwrite=True)
    assert path.read_bytes() != b"mine"


def test_a_sheet_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="at least one image"):
        write_examples(tmp_path / "sheet.png", [])
