"""Folders of masks."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from geoseg.config import DatasetConfig
from geoseg.datasets.mask_folder import split_instances
from geoseg.datasets.opening import open_dataset
from geoseg.datasets.sources import LabelledImages, LabelledObject
from geoseg.errors import DatasetError
from tests.datasets.made import area_of, write_image, write_raster


def make_mask() -> NDArray[np.uint8]:
    """Two squares of 10 px that touch, and one in two parts."""
    mask = np.zeros((30, 40), np.uint8)
    mask[2:12, 3:13] = 1
    mask[2:12, 13:23] = 7
    mask[20:25, 2:7] = mask[20:25, 30:35] = 3
    return mask


def write_mask(path: Path, mask: NDArray[np.integer]) -> None:
    """A picture with these values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".tif":
        write_raster(path, mask[..., np.newaxis])
    else:
        assert cv2.imwrite(str(path), mask)


def open_folder(folder: Path, *, strict: bool = False) -> LabelledImages:
    """Open it as what it is."""
    return open_dataset(DatasetConfig(str(folder)), strict=strict)


@pytest.mark.parametrize(
    ("name", "scale", "dtype"),
    [("a.png", 1, np.uint8), ("a.png", 1000, np.uint16), ("a.tif", 9000, np.uint16)],
)
def test_instance_numbers_become_objects(
    tmp_path: Path, name: str, scale: int, dtype: type[np.generic]
) -> None:
    write_image(tmp_path / "images" / "a.jpg", level=120)
    write_mask(tmp_path / "masks" / name, (make_mask().astype(int) * scale).astype(dtype))
    images = open_folder(tmp_path)
    image = images.read(0)
    assert (len(images), image.width, image.height) == (1, 40, 30)
    first, split, touching = image.objects
    # Corners are cut by half a pixel, straight walls lie where they were.
    assert [area_of(one).area for one in image.objects] == [99.5, 49, 99.5]
    assert area_of(first).bounds == (3, 2, 13, 12)
    assert area_of(touching).bounds == (13, 2, 23, 12)
    assert len(split.rings) == 2
    assert images.load_pixels(0).mean() == pytest.approx(120, abs=2)


def test_one_mask_per_instance(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        write_image(tmp_path / "images" / name)
    for number in (1, 3, 7):
        write_mask(tmp_path / "masks" / "a" / f"{number}.png", 255 * (make_mask() == number))
    (tmp_path / "masks" / "b").mkdir()
    images = open_folder(tmp_path)
    assert len(images) == 2
    assert [area_of(one).area for one in images.read(0).objects] == [99.5, 49, 99.5]
    assert images.read(1).objects == ()
    assert images.faults.named == [
        f"{tmp_path / 'images' / 'c.jpg'} has no mask in {tmp_path / 'masks'}"
    ]
    with pytest.raises(DatasetError, match=r"c\.jpg has no mask"):
        open_folder(tmp_path, strict=True)


def test_palettes_count_by_number_and_colours_by_colour(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        write_image(tmp_path / "images" / name)
    picture = Image.fromarray(make_mask()).convert("P")
    picture.putpalette([200, 10, 10, *(number % 256 for number in range(3, 768))])
    (tmp_path / "masks").mkdir()
    picture.save(tmp_path / "masks" / "a.png")
    colours = np.zeros((30, 40, 3), np.uint8)
    colours[2:12, 3:13] = (0, 0, 90)
    colours[2:12, 13:23] = (0, 90, 0)
    write_mask(tmp_path / "masks" / "b.png", colours)
    images = open_folder(tmp_path)
    assert [len(images.read(index).objects) for index in (0, 1)] == [3, 2]


def test_a_mask_of_another_size_is_named(tmp_path: Path) -> None:
    write_image(tmp_path / "images" / "a.jpg", (31, 40))
    write_mask(tmp_path / "masks" / "a.png", make_mask())
    with pytest.raises(DatasetError, match=r"a\.png must be 40 x 31 px .*; got 40 x 30\.$"):
        open_folder(tmp_path).read(0)


@given(arrays(np.uint8, (9, 7), elements=st.integers(0, 3)))
def test_outlines_hold_the_middles_of_their_pixels(mask: NDArray[np.uint8]) -> None:
    import shapely

    numbers = sorted(set(mask.ravel().tolist()) - {0})
    instances = split_instances(mask)
    assert len(instances) == len(numbers)
    rows, cols = np.indices(mask.shape) + 0.5
    for number, rings in zip(numbers, instances, strict=True):
        inside = shapely.contains_xy(area_of(LabelledObject(rings)), cols, rows)
        assert np.array_equal(inside, mask == number)
