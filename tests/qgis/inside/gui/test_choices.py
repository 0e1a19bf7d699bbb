"""What is chosen in the dock, as a value."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from geoseg_qgis.gui.choices import (
    AreaKind,
    Choices,
    FileChoice,
    existing_files,
    find_file_problems,
    recall_choices,
)


def with_file(suffix: str, path: str) -> Choices:
    usual = Choices()
    files = [FileChoice(suffix, True, path) if one.suffix == suffix else one for one in usual.files]
    return replace(usual, files=tuple(files))


def test_what_is_remembered_comes_back_through_json() -> None:
    choices = replace(
        with_file("gpkg", "/a/ö.gpkg"),
        area_kind=AreaKind.POLYGONS,
        selected_only=True,
        score=0.65,
        tolerance_m=0.2,
        min_area_m2=12.0,
        views=4,
        weights="/w.npz",
        keep_temporary=False,
    )
    assert recall_choices(json.loads(json.dumps(choices.to_remembered()))) == choices


@pytest.mark.parametrize(
    "remembered",
    [
        {},
        {"area_kind": 3, "score": "high", "views": 3, "files": [], "tolerance_m": -1},
        {"files": {"gpkg": 1, "osm": {"path": 7}}, "score": 7.0, "min_area_m2": True},
        {"views": None, "weights": None, "selected_only": "yes", "tolerance_m": float("nan")},
    ],
)
def test_rubbish_in_the_settings_gives_the_defaults(remembered: dict[str, object]) -> None:
    recalled = recall_choices(remembered)
    assert recalled == replace(Choices(), score=recalled.score)
    assert recalled.score in (None, 0.5)


@pytest.mark.parametrize(
    ("typed", "written"),
    [("/a/b", "/a/b.gpkg"), ("/a/b.GPKG", "/a/b.GPKG"), ("/a/b.v1 ", "/a/b.v1.gpkg")],
)
def test_a_file_gets_the_ending_of_its_format(typed: str, written: str) -> None:
    assert FileChoice("gpkg", True, typed).file() == Path(written)


def test_a_result_has_to_be_chosen() -> None:
    assert not find_file_problems(Choices(), None)
    assert set(find_file_problems(replace(Choices(), keep_temporary=False), None)) == {"outputs"}


@pytest.mark.parametrize("path", ["", "  ", "b.gpkg", "/not/there/b.gpkg"])
def test_a_file_that_cannot_be_written_is_a_problem(path: str) -> None:
    assert set(find_file_problems(with_file("gpkg", path), None)) == {"gpkg"}


def test_a_folder_and_the_raster_itself_are_no_results(tmp_path: Path) -> None:
    (tmp_path / "folder.gpkg").mkdir()
    raster = tmp_path / "image.gpkg"
    raster.touch()
    for name in ("folder.gpkg", "image.gpkg"):
        choices = with_file("gpkg", str(tmp_path / name))
        assert set(find_file_problems(choices, raster)) == {"gpkg"}
    assert not find_file_problems(with_file("gpkg", str(tmp_path / "new.gpkg")), raster)


def test_weights_have_to_be_there(tmp_path: Path) -> None:
    choices = replace(Choices(), weights=str(tmp_path / "model.npz"))
    assert set(find_file_problems(choices, None)) == {"weights"}
    (tmp_path / "model.npz").touch()
    assert not find_file_problems(choices, None)


def test_files_that_would_be_replaced_are_found(tmp_path: Path) -> None:
    choices = with_file("osm", str(tmp_path / "a"))
    assert not existing_files(choices)
    (tmp_path / "a.osm").touch()
    assert existing_files(choices) == [tmp_path / "a.osm"]
