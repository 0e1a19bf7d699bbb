"""Rasters made in code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.typing import NDArray

MakeRaster = Callable[..., Path]


@pytest.fixture
def make_raster(tmp_path: Path) -> MakeRaster:
    """Write bands (B, H, W) as a GeoTIFF of 0.3 m in UTM 45N; keywords change the profile."""

    def make(bands: NDArray[Any], name: str = "raster.tif", **profile: Any) -> Path:
        path = tmp_path / name
        settings: dict[str, Any] = {
            "driver": "GTiff",
            "count": bands.shape[0],
            "height": bands.shape[1],
            "width": bands.shape[2],
            "dtype": bands.dtype.name,
            "crs": "EPSG:32645",
            "transform": Affine(0.3, 0, 500_000, 0, -0.3, 3_000_000),
        }
        with rasterio.open(path, "w", **(settings | profile)) as target:
            target.write(bands)
        return path

    return make


@pytest.fixture
def smooth() -> Callable[[int, int], NDArray[np.uint8]]:
    """Three bands of slopes and noise, uint8 (3, H, W)."""

    def make(height: int, width: int) -> NDArray[np.uint8]:
        rng = np.random.default_rng(7)
        y, x = np.mgrid[0:height, 0:width]
        bands = np.stack([x * 200 / width, y * 200 / height, (x + y) % 97])
        return (bands + rng.integers(0, 40, bands.shape)).astype(np.uint8)

    return make
