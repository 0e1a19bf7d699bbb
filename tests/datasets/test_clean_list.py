"""Lists of the images to take, and datasets cut down to them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from geoseg.config import DatasetConfig, from_dict, to_dict
from geoseg.datasets.clean_list import choose_listed, read_clean_list, write_clean_list
from geoseg.datasets.opening import open_dataset
from geoseg.errors import ConfigError, DatasetError
from tests.datasets.made import write_coco, write_image


def test_a_list_comes_back_with_notes_and_odd_names(tmp_path: Path) -> None:
    path = tmp_path / "clean.txt"
    names = ["b.jpg", "sub/a.jpg", "#1.jpg", "näme with space.jpg"]
    write_clean_list(path, names, ["made by hand", "for a test"])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["# made by hand", "# for a test", "b.jpg"]
    assert read_clean_list(path) == frozenset(names)


def test_a_list_may_be_written_by_hand_on_windows(tmp_path: Path) -> None:
    path = tmp_path / "clean.txt"
    path.write_bytes("\ufeff# mine\r\n\r\n sub\\a.jpg \r\n./b.jpg".encode())
    assert read_clean_list(path) == {"sub/a.jpg", "b.jpg"}


@pytest.mark.parametrize("content", [b"", b"# only notes\n\n", b"\xff\xfe\x00"])
def test_a_file_that_names_nothing_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clean.txt"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"clean\.txt must"):
        read_clean_list(path)
    with pytest.raises(DatasetError, match=r"gone\.txt must be a list of file names; got No such"):
        read_clean_list(tmp_path / "gone.txt")


def test_a_name_with_a_line_break_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="must be one line"):
        write_clean_list(tmp_path / "clean.txt", ["a\nb.jpg"], [])


def test_names_that_are_not_there_are_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "clean.txt"
    write_clean_list(path, ["c.jpg", "a.jpg", "x.jpg"], [])
    with pytest.warns(UserWarning, match=r"1 of 3 names are no images of set, as x\.jpg"):
        assert choose_listed(["a.jpg", "b.jpg", "c.jpg"], path, "set").tolist() == [0, 2]
    with pytest.raises(DatasetError, match=r"must name images of set; none of its 3 names"):
        choose_listed(["b.jpg"], path, "set")


def test_a_dataset_is_cut_down_to_a_list(tmp_path: Path) -> None:
    folder = write_coco(tmp_path / "set", ["a.png", "b.png", "c.png"])
    path = tmp_path / "clean.txt"
    write_clean_list(path, ["c.png", "a.png"], [])
    config = DatasetConfig(str(folder), only=str(path))
    assert from_dict(DatasetConfig, to_dict(config)) == config
    whole, chosen = open_dataset(DatasetConfig(str(folder))), open_dataset(config)
    assert [Path(chosen.read(index).name).name for index in range(len(chosen))] == [
        "a.png", "c.png"
    ]  # fmt: skip
    assert chosen.read(1).objects[0].rings[0].tolist() == whole.read(2).objects[0].rings[0].tolist()
    np.testing.assert_array_equal(chosen.load_pixels(1), whole.load_pixels(2))
    assert chosen.fingerprint() != whole.fingerprint()
    assert chosen.fingerprint() == open_dataset(config).fingerprint()
    assert (chosen.name, chosen.class_names) == (whole.name, whole.class_names)


def test_classes_are_renamed_and_masks_chosen_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_image(tmp_path / "images" / f"{name}.jpg")
        write_image(tmp_path / "masks" / f"{name}.png")
    path = tmp_path / "clean.txt"
    write_clean_list(path, ["b.jpg"], [])
    config = DatasetConfig(str(tmp_path), only=str(path), classes={"building": "roof"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chosen = open_dataset(config)
    assert (len(chosen), chosen.class_names) == (1, ("roof",))
    assert chosen.read(0).image_id == 2


def test_a_list_goes_with_files() -> None:
    with pytest.raises(ConfigError, match="only must go with path"):
        DatasetConfig(scenes="all", only="clean.txt")
