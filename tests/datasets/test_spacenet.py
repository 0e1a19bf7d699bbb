"""Labels of SpaceNet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geoseg.config import DatasetConfig
from geoseg.datasets.faults import Faults
from geoseg.datasets.label_index import LabelIndex, measure_boxes
from geoseg.datasets.opening import open_dataset
from geoseg.datasets.spacenet import index_spacenet, is_spacenet
from geoseg.errors import DatasetError
from tests.datasets.made import area_of, write_raster

HEAD = "ImageId,BuildingId,PolygonWKT_Pix,PolygonWKT_Geo"
SQUARE = "POLYGON ((2 3 0,12 3 0,12 13 0,2 13 0,2 3 0))"
HOLED = "POLYGON ((0 0,20 0,20 20,0 20,0 0),(5 5,5 15,15 15,15 5,5 5))"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three 16-bit images with values from 200 to 1400."""
    ramp = np.linspace(200, 1400, 30 * 40).reshape(30, 40, 1).astype(np.uint16)
    for number in (1, 2, 10):
        name = f"RGB-PanSharpen_AOI_2_Vegas_img{number}.tif"
        write_raster(tmp_path / "images" / name, np.repeat(ramp, 3, axis=2))
    return tmp_path


def write(folder: Path, *lines: str) -> Path:
    """A CSV."""
    path = folder / "Vegas_Building_Solutions.csv"
    path.write_text("\n".join((HEAD, *lines)) + "\n")
    return path


def row(image: int, building: int, polygon: str) -> str:
    """A line."""
    return f'AOI_2_Vegas_img{image},{building},"{polygon}","POLYGON EMPTY"'


def read(folder: Path, *lines: str, faults: Faults | None = None) -> LabelIndex:
    """Write and index."""
    return index_spacenet(write(folder, *lines), folder / "images", faults or Faults("set"))


def test_polygons_and_empty_images_are_read(folder: Path) -> None:
    index = read(
        folder,
        row(10, 1, SQUARE),
        row(1, -1, "POLYGON EMPTY"),
        row(10, 7, HOLED),
        row(2, 0, "POLYGON EMPTY"),
    )
    assert [name.rsplit("_", 1)[1] for name in index.image_names] == [
        "img10.tif", "img1.tif", "img2.tif"
    ]  # fmt: skip
    assert index.sizes_wh.tolist() == [[40, 30]] * 3
    assert [len(index.objects_of(number)) for number in range(3)] == [2, 0, 0]
    assert [area_of(one).area for one in index.objects_of(0)] == [100, 300]
    assert measure_boxes(index)[1].tolist() == [100, 300]


def test_what_is_broken_is_counted(folder: Path) -> None:
    faults = Faults("set")
    index = read(
        folder,
        row(1, 3, "POLYGON ((0 0, 1"),
        row(1, 4, "LINESTRING (0 0, 5 5)"),
        row(1, 5, "POLYGON ((50 0,60 0,60 9,50 0))"),
        row(1, 6, SQUARE),
        row(77, 1, SQUARE),
        faults=faults,
    )
    assert index.object_ids.tolist() == [6]
    assert faults.counts == {
        "is no polygon in WKT": 1,
        "has no ring of 3 points": 1,
        "lies outside its image": 1,
        "is missing": 1,
    }
    assert faults.named[0] == "line 2, building 3 of AOI_2_Vegas_img1 is no polygon in WKT"
    with pytest.raises(DatasetError, match="AOI_2_Vegas_img77 is missing"):
        read(folder, row(77, 1, SQUARE), faults=Faults("set", is_strict=True))


def test_a_csv_without_the_columns_is_one_line(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("ImageId,Polygon\nimg1,\n")
    assert not is_spacenet(path)
    with pytest.raises(DatasetError, match=r"a\.csv must be a CSV with ImageId and PolygonWKT"):
        index_spacenet(path, folder / "images", Faults("set"))


def test_16_bit_images_become_8_bit(folder: Path) -> None:
    path = write(folder, row(1, 1, SQUARE))
    images = open_dataset(DatasetConfig(str(path)))
    pixels = images.load_pixels(0)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (30, 40, 3)
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert np.diff(pixels[..., 0].ravel().astype(int)).min() >= 0
    fixed = open_dataset(DatasetConfig(str(path), scale=(0, 2000), bands=(1, 2, 3)))
    assert fixed.load_pixels(0)[0, 0].tolist() == [26, 26, 26]
