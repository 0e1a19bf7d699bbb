from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
import rasterio
from affine import Affine
from click.testing import CliRunner, Result
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from geoseg.cli.main import cli
from tests.bright import (
    PLACE,
    UTM,
    BrightDetector,
    assert_same_buildings,
    load_bright_detector,
    make_scene,
    place_roofs,
    write_raster,
)
from tests.cli.refusal import assert_refused

SCENE = make_scene()


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading the model is a failure."""

    def load(*_: object, **__: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr("geoseg.detections.detector.load_detector", load)


def write_crop(path: Path, left: int, right: int, **profile: Any) -> Path:
    """The columns of the scene from `left` to `right` as a raster."""
    path.parent.mkdir(exist_ok=True)
    place = PLACE @ Affine.translation(left, 0)
    return write_raster(path, SCENE[:, :, left:right].copy(), transform=place, **profile)


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    """The scene as two crops in one folder; they share a strip, and cut roofs on both sides."""
    write_crop(tmp_path / "scenes" / "west.tif", 0, 300)
    write_crop(tmp_path / "scenes" / "east.tif", 200, 420)
    return tmp_path / "scenes"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["predict", *map(str, arguments)])


def read(path: Path | str) -> Any:
    return geopandas.read_file(path)


def find_in_degrees(path: Path | str) -> Any:
    return read(path).to_crs("OGC:CRS84").geometry


def test_overlapping_rasters_give_each_building_once(scenes: Path) -> None:
    result = run("scenes", "-o", "all.gpkg", "-o", "all.geojson")
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[:2] == [
        "raster 1 of 2: east.tif",
        "raster 2 of 2: west.tif",
    ]
    assert result.stderr.splitlines()[2].startswith("5 buildings of 2 rasters, ")
    for name in ("all.gpkg", "all.geojson"):
        assert_same_buildings(find_in_degrees(name), place_roofs())
    table = read("all.gpkg")
    assert table.crs.to_epsg() == 32636
    # The roof at columns 250 to 320 reaches beyond the western raster.
    assert sorted(table.raster) == ["east.tif"] * 2 + ["west.tif"] * 3
    origin = json.loads(Path("all.gpkg.origin.json").read_text())
    assert origin["raster"] == "east.tif, west.tif"
    assert origin["rasters"] == [
        {"name": "east.tif", "date": ""},
        {"name": "west.tif", "date": ""},
    ]
    assert {path.name for path in Path().iterdir()} == {
        "scenes", "all.gpkg", "all.geojson", "all.gpkg.origin.json", "all.geojson.origin.json",
    }  # fmt: skip


def test_the_order_of_rasters_changes_no_building(scenes: Path) -> None:
    for name, order in (("a.gpkg", ("west", "east")), ("b.gpkg", ("east", "west"))):
        assert run(*(f"scenes/{one}.tif" for one in order), "-o", name, "-q").exit_code == 0
    outlines = [sorted(read(name).geometry.to_wkb()) for name in ("a.gpkg", "b.gpkg")]
    assert outlines[0] == outlines[1]


def test_a_collar_without_data_cuts_as_an_edge_does(tmp_path: Path) -> None:
    # The eastern part of the western raster is empty: it ends at column 290, within a roof.
    west = SCENE[:, :, :340].copy()
    west[:, :, 290:] = 0
    write_raster(tmp_path / "west.tif", west, nodata=0)
    write_crop(tmp_path / "east.tif", 200, 420)
    assert run("west.tif", "east.tif", "-o", "all.gpkg", "-q").exit_code == 0
    assert_same_buildings(find_in_degrees("all.gpkg"), place_roofs())


def test_rasters_of_two_zones_are_joined_in_degrees(scenes: Path) -> None:
    with (
        rasterio.open(scenes / "east.tif") as source,
        WarpedVRT(source, crs="EPSG:32637", resampling=Resampling.bilinear, nodata=0) as warped,
    ):
        bands, profile = warped.read(), {"crs": warped.crs, "transform": warped.transform}
    write_raster(scenes / "east.tif", bands, nodata=0, **profile)
    assert run("scenes/*.tif", "-o", "all.gpkg", "-q").exit_code == 0
    assert read("all.gpkg").crs.to_epsg() == 4326
    assert_same_buildings(find_in_degrees("all.gpkg"), place_roofs(), min_iou=0.85)


def test_the_finer_and_then_the_newer_raster_is_kept(tmp_path: Path) -> None:
    for name, year in (("old", 2019), ("new", 2024)):
        path = write_crop(tmp_path / f"{name}.tif", 0, 420)
        with rasterio.open(path, "r+") as target:
            target.update_tags(TIFFTAG_DATETIME=f"{year}:05:06 00:00:00")
    assert run("old.tif", "new.tif", "-o", "all.gpkg", "-q").exit_code == 0
    table = read("all.gpkg")
    assert set(table.raster) == {"new.tif"}
    assert set(table.date) == {"2024-05-06"}
    origin = json.loads(Path("all.gpkg.origin.json").read_text())
    assert origin["raster_date"] == "2019-05-06/2024-05-06"


def test_a_folder_gets_one_result_for_each_raster(scenes: Path) -> None:
    assert run("scenes", "-o", "out/", "--format", "gpkg", "-q").exit_code == 0
    assert {path.name for path in Path("out").iterdir()} == {
        "east_buildings.gpkg", "east_buildings.gpkg.origin.json",
        "west_buildings.gpkg", "west_buildings.gpkg.origin.json",
    }  # fmt: skip
    west = read("out/west_buildings.gpkg")
    assert len(west) == 4
    assert set(west.raster) == {"west.tif"}
    # The same as of a run over this raster alone.
    assert run("scenes/west.tif", "-o", "alone.gpkg", "-q").exit_code == 0
    assert west.geometry.to_wkb().tolist() == read("alone.gpkg").geometry.to_wkb().tolist()


def test_existing_results_in_a_folder_are_left(
    scenes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("scenes/west.tif", "-o", "out/", "-q").exit_code == 0
    before = Path("out/west_buildings.geojson").stat()
    assert_refused(run("scenes", "-o", "out/"), "west_buildings.geojson exists")
    result = run("scenes", "-o", "out", "--skip-existing")
    assert result.exit_code == 0
    assert "left as they are: out/west_buildings.geojson" in result.stderr
    assert Path("out/west_buildings.geojson").stat().st_mtime_ns == before.st_mtime_ns
    assert Path("out/east_buildings.geojson").is_file()
    monkeypatch.setattr("geoseg.detections.detector.load_detector", None)
    again = run("scenes", "-o", "out", "--skip-existing", "--progress", "json", "-q")
    assert again.exit_code == 0, again.output
    (event,) = [json.loads(line) for line in again.stdout.splitlines()]
    assert (event["event"], event["outputs"], len(event["kept"])) == ("result", [], 2)


@pytest.mark.usefixtures("scenes", "no_model")
def test_an_existing_single_result_is_left_and_told_of() -> None:
    Path("all.gpkg").write_text("precious")
    result = run("scenes", "-o", "all.gpkg", "--skip-existing")
    assert (result.exit_code, result.stderr) == (0, "left as they are: all.gpkg\n")
    assert Path("all.gpkg").read_text() == "precious"


def test_what_cannot_be_read_stops_before_the_work(
    scenes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (scenes / "cut.tif").write_text("not an image")
    with monkeypatch.context() as patch:
        patch.setattr("geoseg.detections.detector.load_detector", None)
        for output in ("all.gpkg", "out/"):
            assert_refused(run("scenes", "-o", output), "scenes/cut.tif: not a raster")
    result = run("scenes", "-o", "all.gpkg", "--on-error", "skip")
    assert result.exit_code == 0
    assert "geoseg: warning: left out: scenes/cut.tif: not a raster" in result.stderr
    assert len(read("all.gpkg")) == 5
    for path in scenes.iterdir():
        path.write_text("not an image")
    refused = run("scenes", "-o", "none.gpkg", "--on-error", "skip")
    assert_refused(refused, "none of the 3 rasters can be read; scenes/cut.tif")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "several rasters need an output"),
        (["-o", "out/", "-o", "a.gpkg"], "must be the only output"),
        (["-o", "a.gpkg", "--preview", "a.png"], "a preview shows one raster; got 2"),
        (["-o", "gone/out/"], "the folder gone must exist"),
        (["-o", "scenes/west.tif", "--overwrite"], "the name must end in"),
        (["-o", "old.gpkg"], "old.gpkg exists"),
        (["gone.tif", "-o", "a.gpkg"], "gone.tif: no such file"),
        (["gone*.tif", "-o", "a.gpkg"], "gone*.tif: no raster has such a name"),
        (["-o", "a.gpkg", "--bbox", "1,2,3,4"], "the area of interest must touch the raster"),
    ],
)
@pytest.mark.usefixtures("scenes", "no_model")
def test_what_does_not_fit_is_refused_before_the_work(arguments: list[str], reason: str) -> None:
    Path("old.gpkg").write_text("old")
    assert_refused(run("scenes", *arguments), reason)
    assert {path.name for path in Path().iterdir()} == {"scenes", "old.gpkg"}


def test_rasters_outside_of_the_area_are_passed_over(scenes: Path) -> None:
    # Round the roof at the western edge, which only one raster shows.
    corner = place_roofs()[0].bounds
    box = ",".join(map(str, corner))
    result = run("scenes", "-o", "all.gpkg", "--bbox", box)
    assert result.exit_code == 0, result.output
    assert "raster 1 of 1: west.tif" in result.stderr
    assert len(read("all.gpkg")) == 1


class InterruptedDetector(BrightDetector):
    """Is interrupted as by Ctrl-C at the second raster."""

    num_loaded = 0

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        InterruptedDetector.num_loaded += 1

    def detect(self, images: Any, windows: Any = None) -> Any:
        if self.num_loaded > 1:
            raise KeyboardInterrupt
        return super().detect(images)


def test_an_interrupted_run_goes_on_to_the_same_bytes(
    scenes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert run("scenes", "-o", "whole.geojson", "-q").exit_code == 0
    with monkeypatch.context() as patch:
        patch.setattr(
            "geoseg.detections.detector.load_detector", lambda *_, **__: InterruptedDetector()
        )
        stopped = run("scenes", "-o", "part.geojson", "-q")
    assert stopped.exit_code == 130
    assert "interrupted after 1 of 2 rasters; the same command with --resume" in stopped.stderr
    assert Path(".part.geojson.partial").is_dir()
    again = run("scenes", "-o", "part.geojson", "-q")
    assert again.exit_code == 1
    assert "--resume goes on with it, --overwrite begins anew" in again.stderr
    write_crop(scenes / "more.tif", 0, 420)
    other = run("scenes/west.tif", "scenes/more.tif", "-o", "part.geojson", "--resume")
    assert other.exit_code == 1
    assert "is of a run over other rasters" in other.stderr
    (scenes / "more.tif").unlink()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    resumed = run("scenes", "-o", "part.geojson", "--resume", "-q")
    assert resumed.exit_code == 0, resumed.output
    for name in ("{}.geojson", "{}.geojson.origin.json"):
        whole, part = (Path(name.format(one)).read_bytes() for one in ("whole", "part"))
        assert whole == part
    assert not Path(".part.geojson.partial").exists()


def test_a_folder_of_results_goes_on_with_the_rasters_that_are_left(
    scenes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(InterruptedDetector, "num_loaded", 0)
        patch.setattr(
            "geoseg.detections.detector.load_detector", lambda *_, **__: InterruptedDetector()
        )
        stopped = run(scenes, "-o", "out/", "-q")
    assert stopped.exit_code == 130
    assert "interrupted after 1 of 2 rasters; the same command with --resume" in stopped.stderr
    resumed = run(scenes, "-o", "out/", "--resume")
    assert resumed.exit_code == 0, resumed.output
    assert "raster 1 of 1: west.tif" in resumed.stderr
    assert {path.name for path in Path("out").iterdir() if path.suffix == ".geojson"} == {
        "east_buildings.geojson",
        "west_buildings.geojson",
    }


def test_stac_items_name_the_results_and_give_dates(scenes: Path) -> None:
    def make_item(name: str, day: int) -> dict[str, Any]:
        return {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": f"scene/{name}",
            "geometry": None,
            "properties": {"datetime": f"2024-05-0{day}T00:00:00Z"},
            "links": [],
            "assets": {"image": {"href": f"./{name}.tif", "type": "image/tiff"}},
        }

    items = {"type": "FeatureCollection", "features": [make_item("west", 1), make_item("east", 2)]}
    (scenes / "items.json").write_text(json.dumps(items))
    assert run("scenes/items.json", "-o", "all.gpkg", "-q").exit_code == 0
    table = read("all.gpkg")
    assert_same_buildings(table.to_crs("OGC:CRS84").geometry, place_roofs())
    assert set(zip(table.raster, table.date, strict=True)) == {
        ("scene/west", "2024-05-01"),
        ("scene/east", "2024-05-02"),
    }
    assert run("scenes/items.json", "-o", "out/", "-q").exit_code == 0
    west = json.loads(Path("out/scene_west_buildings.geojson").read_text())
    assert {one["properties"]["date"] for one in west["features"]} == {"2024-05-01"}
    assert_refused(
        run("scenes/items.json", "-o", "b.gpkg", "--asset", "visual"),
        "item scene/west: it has no asset visual; there are image (image/tiff)",
    )


def test_one_raster_twice_is_one_raster(scenes: Path) -> None:
    result = run("scenes/west.tif", f"{scenes}/west.tif", "-o", "a.gpkg")
    assert result.exit_code == 0
    assert "raster 1" not in result.stderr
    assert json.loads(Path("a.gpkg.origin.json").read_text())["raster"] == "west.tif"


def test_crops_are_those_of_the_scene(scenes: Path) -> None:
    # The tests above rely on it that the crops lie where the scene does.
    with rasterio.open(scenes / "east.tif") as east:
        assert east.bounds.left == PLACE.c + 60
        assert (east.read() == SCENE[:, :, 200:]).all()
        assert UTM.equals(east.crs.to_wkt())
