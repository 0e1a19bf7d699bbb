from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rasterio.rpc
from affine import Affine
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint

from geoseg.config import RasterConfig
from geoseg.errors import CRSError, MissingCRSError, RasterError
from geoseg.raster import GdalSource, open_raster
from geoseg.types import Window

MakeRaster = Callable[..., Path]
Smooth = Callable[[int, int], NDArray[np.uint8]]

PLACE = Affine(0.3, 0, 500_000, 0, -0.3, 3_000_000)


def _open(path: Path, **config: Any) -> GdalSource:
    return open_raster(path, RasterConfig(**config), model_gsd_m=None)


def _whole(source: GdalSource) -> Window:
    return Window(0, 0, source.shape_hw[1], source.shape_hw[0])


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
