from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, Resampling

from geoseg.config import RasterConfig
from geoseg.errors import ConfigError, RasterError
from geoseg.raster import GdalSource, open_raster
from geoseg.types import Window

MakeRaster = Callable[..., Path]
Smooth = Callable[[int, int], NDArray[np.uint8]]


def _open(path: Path, **config: Any) -> GdalSource:
    return open_raster(path, RasterConfig(**config), model_gsd_m=None)


def _whole(source: GdalSource) -> Window:
    return Window(0, 0, source.shape_hw[1], source.shape_hw[0])


def test_mask_without_overviews_is_not_lost(make_raster: MakeRaster, smooth: Smooth) -> None:
    path = make_raster(smooth(256, 256))
    with rasterio.open(path, "r+") as target:
        target.build_overviews([2], Resampling.average)
    with rasterio.open(path, "r+") as target:
        mask = np.zeros((256, 256), dtype=np.uint8)
        mask[:, 128:] = 255
        target.write_mask(mask)
    with _open(path, gsd_m=0.6) as source:
        valid = source.read(_whole(source)).valid
    assert not valid[:, :63].any()
    assert valid[:, 65:].all()


def test_nodata_is_invalid_and_of_the_mean_colour(make_raster: MakeRaster) -> None:
    bands = np.zeros((3, 40, 40), dtype=np.uint8)
    bands[:, 20:] = np.array([10, 20, 30])[:, None, None]
    with _open(make_raster(bands, nodata=0)) as source:
        block = source.read(_whole(source))
    assert (block.image == (10, 20, 30)).all()
    assert block.valid[20:].all()
    assert not block.valid[:20].any()


def test_pixel_is_valid_when_one_band_differs_from_nodata(make_raster: MakeRaster) -> None:
    bands = np.zeros((3, 4, 4), dtype=np.uint8)
    bands[1] = 200
    with _open(make_raster(bands, nodata=0)) as source:
        assert source.read(_whole(source)).valid.all()


@pytest.mark.parametrize("opaque", [255, 65535])
def test_alpha_says_what_is_valid(make_raster: MakeRaster, opaque: int) -> None:
    dtype = np.uint8 if opaque == 255 else np.uint16
    bands = np.full((4, 30, 30), 90, dtype=dtype)
    bands[3] = 0
    bands[3, :, 10:] = opaque
    path = make_raster(bands, photometric="RGB")
    with rasterio.open(path, "r+") as target:
        target.colorinterp = [*target.colorinterp[:3], ColorInterp.alpha]
    with _open(path) as source:
        block = source.read(_whole(source))
        assert source.facts.bands == (1, 2, 3)
    assert not block.valid[:, :10].any()
    assert block.valid[:, 10:].all()


def test_grey_and_alpha_is_shown_as_grey(make_raster: MakeRaster) -> None:
    bands = np.full((2, 9, 9), 255, dtype=np.uint8)
    bands[0] = 70
    path = make_raster(bands)
    with rasterio.open(path, "r+") as target:
        target.colorinterp = [ColorInterp.gray, ColorInterp.alpha]
    with _open(path) as source:
        assert (source.read(_whole(source)).image == 70).all()


def test_colour_interpretation_goes_before_band_order(make_raster: MakeRaster) -> None:
    bands = np.stack([np.full((5, 5), value, dtype=np.uint8) for value in (1, 2, 3, 4)])
    path = make_raster(bands)
    with rasterio.open(path, "r+") as target:
        target.colorinterp = [
            ColorInterp.blue,
            ColorInterp.green,
            ColorInterp.red,
            ColorInterp.undefined,
        ]
    with _open(path) as source:
        assert source.read(_whole(source)).image[0, 0].tolist() == [3, 2, 1]
    with _open(path, bands=(4, 1, 2)) as source:
        assert source.read(_whole(source)).image[0, 0].tolist() == [4, 1, 2]


def test_palette_is_shown_in_its_colours(make_raster: MakeRaster) -> None:
    path = make_raster(np.array([[[0, 1], [1, 0]]], dtype=np.uint8), photometric="palette")
    with rasterio.open(path, "r+") as target:
        target.write_colormap(1, {0: (9, 8, 7, 255), 1: (200, 100, 50, 255)})
    with _open(path) as source:
        image = source.read(_whole(source)).image
    assert image.tolist()[0] == [[9, 8, 7], [200, 100, 50]]


def test_16_bit_is_stretched_over_all_bands_together(make_raster: MakeRaster) -> None:
    values = np.linspace(1000, 2000, 100 * 100).reshape(100, 100)
    bands = np.stack([values, values / 2, values]).astype(np.uint16)
    with _open(make_raster(bands)) as source:
        block = source.read(_whole(source))
        low, high = source.facts.scale or (0, 0)
    assert (low, high) == pytest.approx(np.percentile(bands, [2, 98]), rel=1e-6)
    expected = np.clip((bands.astype(float) - low) * 255 / (high - low), 0, 255).round()
    assert np.abs(np.moveaxis(block.image, -1, 0) - expected).max() <= 1


def test_scale_of_the_user_is_used_even_for_8_bit(make_raster: MakeRaster) -> None:
    bands = np.array([[[0, 50], [100, 200]]], dtype=np.uint8)
    with _open(make_raster(bands), scale=(50, 100)) as source:
        assert source.read(_whole(source)).image[..., 0].tolist() == [[0, 0], [255, 255]]


def test_nan_and_infinity_are_invalid(make_raster: MakeRaster) -> None:
    bands = np.random.default_rng(0).normal(100, 10, (3, 50, 50)).astype(np.float32)
    bands[0, 3, 3] = np.nan
    bands[1, 4, 4] = np.inf
    with _open(make_raster(bands)) as source:
        block = source.read(_whole(source))
    assert np.argwhere(~block.valid).tolist() == [[3, 3], [4, 4]]


def test_float_nodata_is_met_in_single_precision(make_raster: MakeRaster) -> None:
    bands = np.full((1, 10, 10), 0.1, dtype=np.float32)
    bands[0, 0, 0] = 7
    with _open(make_raster(bands, nodata=0.1)) as source:
        assert source.read(_whole(source)).valid.sum() == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_raster_without_valid_pixels_opens(make_raster: MakeRaster, dtype: type) -> None:
    with _open(make_raster(np.zeros((3, 8, 8), dtype=dtype), nodata=0)) as source:
        block = source.read(_whole(source))
    assert not block.valid.any()
    assert (block.image == 128).all()


def test_flat_16_bit_raster_opens(make_raster: MakeRaster) -> None:
    with _open(make_raster(np.full((3, 8, 8), 500, dtype=np.uint16))) as source:
        assert source.read(_whole(source)).image.max() == 0


def test_complex_numbers_are_refused(make_raster: MakeRaster) -> None:
    with pytest.raises(RasterError, match="integers or real numbers.*complex64"):
        _open(make_raster(np.zeros((1, 4, 4), dtype=np.complex64)))


def test_one_bit_mask_is_refused(make_raster: MakeRaster) -> None:
    with pytest.raises(RasterError, match="one bit"):
        _open(make_raster(np.ones((1, 8, 8), dtype=np.uint8), nbits=1))


def test_absent_band_is_named(make_raster: MakeRaster, smooth: Smooth) -> None:
    with pytest.raises(ConfigError, match=r"raster\.tif: bands .* 3; got 4"):
        _open(make_raster(smooth(4, 4)), bands=(4, 2, 1))
