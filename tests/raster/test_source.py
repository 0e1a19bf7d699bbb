from __future__ import annotations

import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rasterio.rpc
import rasterio.shutil
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp, Resampling

from geoseg.config import RasterConfig
from geoseg.errors import ConfigError, CRSError, MissingCRSError, RasterError
from geoseg.raster import GdalSource, open_raster
from geoseg.types import Window

MakeRaster = Callable[..., Path]
Smooth = Callable[[int, int], NDArray[np.uint8]]

NATIVE = RasterConfig()
PLACE = Affine(0.3, 0, 500_000, 0, -0.3, 3_000_000)


def _open(path: Path, **config: Any) -> GdalSource:
    return open_raster(path, RasterConfig(**config), model_gsd_m=None)


def _whole(source: GdalSource) -> Window:
    return Window(0, 0, source.shape_hw[1], source.shape_hw[0])


def test_bytes_at_the_native_gsd_are_untouched(make_raster: MakeRaster, smooth: Smooth) -> None:
    bands = smooth(123, 77)
    with open_raster(make_raster(bands), NATIVE, model_gsd_m=0.3) as source:
        block = source.read(_whole(source))
        assert source.shape_hw == (123, 77)
        assert source.gsd_m == pytest.approx(0.3, rel=1e-3)
    assert np.array_equal(block.image, np.moveaxis(bands, 0, -1))
    assert block.valid.all()


def test_facts_name_what_is_read(make_raster: MakeRaster, smooth: Smooth) -> None:
    path = make_raster(smooth(20, 30))
    with rasterio.open(path, "r+") as target:
        target.update_tags(TIFFTAG_DATETIME="2021:03:04 05:06:07")
    with _open(path) as source:
        facts = source.facts
    assert (facts.width, facts.height, facts.dtype, facts.num_bands) == (30, 20, "uint8", 3)
    assert (facts.bands, facts.scale, facts.date) == ((1, 2, 3), None, "2021-03-04")


@pytest.mark.parametrize("gsd_m", [0.3, 0.2, 0.43, 0.9])
def test_four_windows_equal_one(make_raster: MakeRaster, smooth: Smooth, gsd_m: float) -> None:
    path = make_raster(smooth(700, 800), tiled=True, blockxsize=128, blockysize=128)
    with rasterio.open(path, "r+") as target:
        target.build_overviews([2, 4], Resampling.average)
    with _open(path, gsd_m=gsd_m) as source:
        whole = source.read(Window(7, 5, 200, 200)).image
        for y in (0, 100):
            for x in (0, 100):
                part = source.read(Window(7 + x, 5 + y, 100, 100)).image
                assert np.array_equal(part, whole[y : y + 100, x : x + 100])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(x=st.integers(-80, 260), y=st.integers(-80, 260), size=st.integers(1, 150))
def test_any_window_agrees_with_the_whole(
    make_raster: MakeRaster, smooth: Smooth, x: int, y: int, size: int
) -> None:
    with _open(make_raster(smooth(301, 283)), gsd_m=0.5) as source:
        height, width = source.shape_hw
        whole = source.read(_whole(source)).image
        padded = np.pad(whole, ((300, 600), (300, 600), (0, 0)), mode="symmetric")
        block = source.read(Window(x, y, size, size))
    assert np.array_equal(block.image, padded[y + 300 :, x + 300 :][:size, :size])
    rows, cols = np.arange(y, y + size), np.arange(x, x + size)
    inside = ((rows >= 0) & (rows < height))[:, None] & ((cols >= 0) & (cols < width))
    assert np.array_equal(block.valid, inside)


def test_resampling_agrees_with_gdal(make_raster: MakeRaster, smooth: Smooth) -> None:
    path = make_raster(smooth(600, 600))
    with _open(path, gsd_m=0.7) as source:
        ours = source.read(_whole(source)).image.astype(int)
        height, width = source.shape_hw
        place = source.transform
    with rasterio.open(path) as dataset:
        theirs = dataset.read(out_shape=(3, height, width), resampling=Resampling.bilinear)
        scale_x, scale_y = dataset.width / width, dataset.height / height
    assert place.a == pytest.approx(0.3 * scale_x)
    assert place.e == pytest.approx(-0.3 * scale_y)
    assert np.abs(ours - np.moveaxis(theirs, 0, -1)).max() <= 2


def test_overview_level_is_used_when_shrinking(make_raster: MakeRaster, smooth: Smooth) -> None:
    path = make_raster(smooth(512, 512))
    with rasterio.open(path, "r+") as target:
        target.build_overviews([2], Resampling.average)
        target.write(np.zeros((3, 512, 512), dtype=np.uint8))
    with _open(path, gsd_m=0.6) as source:
        assert source.read(_whole(source)).image.max() > 0
    with _open(path) as source:
        assert source.read(_whole(source)).image.max() == 0


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


def test_wanted_gsd_goes_before_the_model(make_raster: MakeRaster, smooth: Smooth) -> None:
    config = RasterConfig(gsd_m=0.6)
    with open_raster(make_raster(smooth(100, 100)), config, model_gsd_m=0.3) as source:
        assert source.shape_hw == (50, 50)


def test_raster_far_from_the_model_warns_in_one_line(
    make_raster: MakeRaster, smooth: Smooth
) -> None:
    path = make_raster(smooth(100, 100))
    with pytest.warns(UserWarning, match=r"0\.3 m .* 0\.1 m; .*--gsd") as caught:
        open_raster(path, NATIVE, model_gsd_m=0.1).close()
    assert len(caught) == 1


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


def test_raster_without_a_crs_names_the_option(make_raster: MakeRaster, smooth: Smooth) -> None:
    path = make_raster(smooth(4, 4), crs=None)
    with pytest.raises(MissingCRSError, match=r"raster\.tif: .*--crs"):
        _open(path)
    with _open(path, crs="EPSG:32645") as source:
        assert source.crs.to_epsg() == 32645


def test_crs_of_the_user_replaces_another_with_a_warning(
    make_raster: MakeRaster, smooth: Smooth
) -> None:
    path = make_raster(smooth(4, 4))
    with pytest.warns(UserWarning, match="EPSG:32644 .* WGS 84 / UTM zone 45N"):
        source = _open(path, crs="EPSG:32644")
    assert source.crs.to_epsg() == 32644
    source.close()
    _open(path, crs="EPSG:32645").close()


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("crs", [None, "EPSG:32645"])
def test_raster_without_a_place_is_refused(
    make_raster: MakeRaster, smooth: Smooth, crs: str | None
) -> None:
    path = make_raster(smooth(4, 4), crs=None, transform=None)
    with pytest.raises(RasterError, match="must be georeferenced"):
        _open(path, crs=crs)


def test_place_warning_of_rasterio_does_not_leak(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "plain.png"
    Image.new("RGB", (5, 5)).save(path)
    with pytest.raises(RasterError, match=r"plain\.png: a raster must be georeferenced"):
        _open(path)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_rpcs_alone_are_refused(make_raster: MakeRaster, smooth: Smooth) -> None:
    path = make_raster(smooth(4, 4), crs=None, transform=None)
    coefficients = [1.0] + [0.0] * 19
    rpcs = rasterio.rpc.RPC(
        height_off=0, height_scale=1, lat_off=0, lat_scale=1, line_off=0, line_scale=1,
        long_off=0, long_scale=1, samp_off=0, samp_scale=1, err_bias=0, err_rand=0,
        line_den_coeff=coefficients, line_num_coeff=coefficients,
        samp_den_coeff=coefficients, samp_num_coeff=coefficients,
    )  # fmt: skip
    with rasterio.open(path, "r+") as target:
        target.rpcs = rpcs
    with pytest.raises(RasterError, match="orthorectified"):
        _open(path)


def test_world_file_and_crs_of_the_user_are_enough(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "scan.png"
    Image.new("RGB", (40, 30), (1, 2, 3)).save(path)
    path.with_suffix(".pgw").write_text("0.3\n0\n0\n-0.3\n500000.15\n2999999.85\n")
    with _open(path, crs="EPSG:32645") as source:
        assert source.transform.almost_equals(PLACE)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_control_points_are_warped(make_raster: MakeRaster, smooth: Smooth) -> None:
    path = make_raster(smooth(60, 80), crs=None, transform=None)
    corners = [(0, 0), (0, 80), (60, 0), (60, 80)]
    points = [
        GroundControlPoint(row, col, 500_000 + col * 0.3, 3_000_000 - row * 0.3)
        for row, col in corners
    ]
    with rasterio.open(path, "r+") as target:
        target.gcps = (points, rasterio.CRS.from_epsg(32645))
    with _open(path) as source:
        assert source.crs.to_epsg() == 32645
        assert source.transform.almost_equals(PLACE, precision=1e-3)
        block = source.read(_whole(source))
    assert block.valid.mean() > 0.95
    assert np.abs(block.image[20, 20].astype(int) - smooth(60, 80)[:, 20, 20]).max() < 40


def test_rotated_raster_keeps_its_rotation(make_raster: MakeRaster, smooth: Smooth) -> None:
    turned = PLACE @ Affine.rotation(30)
    with _open(make_raster(smooth(90, 90), transform=turned), gsd_m=0.6) as source:
        assert source.shape_hw == (45, 45)
        assert source.transform.almost_equals(turned @ Affine.scale(2))


def test_raster_in_engineering_crs_is_refused(make_raster: MakeRaster, smooth: Smooth) -> None:
    local = 'LOCAL_CS["site",UNIT["metre",1]]'
    with pytest.raises(CRSError, match="projected or geographic"):
        _open(make_raster(smooth(4, 4), crs=local))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.tif", None, "no such file"),
        ("empty.tif", b"", "empty"),
        ("text.tif", b"not a raster", "not a raster that GDAL can read"),
    ],
)
def test_unreadable_file_is_one_line_that_names_it(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RasterError, match=f"{name}: .*{message}") as caught:
        _open(path)
    assert "\n" not in str(caught.value)


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RasterError, match="must be a file; got a folder"):
        _open(tmp_path)


def test_damage_in_the_middle_names_file_and_window(
    make_raster: MakeRaster, smooth: Smooth, capfd: pytest.CaptureFixture[str]
) -> None:
    path = make_raster(smooth(1200, 1200), tiled=True, blockxsize=256, blockysize=256)
    size = path.stat().st_size
    with _open(path) as source, path.open("r+b") as file:
        file.truncate(size // 2)
        with pytest.raises(RasterError, match=r"raster\.tif: window \(0, 0, 1200, 1200\)"):
            source.read(_whole(source))
    assert capfd.readouterr().err == ""


def test_truncated_file_is_one_line(make_raster: MakeRaster, smooth: Smooth) -> None:
    path = make_raster(smooth(500, 500), compress="deflate")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with (
        pytest.raises(RasterError, match=r"raster\.tif: .*damaged") as caught,
        _open(path) as source,
    ):
        source.read(_whole(source))
    assert "\n" not in str(caught.value)


def test_gdal_messages_stay_out_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "text.tif"
    path.write_text("not a raster")
    with caplog.at_level(logging.INFO), pytest.raises(RasterError):
        _open(path)
    assert caplog.records == []


def test_empty_window_is_refused(make_raster: MakeRaster, smooth: Smooth) -> None:
    with _open(make_raster(smooth(9, 9))) as source, pytest.raises(ValueError, match="1 x 1"):
        source.read(Window(0, 0, 0, 5))


def test_pickled_source_reads_the_same(make_raster: MakeRaster, smooth: Smooth) -> None:
    window = Window(3, 4, 20, 20)
    with _open(make_raster(smooth(90, 90)), gsd_m=0.5) as source:
        expected = source.read(window).image
        copy = pickle.dumps(source)
    with pickle.loads(copy) as other:
        assert np.array_equal(other.read(window).image, expected)


def test_overview_is_small_and_lies_on_the_raster(make_raster: MakeRaster, smooth: Smooth) -> None:
    with _open(make_raster(smooth(300, 600))) as source:
        picture = source.read_overview(100)
        assert picture.image.shape == (50, 100, 3)
        assert picture.valid.all()
        assert picture.transform @ (100, 50) == pytest.approx(source.transform @ (600, 300))
        assert source.read_overview(5000).image.shape == (300, 600, 3)


@pytest.mark.parametrize("driver", ["VRT", "COG", "JP2OpenJPEG", "MBTiles", "GPKG"])
def test_other_formats_open(
    make_raster: MakeRaster, smooth: Smooth, tmp_path: Path, driver: str
) -> None:
    path = make_raster(
        smooth(300, 300), crs="EPSG:3857", transform=Affine(0.3, 0, 9_500_000, 0, -0.3, 3_200_000)
    )
    other = tmp_path / f"other.{driver}"
    rasterio.shutil.copy(path, other, driver=driver)
    with _open(other) as source:
        block = source.read(_whole(source))
        assert source.crs.to_epsg() == 3857
    assert block.valid.mean() > 0.2


def test_real_orthophoto_is_read_at_true_ground_metres(shared_data: Path) -> None:
    with _open(shared_data / "banepa" / "ortho.tif", gsd_m=0.3) as source:
        assert source.facts.gsd_m == pytest.approx((0.132, 0.132), abs=1e-3)
        whole = source.read(Window(1000, 900, 600, 600)).image
        part = source.read(Window(1300, 1200, 300, 300)).image
    assert np.array_equal(part, whole[300:, 300:])
