from __future__ import annotations

import os
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio.shutil
from PIL import Image

from geoseg.errors import RasterError
from geoseg.raster.listing import list_rasters
from tests.raster.conftest import MakeRaster

BANDS = np.full((3, 8, 9), 7, np.uint8)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def scenes(make_raster: MakeRaster, tmp_path: Path) -> Path:
    """A folder of two rasters and all that lies beside rasters."""
    folder = tmp_path / "scenes"
    (folder / "deeper").mkdir(parents=True)
    for name in ("b.tif", "a.tif", "deeper/c.tif"):
        make_raster(BANDS, f"scenes/{name}")
    for sidecar in ("a.tif.ovr", "b.tif.msk"):
        shutil.copy(folder / "a.tif", folder / sidecar)
    for sidecar in ("a.tif.aux.xml", "a.tfw", "a.json", "notes.txt", ".hidden.tif"):
        (folder / sidecar).write_text("{}")
    return folder


def names(*words: str) -> list[str]:
    return [raster.name for raster in list_rasters(words)]


def test_a_folder_stands_for_the_rasters_in_it(scenes: Path) -> None:
    assert names("scenes") == ["scenes/a.tif", "scenes/b.tif"]
    assert names(f"{scenes}/") == [f"{scenes}/a.tif", f"{scenes}/b.tif"]


@pytest.mark.usefixtures("scenes")
def test_a_pattern_stands_for_its_matches() -> None:
    assert names("scenes/*.tif") == ["scenes/a.tif", "scenes/b.tif"]
    assert names("scenes/[b-z]*") == ["scenes/b.tif"]
    assert names("**/*.tif") == ["scenes/a.tif", "scenes/b.tif", "scenes/deeper/c.tif"]
    assert names(f"{Path.cwd()}/sc?nes/b.*") == [f"{Path.cwd()}/scenes/b.tif"]


@pytest.mark.usefixtures("scenes")
def test_each_file_is_taken_once_in_the_order_given() -> None:
    Path("link.tif").symlink_to("scenes/a.tif")
    assert names("scenes/b.tif", "scenes", "./scenes/../link.tif") == [
        "scenes/b.tif",
        "scenes/a.tif",
    ]


def test_what_gdal_names_is_handed_on() -> None:
    words = (
        "https://example.org/a.tif?key=*",
        "s3://bucket/b.tif",
        "/vsizip/a.zip/c*.tif",
        "WMTS:https://example.org/w?layer=x",
        "gone.tif",
    )
    assert names(*words) == list(words)


def test_a_file_whose_name_looks_like_a_pattern_is_itself(make_raster: MakeRaster) -> None:
    make_raster(BANDS, "a[1].tif")
    assert names("a[1].tif") == ["a[1].tif"]


@pytest.mark.usefixtures("scenes")
def test_a_damaged_raster_is_not_passed_over() -> None:
    Path("scenes/cut.tif").write_text("not an image")
    assert names("scenes") == ["scenes/a.tif", "scenes/b.tif", "scenes/cut.tif"]


def test_pictures_without_a_place_are_left_out_and_named(scenes: Path) -> None:
    for name in ("p.png", "q.jpg"):
        Image.new("RGB", (5, 4)).save(scenes / name)
    with pytest.warns(UserWarning, match=r"2 pictures .* left out: p\.png, q\.jpg") as told:
        assert names("scenes") == ["scenes/a.tif", "scenes/b.tif"]
    assert len(told) == 1
    (scenes / "p.pgw").write_text("1\n0\n0\n-1\n0\n0\n")
    with pytest.warns(UserWarning, match=r"1 pictures .* left out: q\.jpg"):
        assert names("scenes") == ["scenes/a.tif", "scenes/b.tif", "scenes/p.png"]


def test_a_vrt_beside_what_it_shows_is_told_of(scenes: Path) -> None:
    rasterio.shutil.copy(scenes / "a.tif", scenes / "all.vrt", driver="VRT")
    with pytest.warns(UserWarning, match=r"all\.vrt shows a\.tif, taken as well"):
        assert names("scenes") == ["scenes/a.tif", "scenes/all.vrt", "scenes/b.tif"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names("scenes/all.vrt", "scenes/b.tif") == ["scenes/all.vrt", "scenes/b.tif"]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("empty", "empty: no raster in this folder"),
        ("*.tif", r"\*\.tif: no raster has such a name"),
        ("empty/*", "no raster has such a name"),
        ("pictures", "no raster in this folder; 1 pictures without a place on Earth"),
    ],
)
def test_nothing_found_is_one_line_that_names_the_word(word: str, reason: str) -> None:
    Path("empty").mkdir()
    Path("pictures").mkdir()
    Image.new("RGB", (5, 4)).save("pictures/p.png")
    with pytest.raises(RasterError, match=reason):
        list_rasters([word])


def test_labels_are_different_and_fit_for_files(make_raster: MakeRaster, tmp_path: Path) -> None:
    for folder in ("north", "south", "x/north"):
        (tmp_path / folder).mkdir(parents=True)
        make_raster(BANDS, f"{folder}/ortho.tif")
    make_raster(BANDS, "one.v2.tif")
    listed = list_rasters(["north", "south", "x/north", "one.v2.tif"])
    assert [raster.label for raster in listed] == [
        "north_ortho",
        "south_ortho",
        "north_ortho_2",
        "one.v2",
    ]
    assert [raster.title for raster in listed] == ["ortho.tif"] * 3 + ["one.v2.tif"]
    remote = list_rasters(["https://e.org/n/a.tif?key=1/2", "https://e.org/s/A.tif"])
    assert [raster.label for raster in remote] == ["n_a", "s_A"]


@pytest.mark.skipif(os.name == "nt", reason="needs a case-sensitive disk")
def test_names_that_differ_in_case_alone_get_different_labels(make_raster: MakeRaster) -> None:
    listed = list_rasters([str(make_raster(BANDS, name)) for name in ("r.tif", "R.tif")])
    assert len({raster.label.lower() for raster in listed}) == 2
