from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from geoseg.scores import ReliabilityBin
from geoseg.views.reliability import ReliabilityPanel, draw_reliability

TABLE = [
    ReliabilityBin(0.0, 0.1, 1200, 0.04, 0.03, 0.02, 0.05),
    ReliabilityBin(0.5, 0.6, 30, 0.55, 0.7, 0.5, 0.85),
]
SIDE_PX, MARGIN_PX, TOP_PX = 420, 70, 60


def draw(path: Path, *tables: list[ReliabilityBin]) -> np.ndarray:
    draw_reliability(path, [ReliabilityPanel("title", table) for table in tables])
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def pixel(picture: np.ndarray, x: float, y: float) -> list[int]:
    return picture[round(TOP_PX + (1 - y) * SIDE_PX), round(MARGIN_PX + x * SIDE_PX)].tolist()


def test_a_bar_ends_at_the_share_that_is_right(tmp_path: Path) -> None:
    picture = draw(tmp_path / "r.png", TABLE)
    blue = pixel(picture, 0.52, 0.4)
    assert blue[2] > blue[0] + 50
    assert pixel(picture, 0.52, 0.68) == blue
    assert pixel(picture, 0.52, 0.72) == pixel(picture, 0.75, 0.45) == [255, 255, 255]
    red = pixel(picture, 0.55, 0.7)
    assert red[0] > red[2] + 100


def test_the_most_detections_have_the_longest_bar_below(tmp_path: Path) -> None:
    picture = draw(tmp_path / "r.png", TABLE)
    grey = pixel(picture, 0.02, -0.2)
    assert max(grey) < 220
    assert pixel(picture, 0.52, -0.076) == pytest.approx(grey, abs=12)
    # 30 of 1200 are two pixels and a half.
    assert pixel(picture, 0.51, -0.2) == [255, 255, 255]


@pytest.mark.parametrize("tables", [[[]], [TABLE, []], [TABLE, TABLE, TABLE]])
def test_panels_stand_side_by_side(tmp_path: Path, tables: list[list[ReliabilityBin]]) -> None:
    one, all_ = draw(tmp_path / "1.png", TABLE), draw(tmp_path / "n.png", *tables)
    assert all_.shape[0] == one.shape[0]
    assert all_.shape[1] - one.shape[1] == (len(tables) - 1) * (SIDE_PX + MARGIN_PX)
