"""Samples: the same for the same number, and true to their labels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoseg.config import DatasetConfig
from geoseg.errors import DatasetError
from geoseg.training.samples import SampleSource
from geoseg.training.targets import Sample
from tests.training.labelled import flat, paint, write_dataset

HOUSE = [(10.0, 12.0), (44.0, 12.0), (44.0, 40.0), (10.0, 40.0)]
TILE_PX = 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three images, of which two have a house and one is noise."""
    noise = np.random.default_rng(0).integers(0, 255, (57, 91, 3)).astype(np.uint8)
    images = {"a.png": paint(HOUSE, (80, 70)), "b.png": noise, "c.png": paint(HOUSE, (150, 140))}
    annotations = [{"image_id": number, "segmentation": flat(HOUSE)} for number in (1, 3)]
    return write_dataset(tmp_path_factory.mktemp("data") / "set", images, annotations)


def make_source(*folders: Path, seed: int = 0, tile_size_px: int = TILE_PX) -> SampleSource:
    """Samples of several folders."""
    datasets = [DatasetConfig(str(folder), gsd_range_m=(0.2, 0.4)) for folder in folders]
    return SampleSource(datasets, tile_size_px=tile_size_px, seed=seed)


def bytes_of(sample: Sample) -> bytes:
    """All there is in a sample."""
    rings = [ring.tobytes() for one in sample.objects for ring in one.rings]
    flags = [bytes([one.class_index, one.is_ignored]) for one in sample.objects]
    return b"|".join([sample.image.tobytes(), *rings, *flags])


def area_of(sample: Sample) -> shapely.Geometry:
    """What all objects cover."""
    polygons = [shapely.Polygon(ring) for one in sample.objects for ring in one.rings]
    return shapely.union_all(polygons, grid_size=1e-4)


def test_a_number_gives_the_same_bytes_in_any_order_and_thread(folder: Path) -> None:
    numbers = list(range(24))
    expected = [bytes_of(make_source(folder).draw(number)) for number in numbers]
    assert len(set(expected)) == len(numbers)
    source = make_source(folder)
    backwards = [bytes_of(source.draw(number)) for number in numbers[::-1]]
    assert backwards[::-1] == expected
    source = make_source(folder)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda number: bytes_of(source.draw(number)), numbers)) == expected
    assert bytes_of(make_source(folder, seed=1).draw(0)) != expected[0]


def test_samples_are_whole_tiles(folder: Path) -> None:
    source = make_source(folder, tile_size_px=101)
    for number in range(10):
        sample = source.draw(number)
        assert sample.image.shape == (101, 101, 3)
        assert sample.image.dtype == np.uint8
        for one in sample.objects:
            for ring in one.rings:
                assert ring.dtype == np.float32
                assert ring.min() >= 0
                assert ring.max() <= 101


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_labels_lie_on_bright_pixels(folder: Path, number: int) -> None:
    sample = make_source(folder).draw(number)
    ys, xs = np.indices((TILE_PX, TILE_PX)) + 0.5
    area = area_of(sample)
    deep = shapely.contains_xy(area.buffer(-2), xs, ys)
    if deep.sum() > 100:
        grey = sample.image.mean(axis=2)
        near = shapely.contains_xy(area.buffer(2), xs, ys)
        darker = grey[~near].mean() if (~near).sum() > 100 else 128
        assert grey[deep].mean() > darker


@pytest.mark.parametrize("size_hw", [(40, 33), (20, 90), (130, 150)])
def test_nothing_without_a_label_is_shown(tmp_path: Path, size_hw: tuple[int, int]) -> None:
    # The label covers the whole image: whatever a tile shows must be labelled.
    height, width = size_hw
    whole = [(0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))]
    folder = write_dataset(
        tmp_path / "set",
        {"a.png": np.full((height, width, 3), 200, np.uint8)},
        [{"image_id": 1, "segmentation": flat(whole)}],
    )
    source = make_source(folder)
    for number in range(20):
        assert area_of(source.draw(number)).area == pytest.approx(TILE_PX**2, abs=0.5)


def test_images_without_labels_give_empty_samples(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "set", {"a.png": np.zeros((90, 90, 3), np.uint8)})
    assert make_source(folder).draw(0).objects == ()


def test_crowds_come_through_as_ignored(tmp_path: Path) -> None:
    folder = write_dataset(
        tmp_path / "set",
        {"a.png": paint(HOUSE, (70, 70))},
        [{"image_id": 1, "segmentation": flat(HOUSE), "iscrowd": 1}],
    )
    source = make_source(folder)
    objects = [one for number in range(10) for one in source.draw(number).objects]
    assert objects
    assert all(one.is_ignored for one in objects)


def test_datasets_are_drawn_by_weight(tmp_path: Path) -> None:
    levels = {"dark": (30, 1.0), "bright": (220, 3.0), "never": (128, 0.0)}
    datasets = []
    for name, (level, weight) in levels.items():
        image = np.full((90, 90, 3), level, np.uint8)
        folder = write_dataset(tmp_path / name, {"a.png": image})
        datasets.append(DatasetConfig(str(folder), weight=weight))
    source = SampleSource(datasets, tile_size_px=16, seed=0)
    means = np.array([source.draw(number).image.mean() for number in range(200)])
    assert (means > 128).mean() == pytest.approx(0.75, abs=0.1)


def test_no_weight_is_an_error(folder: Path) -> None:
    for datasets in ([], [DatasetConfig(str(folder), weight=0.0)]):
        with pytest.raises(DatasetError, match="needs a dataset with a weight above 0; got none"):
            SampleSource(datasets, tile_size_px=TILE_PX, seed=0)


def test_a_dataset_without_images_is_an_error(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "set", {})
    with pytest.raises(DatasetError, match=r"set must hold images; got none\."):
        make_source(folder)


def test_classes_are_those_of_the_network_or_of_all_datasets(folder: Path, tmp_path: Path) -> None:
    other = write_dataset(
        tmp_path / "trees",
        {"a.png": np.zeros((9, 9, 3), np.uint8)},
        categories=[{"id": 100, "name": "tree"}],
    )
    assert make_source(folder).class_names == ("building",)
    assert make_source(folder, other).class_names == ("building", "tree")
    configs = [DatasetConfig(str(one)) for one in (folder, other)]
    names = ("tree", "building")
    source = SampleSource(configs, tile_size_px=TILE_PX, seed=0, class_names=names)
    assert source.class_names == names
    with pytest.raises(DatasetError, match=r"trees must have classes of the network, .* got tree "):
        SampleSource(configs, tile_size_px=TILE_PX, seed=0, class_names=("building",))


def test_a_broken_image_is_left_out_or_fatal(tmp_path: Path) -> None:
    names = ["a.png", "b.png", "c.png"]
    noise = np.random.default_rng(0).integers(0, 255, (3, 90, 90, 3)).astype(np.uint8)
    folder = write_dataset(tmp_path / "set", dict(zip(names, noise, strict=True)))
    path = folder / "images" / "b.png"
    path.write_bytes(path.read_bytes()[:40])
    source = make_source(folder)
    seen = {name for number in range(30) for name in source.draw(number).images}
    assert seen == {str(folder / "images" / name) for name in ("a.png", "c.png")}
    assert source.datasets[0].faults.total == 1
    strict = SampleSource([DatasetConfig(str(folder))], tile_size_px=90, seed=0, strict=True)
    with pytest.raises(DatasetError, match=r"b\.png must be an image; it cannot be decoded\.$"):
        list(map(strict.draw, range(30)))
    path.unlink()
    with pytest.raises(DatasetError, match=r"b\.png is missing\.$"):
        SampleSource([DatasetConfig(str(folder))], tile_size_px=90, seed=0, strict=True)
