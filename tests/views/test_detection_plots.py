from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from geoseg.views.detection_plots import plot_overlaps, plot_precision_recall

SIDE_PX, MARGIN_PX = 420, 70
CELL_WIDTH_PX, CELL_HEIGHT_PX = 52, 34


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_the_curve_goes_through_its_points(tmp_path: Path) -> None:
    precisions, recalls = np.array([1.0, 1.0, 0.55, 0.55]), np.array([0.0, 0.5, 0.5, 0.95])
    plot_precision_recall(tmp_path / "c.png", precisions, recalls, title="AP 0.75")
    picture = read(tmp_path / "c.png")

    def is_blue(x: float, y: float) -> bool:
        column, row = round(MARGIN_PX + x * SIDE_PX), round(MARGIN_PX + (1 - y) * SIDE_PX)
        red, _, blue = picture[row, column].tolist()
        return blue > red + 80

    assert is_blue(0.25, 1.0)
    assert is_blue(0.5, 0.77)
    assert is_blue(0.75, 0.55)
    assert not is_blue(0.75, 0.7)
    assert not is_blue(0.97, 0.55)


def test_a_match_is_green_and_overlaps_are_shaded(tmp_path: Path) -> None:
    ious = np.array([[0.0, 0.8], [0.9, 0.3]])
    scores = np.array([0.4, 0.95])
    plot_overlaps(tmp_path / "o.png", ious, np.array([-1, 0]), scores=scores)
    picture = read(tmp_path / "o.png")

    def corner(row: int, column: int) -> list[int]:
        x, y = 2 * MARGIN_PX + column * CELL_WIDTH_PX + 5, MARGIN_PX + row * CELL_HEIGHT_PX + 5
        return picture[y, x].tolist()

    # The best score is on top: detection 1, which is matched with the first object.
    assert corner(0, 0)[1] > corner(0, 0)[0] + 60
    assert corner(1, 0) == [255, 255, 255]
    dark, light = corner(1, 1), corner(0, 1)
    assert dark[0] < light[0] < 255
    assert dark[2] > dark[0]


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 2)])
def test_nothing_on_a_side_is_a_picture_too(shape: tuple[int, int]) -> None:
    file = io.BytesIO()
    plot_overlaps(file, np.zeros(shape), np.full(shape[0], -1))
    plot_precision_recall(io.BytesIO(), np.zeros(0), np.zeros(0))
    assert file.getvalue().startswith(b"\x89PNG")
