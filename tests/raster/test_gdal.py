from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from geoseg.raster.gdal import choose_cache_bytes
from tests.bright import write_raster

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("width", "profile", "expected"),
    [
        (20_000, {"tiled": True, "blockxsize": 256, "blockysize": 256}, 64 * MIB),
        (500, {"blockysize": 1}, 64 * MIB),
        # Twice 1000 rows and the one more that they may cut, of 3 bands.
        (20_000, {"blockysize": 1}, 2 * 1001 * 20_000 * 3),
        (70_000, {"blockysize": 1}, 256 * MIB),
    ],
    ids=["tiles", "narrow strips", "strips", "wide strips"],
)
def test_cache_holds_the_strips_of_a_row_of_windows(
    tmp_path: Path, width: int, profile: dict[str, object], expected: int
) -> None:
    path = write_raster(tmp_path / "raster.tif", np.zeros((3, 2, width), np.uint8), **profile)
    with rasterio.open(path) as dataset:
        assert choose_cache_bytes(dataset, "uint8", 1000) == expected
