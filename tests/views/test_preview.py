from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shapely.geometry import box

from geoseg.errors import OutputError, OutputExistsError
from geoseg.views import write_preview


def image_of(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), (90, 120, 80), np.uint8)


def read(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def test_a_preview_without_buildings_shows_the_raster(tmp_path: Path) -> None:
    path = tmp_path / "preview.png"
    write_preview(path, image_of(600, 800), [], gsd_m=0.3, title="No buildings")
    picture = read(path)
    assert picture.shape == (600 + 92 + 68, 800 + 48, 3)
    assert (picture[92:692, 24:824] == (90, 120, 80)).all()


def test_twenty_thousand_buildings_are_drawn(tmp_path: Path) -> None:
    houses = [box(x, y, x + 3, y + 3) for x in range(0, 1000, 7) for y in range(0, 1000, 7)]
    scores = np.linspace(0.5, 1, len(houses))
    assert len(houses) > 20_000
    path = tmp_path / "preview.jpg"
    write_preview(path, image_of(1000, 1000), houses, gsd_m=2, title="Many", scores=scores)
    assert read(path)[92:1092, 24:1024].std() > 15


@pytest.mark.parametrize("shape_hw", [(1, 1), (1, 900), (900, 1), (7, 5), (20, 5000), (513, 37)])
def test_odd_shapes_give_a_readable_sheet(tmp_path: Path, shape_hw: tuple[int, int]) -> None:
    path = tmp_path / "preview.png"
    write_preview(path, image_of(*shape_hw), [box(0, 0, 1, 1)], gsd_m=0.3, title="Odd")
    height, width = read(path).shape[:2]
    assert 640 <= width <= 1700
    assert 160 < height <= 1800


def test_places_without_data_are_shown_as_such(tmp_path: Path) -> None:
    valid = np.ones((600, 600), bool)
    valid[:100] = False
    path = tmp_path / "preview.png"
    write_preview(path, image_of(600, 600), [], gsd_m=0.3, title="Holes", valid=valid)
    picture = read(path)
    assert picture[92 + 50, 320].tolist() == [232, 234, 237]
    assert picture[92 + 150, 320].tolist() == [90, 120, 80]


def test_the_scale_bar_is_as_long_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "preview.png"
    write_preview(path, image_of(600, 800), [], gsd_m=0.5, title="Scale")
    picture = read(path).astype(int)
    # Room for 260 px, 130 m: the bar is 100 m, 200 px.
    row = picture[92 + 600 + 18]
    dark = np.flatnonzero((row.sum(axis=1) < 150)[:500])
    assert dark.max() - dark.min() == 200


def test_a_long_title_stays_on_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "preview.png"
    write_preview(path, image_of(600, 600), [], gsd_m=1, title="word " * 100, subtitle="x" * 900)
    picture = read(path)
    assert (picture[:90, -20:] == 255).all()


def test_scores_of_no_buildings_are_fine(tmp_path: Path) -> None:
    write_preview(tmp_path / "p.png", image_of(9, 9), [], gsd_m=1, title="", scores=[])


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "preview.png"
    path.write_text("mine")
    with pytest.raises(OutputExistsError, match=r"preview\.png exists"):
        write_preview(path, image_of(9, 9), [], gsd_m=1, title="")
    assert path.read_text() == "mine"
    write_preview(path, image_of(9, 9), [], gsd_m=1, title="", overwrite=True)
    assert [one.name for one in tmp_path.iterdir()] == ["preview.png"]


def test_other_endings_and_empty_images_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"must end in .*; got preview\.gif"):
        write_preview(tmp_path / "preview.gif", image_of(9, 9), [], gsd_m=1, title="")
    with pytest.raises(OutputError, match="needs an image"):
        write_preview(tmp_path / "p.png", image_of(0, 9), [], gsd_m=1, title="")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the folder .* must exist"):
        write_preview(tmp_path / "no" / "p.png", image_of(9, 9), [], gsd_m=1, title="")


def test_a_picture_that_cannot_be_written_is_one_line_and_the_former_stays(
    tmp_path: Path,
) -> None:
    path = tmp_path / "preview.png"
    path.write_text("mine")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OutputError, match=r"preview\.png: cannot be written: File too large\."):
            write_preview(path, image_of(900, 900), [], gsd_m=1, title="", overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["preview.png"]
