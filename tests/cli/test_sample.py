from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from click.testing import CliRunner, Result
from shapely.geometry import shape

from geoseg.cli.main import cli
from geoseg.cli.sample import _STYLES
from geoseg.scenes import STYLES, make_scene


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["sample", *map(str, arguments)])


def test_a_sample_is_a_raster_with_its_truth(tmp_path: Path) -> None:
    result = run("-o", tmp_path / "town.tif", "--size", 120, "--style", "town", "--seed", 4)
    assert result.exit_code == 0, result.output
    scene = make_scene(4, size_px=120, gsd_m=0.3, style="town")
    with rasterio.open(tmp_path / "town.tif") as source:
        assert (np.moveaxis(source.read(), 0, 2) == scene.image).all()
        assert source.crs.to_epsg() == 32636
    truth = json.loads((tmp_path / "town_truth.geojson").read_text())
    assert "crs" not in truth
    outlines = [shape(feature["geometry"]) for feature in truth["features"]]
    assert len(outlines) == len(scene.footprints) > 3
    assert all(outline.exterior.is_ccw for outline in outlines)
    assert all(32.5 < outline.centroid.x < 32.7 for outline in outlines)
    areas = [feature["properties"]["area_m2"] for feature in truth["features"]]
    expected = [outline.area * 0.09 for outline in scene.footprints]
    assert areas == pytest.approx(expected, abs=0.01)


def test_the_truth_lies_on_the_raster_it_belongs_to(tmp_path: Path) -> None:
    import geopandas

    run("-o", tmp_path / "a.tif", "--size", 150, "--gsd", 0.5, "--crs", "EPSG:3857")
    with rasterio.open(tmp_path / "a.tif") as source:
        inverse = ~source.transform
        truth = geopandas.read_file(tmp_path / "a_truth.geojson").to_crs(source.crs)
    found = truth.geometry.affine_transform(
        [inverse.a, inverse.b, inverse.d, inverse.e, inverse.c, inverse.f]
    )
    scene = make_scene(1, size_px=150, gsd_m=0.5, style="suburb")
    distances = shapely.hausdorff_distance(found.to_numpy(), np.array(scene.footprints))
    assert distances.max() < 0.1


def test_a_folder_gets_a_file_of_a_fixed_name(tmp_path: Path) -> None:
    assert run("-o", tmp_path / "new" / "place", "--size", 32).exit_code == 0
    names = {one.name for one in (tmp_path / "new" / "place").iterdir()}
    assert {"sample.tif", "sample_truth.geojson"} <= names


def test_an_empty_scene_has_an_empty_truth(tmp_path: Path) -> None:
    assert run("-o", tmp_path / "e.tif", "--size", 32, "--style", "empty").exit_code == 0
    assert json.loads((tmp_path / "e_truth.geojson").read_text())["features"] == []


@pytest.mark.parametrize("taken", ["a.tif", "a_truth.geojson"])
def test_nothing_is_replaced_unasked(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("mine")
    result = run("-o", tmp_path / "a.tif", "--size", 32)
    assert result.exit_code == 1
    assert "exists" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [one.name for one in tmp_path.iterdir()] == [taken]
    assert run("-o", tmp_path / "a.tif", "--size", 32, "--overwrite").exit_code == 0
    assert (tmp_path / taken).stat().st_size > 10


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (("--crs", "EPSG:nowhere"), 1, "crs must be"),
        (("--gsd", "0"), 2, "0.05<=x<=2"),
        (("--size", "3"), 2, "16<=x<=4096"),
        (("--style", "castle"), 2, "castle"),
    ],
)
def test_wrong_options_write_nothing(
    tmp_path: Path, arguments: tuple[str, ...], exit_code: int, message: str
) -> None:
    result = run("-o", tmp_path / "a.tif", *arguments)
    assert result.exit_code == exit_code
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_offers_every_style() -> None:
    # Written out in the command, so that its help does not load the renderer.
    assert _STYLES == STYLES
