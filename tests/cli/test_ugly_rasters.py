"""Rasters as people have them: each is read at its place on Earth, or refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from affine import Affine
from click.testing import CliRunner, Result
from PIL import Image
from pyproj import CRS
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp
from shapely.geometry import shape

from geoseg.cli.main import cli
from tests.bright import (
    PLACE,
    SHAPE_HW,
    UTM,
    assert_same_buildings,
    load_bright_detector,
    make_scene,
    place_roofs,
    write_raster,
)
from tests.cli.refusal import assert_refused

SCENE = make_scene()
HEIGHT, WIDTH = SHAPE_HW
# Invalid in some rasters: a part of the ground without a roof.
HOLE = np.s_[..., 280:330, 150:420]
IMAGE = np.ascontiguousarray(np.moveaxis(SCENE, 0, 2))


class Case(NamedTuple):
    """A raster that shows the scene.

    Attributes:
        path: what the command is given.
        arguments: what it needs besides.
        place: pixel of the scene to CRS.
        crs: of `place`.
    """

    path: Path | str
    arguments: tuple[str, ...] = ()
    place: Affine = PLACE
    crs: CRS = UTM


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    monkeypatch.chdir(tmp_path)


def run(raster: Path | str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["predict", str(raster), "-o", "found.geojson", *arguments])


def read_result(folder: Path) -> list[Any]:
    content = json.loads((folder / "found.geojson").read_text(encoding="utf-8"))
    return [shape(feature["geometry"]) for feature in content["features"]]


def sixteen_bits(folder: Path) -> Case:
    return Case(write_raster(folder / "a.tif", SCENE.astype(np.uint16) * 12 + 300))


def float_with_nan(folder: Path) -> Case:
    bands = SCENE.astype(np.float32) / 1000
    bands[HOLE] = np.nan
    return Case(write_raster(folder / "a.tif", bands))


def negative_integers(folder: Path) -> Case:
    return Case(write_raster(folder / "a.tif", SCENE.astype(np.int16) * 20 - 3000))


def one_band(folder: Path) -> Case:
    return Case(write_raster(folder / "a.tif", SCENE[:1]))


def two_bands_without_alpha(folder: Path) -> Case:
    return Case(write_raster(folder / "a.tif", SCENE[:2]))


def grey_and_alpha(folder: Path) -> Case:
    return _with_alpha(folder, SCENE[:1])


def four_bands_with_alpha(folder: Path) -> Case:
    return _with_alpha(folder, SCENE)


def _with_alpha(folder: Path, bands: Any) -> Case:
    alpha = np.full((1, HEIGHT, WIDTH), 255, np.uint8)
    # Bright where nothing is to be seen: it would be found if alpha were not looked at.
    hidden = bands.copy()
    alpha[HOLE], hidden[HOLE] = 0, 255
    return Case(write_raster(folder / "a.tif", np.concatenate([hidden, alpha]), alpha="yes"))


def near_infrared_last(folder: Path) -> Case:
    bands = np.concatenate([SCENE, 255 - SCENE[:1]]).astype(np.uint16) * 9
    return Case(write_raster(folder / "a.tif", bands))


def bands_out_of_order(folder: Path) -> Case:
    path = write_raster(folder / "a.tif", np.concatenate([255 - SCENE[:1], SCENE]))
    with rasterio.open(path, "r+") as target:
        target.colorinterp = (
            ColorInterp.undefined,
            ColorInterp.blue,
            ColorInterp.green,
            ColorInterp.red,
        )
    return Case(path)


def palette(folder: Path) -> Case:
    # Index 0 is bright and 1 dark: only the colours tell.
    path = folder / "a.tif"
    write_raster(path, (SCENE[:1] < 128).astype(np.uint8), photometric="palette")
    with rasterio.open(path, "r+") as target:
        target.write_colormap(1, {0: (210, 200, 190, 255), 1: (50, 60, 40, 255)})
    return Case(path)


def nodata_hole(folder: Path) -> Case:
    bands = SCENE.copy()
    bands[HOLE] = 255
    return Case(write_raster(folder / "a.tif", bands, nodata=255))


def internal_mask(folder: Path) -> Case:
    bands, mask = SCENE.copy(), np.full(SHAPE_HW, 255, np.uint8)
    bands[HOLE], mask[HOLE] = 255, 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = write_raster(folder / "a.tif", bands)
        with rasterio.open(path, "r+") as target:
            target.write_mask(mask)
    return Case(path)


def degrees(folder: Path) -> Case:
    # Square in degrees, and half as wide as high on the ground.
    return _placed(folder, CRS.from_epsg(4326), Affine(4e-6, 0, 33.1, 0, -4e-6, 59.9))


def feet(folder: Path) -> Case:
    return _placed(folder, CRS.from_epsg(2263), Affine(1.0, 0, 1_000_000, 0, -1.0, 200_000))


def web_mercator(folder: Path) -> Case:
    # 0.6 m of the projection are 0.3 m of ground at 60 degrees north.
    return _placed(folder, CRS.from_epsg(3857), Affine(0.6, 0, 3_600_000, 0, -0.6, 8_399_000))


def rotated(folder: Path) -> Case:
    return _placed(folder, UTM, PLACE @ Affine.rotation(25))


def south_up(folder: Path) -> Case:
    return _placed(folder, UTM, Affine(0.3, 0, 500_000, 0, 0.3, 6_650_000))


def _placed(folder: Path, crs: CRS, place: Affine) -> Case:
    path = write_raster(folder / "a.tif", SCENE, crs=crs.to_wkt(), transform=place)
    return Case(path, (), place, crs)


def control_points(folder: Path) -> Case:
    points = [
        GroundControlPoint(row, col, PLACE.c + 0.3 * col, PLACE.f - 0.3 * row)
        for row in (0, HEIGHT)
        for col in (0, WIDTH)
    ]
    return Case(write_raster(folder / "a.tif", SCENE, transform=None, gcps=points))


def world_file(folder: Path) -> Case:
    Image.fromarray(IMAGE).save(folder / "a.png")
    (folder / "a.pgw").write_text("0.3\n0\n0\n-0.3\n500000.15\n6649999.85\n")
    return Case(folder / "a.png", ("--crs", "EPSG:32636"))


def crs_by_option(folder: Path) -> Case:
    return Case(write_raster(folder / "a.tif", SCENE, crs=None), ("--crs", "EPSG:32636"))


def jpeg_2000(folder: Path) -> Case:
    return _copied(folder, "a.jp2", "JP2OpenJPEG", QUALITY="100", REVERSIBLE="YES")


def cloud_optimised(folder: Path) -> Case:
    return _copied(folder, "b.tif", "COG")


def virtual(folder: Path) -> Case:
    return _copied(folder, "a.vrt", "VRT")


def mbtiles(folder: Path) -> Case:
    return _copied(folder, "a.mbtiles", "MBTiles")


def geopackage(folder: Path) -> Case:
    return _copied(folder, "a.gpkg", "GPKG")


def _copied(folder: Path, name: str, driver: str, **options: str) -> Case:
    source = write_raster(folder / "a.tif", SCENE)
    rasterio.shutil.copy(source, folder / name, driver=driver, **options)
    return Case(folder / name)


def odd_names(folder: Path) -> Case:
    (folder / "Straße ünï 中").mkdir()
    return Case(write_raster(folder / "Straße ünï 中" / "Luft bild é #1.tif", SCENE))


MAKERS: list[Callable[[Path], Case]] = [
    sixteen_bits,
    float_with_nan,
    negative_integers,
    one_band,
    two_bands_without_alpha,
    grey_and_alpha,
    four_bands_with_alpha,
    near_infrared_last,
    bands_out_of_order,
    palette,
    nodata_hole,
    internal_mask,
    degrees,
    feet,
    web_mercator,
    rotated,
    south_up,
    control_points,
    world_file,
    crs_by_option,
    jpeg_2000,
    cloud_optimised,
    virtual,
    mbtiles,
    geopackage,
    odd_names,
]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_buildings_are_found_at_their_place(make: Callable[[Path], Case], tmp_path: Path) -> None:
    case = make(tmp_path)
    result = run(case.path, *case.arguments, "-q")
    assert (result.exit_code, result.output) == (0, "")
    true = place_roofs(case.place, case.crs)
    assert_same_buildings(read_result(tmp_path), true, min_iou=0.85)


def cut_off(folder: Path, num_bytes: int) -> Path:
    path = write_raster(folder / "cut.tif", SCENE)
    path.write_bytes(path.read_bytes()[:num_bytes])
    return path


def text_file(folder: Path) -> Path:
    (folder / "a.tif").write_text("not an image")
    return folder / "a.tif"


def empty_file(folder: Path) -> Path:
    (folder / "a.tif").touch()
    return folder / "a.tif"


def vector_file(folder: Path) -> Path:
    (folder / "a.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    return folder / "a.geojson"


def plain_image(folder: Path) -> Path:
    Image.fromarray(IMAGE).save(folder / "a.png")
    return folder / "a.png"


def complex_numbers(folder: Path) -> Path:
    return write_raster(folder / "a.tif", SCENE.astype(np.complex64))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: cut_off(folder, 200_000), "the file is damaged or cut off"),
        (lambda folder: cut_off(folder, 100), "not a raster that GDAL can read, or damaged"),
        (text_file, "not a raster that GDAL can read"),
        (empty_file, "the file is empty"),
        (vector_file, "not a raster that GDAL can read"),
        (lambda folder: folder / "gone.tif", "no such file"),
        (lambda folder: folder, "no raster in this folder"),
        (plain_image, "this one has no transform, world file or control points"),
        (lambda folder: world_file(folder).path, "give one with --crs"),
        (lambda folder: crs_by_option(folder).path, "give one with --crs"),
        (complex_numbers, "bands must be integers or real numbers"),
    ],
)
def test_what_is_no_raster_is_refused_in_one_line(
    make: Callable[[Path], Path], reason: str, tmp_path: Path
) -> None:
    assert_refused(run(make(tmp_path)), reason)
    assert not Path("found.geojson").exists()


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "parquet", "shp", "osm"])
def test_a_raster_without_data_gives_valid_files_without_buildings(
    ending: str, tmp_path: Path
) -> None:
    import geopandas

    raster = write_raster(tmp_path / "a.tif", np.zeros_like(SCENE), nodata=0)
    command = ["predict", str(raster), "-o", f"b.{ending}", "--preview", "b.png"]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("0 buildings, 0 km2")
    assert (tmp_path / "b.png").is_file()
    if ending == "osm":
        assert "<node" not in (tmp_path / "b.osm").read_text()
        return
    read = geopandas.read_parquet if ending == "parquet" else geopandas.read_file
    assert len(read(tmp_path / f"b.{ending}")) == 0


@pytest.mark.parametrize("shape_hw", [(1, 1), (1, 900), (120, 75)])
def test_a_raster_smaller_than_a_tile_works(shape_hw: tuple[int, int], tmp_path: Path) -> None:
    roofs = [(20, 20, 60, 60)] if min(shape_hw) > 60 else []
    raster = write_raster(tmp_path / "a.tif", make_scene(shape_hw, roofs))
    result = run(raster, "--preview", "b.png")
    assert result.exit_code == 0, result.output
    assert len(result.stderr.splitlines()) == 1
    if roofs:
        assert_same_buildings(read_result(tmp_path), place_roofs(roofs_px=roofs), min_iou=0.85)
    else:
        assert read_result(tmp_path) == []
