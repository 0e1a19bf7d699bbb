"""Planted copies are found, look-alikes are not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from geoseg.datasets.audit.duplicates import Duplicate, find_duplicates, measure_similarity
from geoseg.datasets.audit.pictures import load_grey, look_at, look_at_all
from geoseg.datasets.audit.transforms import TRANSFORMS
from geoseg.datasets.image_folder import read_image
from geoseg.errors import DatasetError
from geoseg.types import NoProgress
from tests.datasets.audit.places import brighten, make_place, save, turn


def find(paths: list[Path]) -> list[Duplicate]:
    with ThreadPoolExecutor(2) as executor:
        gallery = look_at_all(paths, executor, NoProgress())
        return find_duplicates(gallery, executor, NoProgress())


@pytest.fixture
def places(tmp_path: Path) -> list[Path]:
    """Four different places."""
    return [save(tmp_path / f"{seed}.jpg", make_place(seed)) for seed in range(4)]


def test_different_places_are_no_duplicates(places: list[Path]) -> None:
    assert find(places) == []
    assert find([]) == []


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("size_wh", [(300, 300), (301, 203)])
def test_a_turned_and_recompressed_copy_is_found(
    tmp_path: Path, places: list[Path], transform: str, size_wh: tuple[int, int]
) -> None:
    place = make_place(9, size_wh=size_wh)
    original = save(tmp_path / "a.jpg", place)
    copy = save(tmp_path / "b.jpg", turn(place, transform), quality=40)
    (found,) = find([original, *places, copy])
    assert (found.image, found.original) == (5, 0)
    assert (found.kind, found.transform) == ("near", transform)
    assert 0.9 < found.similarity < 1


@pytest.mark.parametrize(("gain", "shift"), [(1.0, 20.0), (0.75, 0.0), (1.15, 10.0), (1.2, -30.0)])
def test_a_brightened_copy_is_found(
    tmp_path: Path, places: list[Path], gain: float, shift: float
) -> None:
    copy = save(tmp_path / "copy.jpg", brighten(make_place(2), gain, shift))
    (found,) = find([*places, copy])
    assert (found.image, found.original, found.transform) == (4, 2, "identity")


def test_a_smaller_copy_is_found(tmp_path: Path, places: list[Path]) -> None:
    copy = save(tmp_path / "copy.png", np.asarray(cv2.resize(make_place(1), (150, 150)), np.uint8))
    (found,) = find([*places, copy])
    assert (found.image, found.original) == (4, 1)


def test_same_bytes_and_same_pixels_are_told_apart(tmp_path: Path, places: list[Path]) -> None:
    again = shutil.copy(places[1], tmp_path / "again.jpg")
    pixels = np.ascontiguousarray(read_image(places[2])[..., ::-1])
    lossless = save(tmp_path / "same.png", pixels)
    turned = save(tmp_path / "turned.bmp", turn(pixels, "rotate_90"))
    found = find([*places, Path(again), lossless, turned])
    assert [(one.image, one.original, one.kind, one.transform) for one in found] == [
        (4, 1, "bytes", "identity"),
        (5, 2, "pixels", "identity"),
        (6, 2, "pixels", "rotate_90"),
    ]
    assert {one.similarity for one in found} == {1.0}


@pytest.mark.parametrize("shift_px", [8, 16])
def test_a_shifted_frame_is_no_duplicate(tmp_path: Path, shift_px: int) -> None:
    paths = [
        save(tmp_path / f"{seed}_{shift}.jpg", make_place(seed, shift_px=shift))
        for seed in range(5) for shift in (0, shift_px)
    ]  # fmt: skip
    assert find(paths) == []


def test_a_frame_shifted_by_one_pixel_is_one(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{shift}.jpg", make_place(3, shift_px=shift)) for shift in (0, 1)]
    assert len(find(paths)) == 1


def test_groups_have_one_original_also_through_a_chain(tmp_path: Path) -> None:
    # Neighbours are alike, the ends are not.
    frames = [make_place(3, shift_px=shift) for shift in range(5)]
    paths = [save(tmp_path / f"{number}.jpg", one) for number, one in enumerate(frames)]
    turned = save(tmp_path / "9.jpg", turn(frames[4], "transpose"))
    assert find([paths[0], paths[4]]) == []
    found = find([*paths, turned])
    assert [(one.image, one.original) for one in found] == [(number, 0) for number in range(1, 6)]
    assert found[-1].transform == "transpose"


def test_an_original_may_come_to_light_last(tmp_path: Path) -> None:
    # 1 and 2 are alike, 0 is like 2 only.
    frames = [make_place(3, shift_px=shift) for shift in (0, 3, 1)]
    paths = [save(tmp_path / f"{number}.jpg", one) for number, one in enumerate(frames)]
    copy = Path(shutil.copy(paths[1], tmp_path / "copy.jpg"))
    found = find([*paths, copy])
    assert [(one.image, one.original) for one in found] == [(1, 0), (2, 0), (3, 0)]


def test_a_common_black_border_does_not_make_places_alike(tmp_path: Path) -> None:
    paths = []
    for seed in range(4):
        place = make_place(seed).copy()
        place[:, :190] = 0
        paths.append(save(tmp_path / f"{seed}.jpg", brighten(place, 0.3, 0) if seed else place))
    paths.append(save(tmp_path / "copy.jpg", turn(read_image(paths[0]), "rotate_180")))
    assert [(one.image, one.original) for one in find(paths)] == [(4, 0)]


def test_edges_of_the_imagery_are_no_duplicates_of_each_other(tmp_path: Path) -> None:
    beyond = np.add.outer(np.arange(300), np.arange(300)) > 130
    edges = [np.where(beyond[..., None], np.uint8(255), make_place(seed)) for seed in range(6)]
    edges[1::2] = [turn(one, "rotate_180") for one in edges[1::2]]
    paths = [save(tmp_path / f"{number}.jpg", one) for number, one in enumerate(edges)]
    assert find(paths) == []


def test_pictures_of_nothing_are_duplicates_only_by_their_bytes(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    flat = [random.integers(89, 92, (300, 300, 3)).astype(np.uint8) for _ in range(3)]
    paths = [save(tmp_path / f"{number}.png", one) for number, one in enumerate([*flat, flat[0]])]
    assert [(one.image, one.kind) for one in find(paths)] == [(3, "bytes")]


def test_broken_files_are_no_duplicates_of_each_other(tmp_path: Path, places: list[Path]) -> None:
    broken = [tmp_path / "x.jpg", tmp_path / "y.jpg", tmp_path / "z.png"]
    for path in broken:
        path.write_bytes(b"no image")
    assert find([*places, *broken, tmp_path / "gone.jpg"]) == []
    assert "decoded" in look_at(broken[0]).failure
    assert "cannot be read" in look_at(tmp_path / "gone.jpg").failure
    with pytest.raises(DatasetError, match="cannot be decoded"):
        load_grey(broken[0], 96)


def test_a_truncated_jpeg_is_broken(tmp_path: Path, places: list[Path]) -> None:
    path = tmp_path / "cut.jpg"
    path.write_bytes(places[0].read_bytes()[:9000])
    assert look_at(path).failure == "cannot be decoded"


def test_exif_turns_are_followed(tmp_path: Path, places: list[Path]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = make_place(8, size_wh=(280, 200))
    path = tmp_path / "turned.jpg"
    Image.fromarray(np.ascontiguousarray(wide[..., ::-1])).save(path, quality=92, exif=exif)
    assert look_at(path).size_wh == (200, 280)
    upright = save(tmp_path / "upright.jpg", turn(wide, "rotate_270"))
    (found,) = find([upright, path])
    assert found.transform == "identity"


def grey(seed: int) -> np.ndarray:
    place = cv2.resize(make_place(seed), (96, 96), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(place, cv2.COLOR_BGR2GRAY), np.uint8)


def shades() -> Iterator[tuple[float, float]]:
    yield from [(1.0, 0.0), (0.5, 40.0), (0.8, -10.0)]


def test_similarity_does_not_depend_on_light_and_is_symmetric() -> None:
    place = grey(0)
    for gain, shift in shades():
        assert measure_similarity(place, brighten(place, gain, shift)) > 0.99
    assert measure_similarity(place, place) == pytest.approx(1)
    assert measure_similarity(place, 255 - place) == pytest.approx(-1)
    assert measure_similarity(place, grey(1)) == measure_similarity(grey(1), place) < 0.3
    assert measure_similarity(place, np.full_like(place, 7)) == pytest.approx(0)
    assert measure_similarity(np.zeros_like(place), np.full_like(place, 7)) == -1


def test_a_changed_corner_leaves_the_similarity() -> None:
    place, changed = grey(0), grey(0).copy()
    changed[:32, :32] = grey(5)[:32, :32]
    assert measure_similarity(place, changed) > 0.99
