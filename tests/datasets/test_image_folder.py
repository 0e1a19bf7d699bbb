from __future__ import annotations

import json
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from geoseg.datasets.image_folder import SUFFIXES, NumberedImage, list_images, read_image
from geoseg.errors import DatasetError


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch()


def test_the_number_in_a_name_is_the_id(tmp_path: Path) -> None:
    touch(tmp_path, "000000123.jpg", "000000007.png", "1000.TIF")
    assert list_images(tmp_path) == [
        NumberedImage(7, tmp_path / "000000007.png"),
        NumberedImage(123, tmp_path / "000000123.jpg"),
        NumberedImage(1000, tmp_path / "1000.TIF"),
    ]


def test_what_is_no_image_is_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg", "2.txt", "annotation.json", "._1.jpg", ".3.jpg")
    (tmp_path / "4.jpg").mkdir()
    (tmp_path / "below").mkdir()
    touch(tmp_path / "below", "5.jpg")
    assert [one.image_id for one in list_images(tmp_path)] == [1]


@pytest.mark.parametrize("names", [["b.jpg", "a.jpg"], ["2.jpg", "b.jpg"], ["1.jpg", "01.png"]])
def test_other_names_are_counted_in_their_order_with_a_warning(
    names: list[str], tmp_path: Path
) -> None:
    touch(tmp_path, *names)
    with pytest.warns(UserWarning, match="counts them from 1"):
        found = list_images(tmp_path)
    assert [(one.image_id, one.path.name) for one in found] == list(enumerate(sorted(names), 1))


def write_ids(path: Path, ids: dict[str, int]) -> None:
    images = [{"id": number, "file_name": name} for name, number in ids.items()]
    path.write_text(json.dumps({"images": images, "annotations": [], "categories": []}))


@pytest.mark.parametrize("asked", ["images", "."])
def test_ids_of_other_names_are_those_of_the_annotation(asked: str, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    touch(tmp_path / "images", "b.jpg", "a.jpg")
    write_ids(tmp_path / "annotation.json", {"a.jpg": 7, "b.jpg": 3, "gone.jpg": 1})
    found = list_images(tmp_path / asked)
    assert [(one.image_id, one.path.name) for one in found] == [(3, "b.jpg"), (7, "a.jpg")]


def test_an_annotation_of_other_images_is_not_used(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b.jpg")
    write_ids(tmp_path / "annotation.json", {"a.jpg": 7})
    with pytest.warns(UserWarning, match="counts them from 1"):
        assert [one.image_id for one in list_images(tmp_path)] == [1, 2]


def test_a_damaged_annotation_is_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg")
    (tmp_path / "annotation.json").write_text('{"images": [{"id"')
    with pytest.warns(UserWarning, match="counts them from 1"):
        assert [one.image_id for one in list_images(tmp_path)] == [1]


def test_a_folder_without_images_gives_none_with_a_warning(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="no images are here; their names end in .jpg"):
        assert list_images(tmp_path) == []


@pytest.mark.parametrize("name", ["gone", "1.jpg"])
def test_what_is_no_folder_is_an_error(name: str, tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg")
    with pytest.raises(DatasetError, match="must be a folder of images"):
        list_images(tmp_path / name)


@given(st.lists(st.integers(0, 10**12), min_size=1, unique=True))
def test_ids_are_those_of_the_names(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("images")
    touch(folder, *(f"{number:012d}.jpg" for number in numbers))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [one.image_id for one in list_images(folder)] == sorted(numbers)


@pytest.mark.parametrize("suffix", [name for name in SUFFIXES if name not in (".jpg", ".jpeg")])
def test_pixels_come_back_as_rgb(suffix: str, tmp_path: Path) -> None:
    image = np.random.default_rng(1).integers(0, 256, (31, 17, 3), dtype=np.uint8)
    path = tmp_path / f"1{suffix}"
    # Only WebP knows the option; the others pass over it.
    Image.fromarray(image).save(path, lossless=True)
    read = read_image(path)
    assert read.dtype == np.uint8
    assert np.array_equal(read, image)


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg"])
def test_a_jpeg_comes_back_nearly(suffix: str, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), (200, 90, 20)).save(tmp_path / f"1{suffix}")
    assert np.abs(read_image(tmp_path / f"1{suffix}").astype(int) - (200, 90, 20)).max() < 4


def test_a_grey_image_has_three_equal_channels(tmp_path: Path) -> None:
    grey = np.arange(60, dtype=np.uint8).reshape(6, 10)
    Image.fromarray(grey).save(tmp_path / "1.png")
    assert np.array_equal(read_image(tmp_path / "1.png"), np.dstack([grey] * 3))


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), np.full((4, 5), 0x8040, np.uint16))
    assert (read_image(tmp_path / "1.png") == 0x80).all()


@pytest.mark.parametrize("content", [b"", b"not an image", b"\xff\xd8\xff\xe0"])
def test_what_cannot_be_decoded_is_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(content)
    with pytest.raises(DatasetError, match=r"1\.jpg must be an image; it cannot be decoded"):
        read_image(tmp_path / "1.jpg")


def test_an_absent_image_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="must be readable; got No such file"):
        read_image(tmp_path / "gone.jpg")
