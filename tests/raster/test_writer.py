from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from rasterio.enums import ColorInterp

from geoseg.errors import OutputError, OutputExistsError, RasterError
from geoseg.raster.writer import check_geotiff, write_geotiff

UTM = CRS.from_epsg(32636)
TRANSFORM = Affine(0.3, 0.0, 453000.0, 0.0, -0.3, 39000.0)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_an_image_comes_back_with_its_place(tmp_path: Path) -> None:
    path, image = tmp_path / "a.tif", noise(33, 47)
    write_geotiff(path, image, crs=UTM, transform=TRANSFORM)
    with rasterio.open(path) as source:
        assert (np.moveaxis(source.read(), 0, 2) == image).all()
        assert source.transform == TRANSFORM
        assert source.crs.to_epsg() == 32636
        assert source.colorinterp == (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
        assert source.overviews(1) == []


def test_a_large_image_is_tiled_and_has_overviews(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    write_geotiff(path, noise(1200, 700), crs=UTM, transform=TRANSFORM)
    with rasterio.open(path) as source:
        assert source.block_shapes == [(256, 256)] * 3
        assert source.overviews(1) == [2, 4]


def test_jpeg_is_close_and_smaller(tmp_path: Path) -> None:
    image = np.full((300, 300, 3), (200, 120, 60), np.uint8)
    path = tmp_path / "a.tif"
    write_geotiff(path, image, crs=UTM, transform=TRANSFORM, compression="jpeg")
    with rasterio.open(path) as source:
        assert source.compression.value == "JPEG"
        assert np.abs(np.moveaxis(source.read(), 0, 2).astype(int) - image).max() <= 3


@settings(max_examples=10)
@given(st.integers(1, 70), st.integers(1, 70))
def test_every_size_is_kept(
    tmp_path_factory: pytest.TempPathFactory, height: int, width: int
) -> None:
    path, image = tmp_path_factory.mktemp("size") / "a.tif", noise(height, width)
    write_geotiff(path, image, crs=UTM, transform=TRANSFORM)
    with rasterio.open(path) as source:
        assert (np.moveaxis(source.read(), 0, 2) == image).all()


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_text("mine")
    with pytest.raises(OutputExistsError, match=r"a\.tif exists"):
        write_geotiff(path, noise(3, 3), crs=UTM, transform=TRANSFORM)
    assert path.read_text() == "mine"
    write_geotiff(path, noise(3, 3), crs=UTM, transform=TRANSFORM, overwrite=True)
    assert [one.name for one in tmp_path.iterdir()] == ["a.tif"]


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_only_rgb_bytes_are_written(tmp_path: Path, image: np.ndarray) -> None:
    with pytest.raises(RasterError, match=r"a\.tif: image must be uint8"):
        write_geotiff(tmp_path / "a.tif", image, crs=UTM, transform=TRANSFORM)
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="must exist"):
        check_geotiff(tmp_path / "no" / "a.tif")
    with pytest.raises(OutputError, match=r"must end in \.tif"):
        check_geotiff(tmp_path / "a.png")
    (tmp_path / "b.tif").mkdir()
    with pytest.raises(OutputError, match="got a folder"):
        check_geotiff(tmp_path / "b.tif")
