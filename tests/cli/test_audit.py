"""`geoseg audit` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geoseg.cli.audit import SIMILARITY
from geoseg.cli.main import cli
from geoseg.datasets.audit.duplicates import LEAST_SIMILARITY
from geoseg.datasets.clean_list import read_clean_list
from geoseg.datasets.image_folder import read_image
from tests.cli.events import read_result_keys
from tests.datasets.audit.places import make_place, save, turn


@pytest.fixture(autouse=True)
def _folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        save(Path(f"train/{number}.jpg"), make_place(number))
    save(Path("val/1.jpg"), make_place(3))
    save(Path("val/2.jpg"), turn(make_place(2), "rotate_90"), quality=60)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["audit", *map(str, arguments)])


def read_all(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_table_names_what_is_shared_and_nothing_is_changed() -> None:
    before = read_all(Path())
    result = run("train", "val")
    assert result.exit_code == 0
    assert "val: 1 images (50.0%) are in train too" in result.stdout
    assert "val/2.jpg is train/2.jpg turned 90 degrees to the left (nearly" in result.stdout
    assert result.stderr.splitlines()[-1] == "images: 4, faults: 0, duplicates: 1"
    assert read_all(Path()) == before


def test_each_of_several_datasets_gets_a_list() -> None:
    result = run("train", "val", "--clean", "clean.txt")
    assert result.exit_code == 0
    assert read_clean_list(Path("clean_train.txt")) == {"1.jpg", "2.jpg"}
    assert read_clean_list(Path("clean_val.txt")) == {"1.jpg"}
    first, second, *_ = Path("clean_val.txt").read_text().splitlines()
    assert "geoseg audit train val --similarity 0.85" in first
    assert second.startswith("# 1 of 2 images of val")
    assert not Path("clean.txt").exists()


def test_one_dataset_gets_the_list_that_is_named() -> None:
    assert run("val", "--clean", "clean.txt").exit_code == 0
    assert read_clean_list(Path("clean.txt")) == {"1.jpg", "2.jpg"}


def test_json_goes_to_a_file_or_to_standard_output() -> None:
    assert run("train", "val", "--json", "audit.json").exit_code == 0
    result = run("train", "val", "--json", "-")
    report = json.loads(result.stdout)
    assert report == json.loads(Path("audit.json").read_text())
    (leak,) = report["duplicates"]
    assert 0.85 <= leak.pop("similarity") <= 1
    assert leak == {
        "dataset": "val", "image": "2.jpg", "original_dataset": "train", "original": "2.jpg",
        "kind": "near", "transform": "rotate_90", "same_number_of_objects": True,
    }  # fmt: skip
    assert "--progress json" in run("train", "--json", "-", "--progress", "json").stderr


def test_every_key_of_the_json_is_described(repository: Path) -> None:
    text = (repository / "docs" / "audit.md").read_text(encoding="utf-8")
    Path("val/3.jpg").write_bytes(b"")
    report = json.loads(run("train", "val", "--json", "-").stdout)
    faults = report["datasets"][1]["faults"][0]
    keys = {*report, *report["datasets"][0], *faults, *report["duplicates"][0]}
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_events_are_those_that_are_promised(repository: Path) -> None:
    result = run("train", "val", "--progress", "json", "--clean", "c.txt")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["event"] for one in events][0] == "start"
    assert set(events[-1]) == read_result_keys(repository, "audit")
    assert (events[-1]["kept"], events[-1]["outputs"]) == (3, ["c_train.txt", "c_val.txt"])


@pytest.mark.parametrize("name", ["sheet.png", "sheet.jpg"])
def test_the_sheet_shows_the_pair(name: str) -> None:
    assert run("train", "val", "--sheet", name).exit_code == 0
    assert read_image(Path(name)).shape == (300 + 40 + 2 * 12, 4 * 312 + 12, 3)


def test_nothing_suspect_is_no_sheet_but_a_warning() -> None:
    result = run("train", "--sheet", "sheet.png")
    assert result.exit_code == 0
    assert "warning: sheet.png is not written" in result.stderr
    assert not Path("sheet.png").exists()


def test_a_higher_similarity_finds_less() -> None:
    assert run("train", "val", "--similarity", 1).stderr.endswith("duplicates: 0\n")
    assert SIMILARITY == LEAST_SIMILARITY


@pytest.mark.parametrize(
    ("option", "name"), [("--clean", "c_val.txt"), ("--json", "a.json"), ("--sheet", "s.png")]
)
def test_what_is_there_is_not_overwritten_unasked(option: str, name: str) -> None:
    Path(name).write_text("mine")
    asked = "c.txt" if option == "--clean" else name
    result = run("train", "val", option, asked)
    assert result.exit_code == 1
    assert f"{name} exists" in result.stderr
    assert Path(name).read_text() == "mine"
    assert run("train", "val", option, asked, "--overwrite").exit_code == 0
    assert Path(name).read_bytes() != b"mine"


def test_what_is_no_dataset_is_one_line() -> None:
    Path("empty").mkdir()
    for name in ("gone", "empty"):
        result = run("train", name)
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith(f"geoseg: error: {name} must be")


def test_a_set_of_copies_alone_gives_an_empty_list() -> None:
    save(Path("other/2.png"), make_place(2))
    result = run("train", "other", "--clean", "c.txt")
    assert "warning: c_other.txt: no image of other can be kept" in result.stderr
    assert result.exit_code == 0
