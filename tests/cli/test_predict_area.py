from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result

from geoseg.cli.main import cli
from geoseg.crs import WGS84, transform_polygons
from tests.bright import (
    ROOFS_PX,
    UTM,
    assert_same_buildings,
    load_bright_detector,
    make_scene,
    place_roofs,
    write_raster,
)
from tests.cli.refusal import assert_refused


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "town.tif", make_scene())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["predict", *map(str, arguments)])


def write_area(name: str, *polygons: shapely.Polygon, epsg: int = 32636) -> str:
    geopandas.GeoDataFrame(geometry=list(polygons), crs=32636).to_crs(epsg).to_file(name)
    return name


# Holds the centres of the first and the third roof of the scene.
AREA = shapely.box(500_000, 6_649_940, 500_040, 6_650_000)


@pytest.mark.parametrize("name", ["area.geojson", "area.gpkg", "area.shp"])
@pytest.mark.parametrize("epsg", [32636, 4326, 3857, 32637])
def test_an_area_in_any_crs_keeps_what_has_its_centre_inside(
    name: str, epsg: int, raster: Path
) -> None:
    write_area(name, AREA, epsg=4326 if name.endswith("json") else epsg)
    result = run(raster, "-o", "b.geojson", "--aoi", name)
    assert result.exit_code == 0, result.output
    found = geopandas.read_file("b.geojson").geometry
    assert_same_buildings(found, place_roofs(roofs_px=[ROOFS_PX[0], ROOFS_PX[2]]))


def test_a_bbox_keeps_what_has_its_centre_inside(raster: Path) -> None:
    area = transform_polygons(np.array([AREA]), UTM, WGS84)[0]
    bbox = ",".join(map(str, area.bounds))
    assert run(raster, "-o", "b.geojson", "--bbox", bbox).exit_code == 0
    found = geopandas.read_file("b.geojson").geometry
    assert_same_buildings(found, place_roofs(roofs_px=[ROOFS_PX[0], ROOFS_PX[2]]))


def empty_area() -> list[str]:
    Path("area.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    return ["--aoi", "area.geojson"]


def area_elsewhere() -> list[str]:
    return ["--aoi", write_area("area.gpkg", shapely.box(9e5, 1e6, 9.1e5, 1.1e6))]


def area_of_points() -> list[str]:
    Path("area.geojson").write_text('{"type":"Point","coordinates":[33,59.9]}')
    return ["--aoi", "area.geojson"]


def area_that_is_text() -> list[str]:
    Path("area.geojson").write_text("not an area")
    return ["--aoi", "area.geojson"]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (empty_area, "must hold a polygon; got none"),
        (area_of_points, "must hold a polygon; got none"),
        (area_elsewhere, "the area of interest must touch the raster"),
        (area_that_is_text, "not a vector file that GDAL can read"),
        (lambda: ["--aoi", "gone.gpkg"], "gone.gpkg: no such file"),
        (lambda: ["--bbox", "0,0,1,1"], "the area of interest must touch the raster"),
        (lambda: [*empty_area(), "--bbox", "33,59,34,60"], "got both"),
    ],
)
def test_an_area_without_ground_is_one_line_before_the_model_is_loaded(
    make: Callable[[], list[str]], reason: str, raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object, **__: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr("geoseg.detections.detector.load_detector", load)
    assert_refused(run(raster, "-o", "b.gpkg", *make()), reason)
    assert not Path("b.gpkg").exists()
