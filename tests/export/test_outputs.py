from __future__ import annotations

from pathlib import Path

import pytest

from geoseg.errors import OutputError, OutputExistsError
from geoseg.export import check_outputs
from geoseg.export.outputs import find_format, replacing


def test_good_outputs_pass(tmp_path: Path) -> None:
    check_outputs([tmp_path / "b.geojson", tmp_path / "b.OSM", tmp_path / "b.shp"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["b.kml", "b", "b.geojson.gz"])
def test_unknown_ending_lists_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"must end in \.geojson, .*\.osm; got"):
        check_outputs([tmp_path / name])


def test_ending_may_be_in_capitals() -> None:
    assert find_format(Path("B.GPKG")) == "GeoPackage"


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="must exist"):
        check_outputs([tmp_path / "nowhere" / "b.gpkg"])


def test_folder_in_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "b.gpkg").mkdir()
    with pytest.raises(OutputError, match="got a folder"):
        check_outputs([tmp_path / "b.gpkg"], overwrite=True)


def test_folder_that_cannot_be_written_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(OutputError, match="must be writable"):
        check_outputs([tmp_path / "b.gpkg"])


def test_same_output_twice_is_an_error(tmp_path: Path) -> None:
    again = tmp_path / "sub" / ".." / "b.gpkg"
    (tmp_path / "sub").mkdir()
    with pytest.raises(OutputError, match="twice"):
        check_outputs([tmp_path / "b.gpkg", again])


@pytest.mark.parametrize(
    ("output", "leftover"),
    [
        ("b.gpkg", "b.gpkg"),
        ("b.gpkg", "b.gpkg.origin.json"),
        ("b.shp", "b.dbf"),
        ("b.osm", "b_002.osm"),
    ],
)
def test_any_part_of_an_earlier_result_counts(tmp_path: Path, output: str, leftover: str) -> None:
    (tmp_path / leftover).touch()
    with pytest.raises(OutputExistsError, match="exists"):
        check_outputs([tmp_path / output])
    check_outputs([tmp_path / output], overwrite=True)


def test_other_files_of_like_names_do_not_count(tmp_path: Path) -> None:
    for name in ("b.json", "b_1.osm", "bb_001.osm", "b_001.osm.txt"):
        (tmp_path / name).touch()
    check_outputs([tmp_path / "b.osm", tmp_path / "b.shp"])


def test_parts_that_are_not_written_again_are_removed(tmp_path: Path) -> None:
    for name in ("b_001.osm", "b_002.osm", "c_001.osm"):
        (tmp_path / name).write_text("old")
    with replacing(tmp_path / "b.osm", overwrite=True) as temporary:
        temporary.with_name("b_001.osm").write_text("new")
        assert (tmp_path / "b_001.osm").read_text() == "old"
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "b_001.osm": "new",
        "c_001.osm": "old",
    }


def test_file_that_came_up_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "b.gpkg"

    def write() -> None:
        with replacing(path, overwrite=False) as temporary:
            temporary.write_text("mine")
            path.write_text("theirs")

    with pytest.raises(OutputExistsError):
        write()
    assert path.read_text() == "theirs"
