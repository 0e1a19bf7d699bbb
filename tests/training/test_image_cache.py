"""Images in memory, and what stands for broken ones."""

from __future__ import annotations

import gc
import logging
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from geoseg.config import DatasetConfig
from geoseg.datasets.opening import open_dataset
from geoseg.datasets.sources import LabelledImages
from geoseg.errors import DatasetError
from geoseg.training.image_cache import MAX_STEPS, ImageCache
from tests.datasets.made import write_coco

IMAGE_BYTES = 40 * 30 * 3


def open_images(folder: Path, num_images: int = 12, *, strict: bool = False) -> LabelledImages:
    """Some images of 40 x 30 px."""
    if not folder.exists():
        write_coco(folder, [f"{number}.png" for number in range(num_images)])
    return open_dataset(DatasetConfig(str(folder)), strict=strict)


def break_images(folder: Path, *numbers: int) -> None:
    """Cut files off."""
    for number in numbers:
        path = folder / "images" / f"{number}.png"
        path.write_bytes(path.read_bytes()[:40])


def test_the_cache_forgets_what_was_used_least(tmp_path: Path) -> None:
    images = open_images(tmp_path / "set")
    cache = ImageCache(max_bytes=2 * IMAGE_BYTES)
    loaded = cache.load(images, 0)
    assert cache.load(images, 0) is loaded
    second = cache.load(images, 1)
    assert cache.load(images, 0) is loaded
    # Room for two: the second has to go.
    kept = cache.load(images, 2)
    assert cache.load(images, 0) is loaded
    assert cache.load(images, 2) is kept
    assert cache.load(images, 1) is not second


def test_an_image_larger_than_the_cache_stays_until_the_next(tmp_path: Path) -> None:
    images = open_images(tmp_path / "set")
    cache = ImageCache(max_bytes=10)
    for index in (0, 1, 0):
        assert cache.load(images, index) is cache.load(images, index)


def test_images_of_two_datasets_are_kept_apart(tmp_path: Path) -> None:
    cache = ImageCache()
    names = {cache.load(open_images(tmp_path / name), 0).labels.name for name in ("1", "2")}
    datasets = [open_images(tmp_path / name) for name in ("1", "2")]
    assert {cache.load(one, 0).labels.name for one in datasets} == names
    assert len(names) == 2


def test_no_other_dataset_gets_the_identity_of_one_that_is_gone(tmp_path: Path) -> None:
    cache, images = ImageCache(), open_images(tmp_path / "set")
    cache.load(images, 0)
    held = weakref.ref(images)
    del images
    gc.collect()
    assert held() is not None


def test_a_broken_image_is_replaced_by_the_same_one_always(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    images = open_images(tmp_path / "set")
    break_images(tmp_path / "set", 3, 4, 7)
    cache = ImageCache()
    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(4) as pool:
        names = list(pool.map(lambda index: cache.load_near(images, index).labels.name, range(12)))
    messages = [one.getMessage() for one in caplog.records]
    again = ImageCache()
    other = open_images(tmp_path / "set")
    assert [again.load_near(other, index).labels.name for index in (7, 4, 3)] == [
        names[7], names[4], names[3]
    ]  # fmt: skip
    assert len(set(names)) == 9
    assert images.faults.counts == {"cannot be read": 3}
    assert len(messages) == 3
    assert all("must be an image; it cannot be decoded" in message for message in messages)


def test_a_broken_image_is_an_error_where_faults_are(tmp_path: Path) -> None:
    images = open_images(tmp_path / "set", strict=True)
    break_images(tmp_path / "set", 3)
    with pytest.raises(DatasetError, match=r"3\.png must be an image; it cannot be decoded\.$"):
        ImageCache().load_near(images, 3)


def test_an_image_of_another_size_is_broken(tmp_path: Path) -> None:
    import cv2

    images = open_images(tmp_path / "set")
    path = tmp_path / "set" / "images" / "0.png"
    cv2.imwrite(str(path), np.zeros((40, 30, 3), np.uint8))
    with pytest.raises(DatasetError, match=r"0\.png must be 40 x 30 px .*; got 30 x 40\.$"):
        ImageCache().load(images, 0)
    assert ImageCache().load_near(images, 0).labels.name != str(path)


def test_only_broken_images_are_an_error(tmp_path: Path) -> None:
    images = open_images(tmp_path / "set")
    break_images(tmp_path / "set", *range(12))
    with pytest.raises(DatasetError, match=f"hold images that can be read; {MAX_STEPS} in a row"):
        ImageCache().load_near(images, 0)
    assert images.faults.total <= 12
