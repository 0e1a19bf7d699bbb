from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from affine import Affine
from click.testing import CliRunner, Result
from pyproj import CRS

from geoseg.cli.main import cli
from geoseg.crs import WGS84, transform_polygons
from geoseg.raster.writer import write_geotiff

UTM = CRS.from_epsg(32645)


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    """700 x 500 pixels of 0.3 m."""
    image = np.random.default_rng(1).integers(0, 256, (500, 700, 3), dtype=np.uint8)
    path = tmp_path / "town.tif"
    place = Affine(0.3, 0, 500_000, 0, -0.3, 3_000_000)
    write_geotiff(path, image, crs=UTM, transform=place)
    return path


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["tile", *map(str, arguments)])


def test_tiles_are_written_and_counted(raster: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.geojson"
    houses = np.array([shapely.box(500_010, 2_999_980, 500_020, 2_999_990)])
    labels.write_text(shapely.to_geojson(transform_polygons(houses, UTM, WGS84)[0]))
    result = _run(raster, "-o", tmp_path / "out", "--labels", labels, "--overlap", 0)
    assert result.exit_code == 0, result.output
    assert "6 tiles and 1 labels" in result.stderr
    content = json.loads((tmp_path / "out" / "annotation.json").read_text())
    assert content["annotations"][0]["area"] == pytest.approx(100 / 0.09, rel=1e-3)


def test_gsd_and_tile_size_are_used(raster: Path, tmp_path: Path) -> None:
    result = _run(raster, "-o", tmp_path / "out", "--gsd", 0.6, "--tile-size", 256)
    assert result.exit_code == 0, result.output
    images = json.loads((tmp_path / "out" / "annotation.json").read_text())["images"]
    assert [image["gsd_m"] for image in images] == pytest.approx([0.6] * 2, rel=0.01)
    assert {image["width"] for image in images} == {256}


def test_bbox_elsewhere_is_one_line_and_writes_nothing(raster: Path, tmp_path: Path) -> None:
    result = _run(raster, "-o", tmp_path / "out", "--bbox", "0,0,1,1")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "must touch the raster" in result.stderr
    assert not (tmp_path / "out").exists()


def test_absent_raster_is_one_line(tmp_path: Path) -> None:
    result = _run(tmp_path / "gone.tif", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [f"geoseg: error: {tmp_path / 'gone.tif'}: no such file."]


def test_full_folder_is_kept(raster: Path, tmp_path: Path) -> None:
    assert _run(raster, "-o", tmp_path / "out").exit_code == 0
    assert _run(raster, "-o", tmp_path / "out").exit_code == 1
    assert _run(raster, "-o", tmp_path / "out", "--overwrite").exit_code == 0
