from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rasterio.enums import Resampling

from geoseg.config import RasterConfig
from geoseg.errors import RasterError
from geoseg.raster import GdalSource, open_raster
from geoseg.raster.reflection import read_reflected
from geoseg.types import Window
from tests.bright import damage_block, make_scene, write_raster

MakeRaster = Callable[..., Path]
Smooth = Callable[[int, int], NDArray[np.uint8]]

NATIVE = RasterConfig()


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


def test_a_damaged_block_fails_every_time_and_others_never(tmp_path: Path) -> None:
    path = write_raster(
        tmp_path / "town.tif", make_scene((600, 600)), tiled=True, blockxsize=256, blockysize=256,
        compress="deflate",
    )  # fmt: skip
    damage_block(path, row=1, col=1)
    bad, good = Window(200, 200, 300, 300), Window(300, 0, 300, 250)
    with open_raster(path, RasterConfig(), model_gsd_m=None) as source:
        expected = source.read(good)
        for _ in range(3):
            with pytest.raises(RasterError, match=r"town\.tif: window \(200, .* cannot be read"):
                source.read(bad)
            assert np.array_equal(source.read(good).image, expected.image)
        with pytest.raises(RasterError, match="overview"):
            source.read_overview(100)
        with pytest.raises(RasterError, match="overview"):
            source.read_overview(100)


def test_a_source_that_is_closed_while_a_thread_reads_is_released_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_raster(tmp_path / "town.tif", make_scene((60, 60)))
    source = open_raster(path, RasterConfig(), model_gsd_m=None)
    dataset, whole = source._dataset, _whole(source)
    expected = source.read(whole)
    has_begun, may_end = threading.Event(), threading.Event()

    def read_late(*arguments: Any) -> Any:
        has_begun.set()
        assert may_end.wait(30)
        assert not dataset.closed
        return read_reflected(*arguments)

    monkeypatch.setattr("geoseg.raster.source.read_reflected", read_late)
    with ThreadPoolExecutor(1) as executor:
        reading = executor.submit(source.read, whole)
        assert has_begun.wait(30)
        source.close()
        assert not dataset.closed
        may_end.set()
        assert np.array_equal(reading.result().image, expected.image)
    assert dataset.closed
    source.close()
