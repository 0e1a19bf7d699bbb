"""Sheets of suspects."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from geoseg.errors import OutputError, OutputExistsError
from geoseg.views.contact_sheet import (
    NUM_COLUMNS,
    OUTLINE_COLOUR,
    Cell,
    draw_picture,
    write_contact_sheet,
)

GREY = np.full((60, 40, 3), 100, np.uint8)


def read_rgb(path: Path) -> np.ndarray:
    return np.asarray(cv2.imread(str(path)), np.uint8)[..., ::-1]


def test_pairs_stay_side_by_side(tmp_path: Path) -> None:
    pictures = [np.full((50, 50, 3), level, np.uint8) for level in (10, 60, 110, 160, 210)]
    single = Cell((pictures[0],), ("one",))
    pair = Cell((pictures[1], pictures[2]), ("left", "right " * 40))
    path = tmp_path / "sheet.png"
    write_contact_sheet(path, [single, single, single, pair], side_px=50)
    sheet = read_rgb(path)
    assert sheet.shape == (2 * (50 + 40 + 12) + 12, NUM_COLUMNS * 62 + 12, 3)
    middles = [int(sheet[12 + 25 + row * 102, 12 + 25 + column * 62, 0])
               for row in range(2) for column in range(4)]  # fmt: skip
    assert middles == [10, 10, 10, 255, 60, 110, 255, 255]


def test_outlines_are_drawn_on_the_first_picture_only(tmp_path: Path) -> None:
    ring = np.array([(10, 10), (30, 10), (30, 40), (10, 40)], np.float32)
    path = tmp_path / "sheet.png"
    write_contact_sheet(path, [Cell((GREY, GREY), ("a", "b"), (ring,))], side_px=60)
    is_drawn = (read_rgb(path) == OUTLINE_COLOUR).all(axis=2)
    rows, columns = np.nonzero(is_drawn)
    assert columns.max() < 12 + 60
    # The sheet has a margin of 12 pixels; lines are two wide, and smoothed.
    borders = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    np.testing.assert_allclose(borders, np.array([10, 10, 30, 40]) + 12, atol=2)


def test_broken_and_far_outlines_do_no_harm() -> None:
    nothing, line = np.zeros((1, 2), np.float32), np.array([(0, 0), (1e9, 5)], np.float32)
    broken = np.array([(0, 0), (np.nan, 5), (9, 9)], np.float32)
    drawn = draw_picture(GREY, (nothing, line, broken), 60)
    assert drawn.shape == (60, 40, 3)
    assert not (GREY != 100).any()


def test_a_wide_picture_fits(tmp_path: Path) -> None:
    assert draw_picture(np.zeros((10, 400, 3), np.uint8), (), 100).shape == (2, 100, 3)


def test_what_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    with pytest.raises(OutputError, match="at least one image"):
        write_contact_sheet(path, [])
    with pytest.raises(OutputError, match=r"must end in \.png"):
        write_contact_sheet(tmp_path / "sheet.pdf", [Cell((GREY,), ("a",))])
    path.write_text("mine")
    with pytest.raises(OutputExistsError):
        write_contact_sheet(path, [Cell((GREY,), ("a",))])
    assert path.read_text() == "mine"
