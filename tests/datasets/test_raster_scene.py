"""Places on a raster."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.affinity

from geoseg.config import DatasetConfig
from geoseg.datasets.faults import Faults
from geoseg.datasets.raster_scene import RasterScene
from geoseg.errors import DatasetError
from geoseg.training.samples import SampleSource
from tests.datasets.made import GSD_M, area_of, write_polygons, write_raster

SIDE_PX = 600
HOUSES = [shapely.box(x, y, x + 30, y + 24) for x in range(20, 560, 60) for y in range(20, 560, 60)]


def make_pixels(side_px: int = SIDE_PX) -> np.ndarray:
    """Red grows to the right and green downwards; houses are blue."""
    pixels = np.zeros((side_px, side_px, 3), np.uint8)
    ramp = np.arange(side_px) * 250 // side_px
    pixels[..., 0], pixels[..., 1] = ramp, ramp[:, np.newaxis]
    for house in HOUSES:
        left, top, right, bottom = (int(value) for value in house.bounds)
        pixels[top:bottom, left:right, 2] = 255
    return pixels


def write_scene(folder: Path, *, valid: np.ndarray | None = None) -> DatasetConfig:
    """A raster of 300 m with houses, and an area that holds its left half."""
    write_raster(folder / "ortho.tif", make_pixels(), valid=valid)
    write_polygons(folder / "houses.gpkg", *HOUSES)
    write_polygons(folder / "area.gpkg", shapely.box(0, 0, 300, SIDE_PX))
    return DatasetConfig(
        scene=str(folder / "ortho.tif"),
        labels=str(folder / "houses.gpkg"),
        aoi=str(folder / "area.gpkg"),
        gsd_range_m=(0.5, 1.0),
    )


def open_scene(config: DatasetConfig, tile_size_px: int = 64) -> RasterScene:
    """The scene of a config."""
    return RasterScene(config, Faults("set"), tile_size_px=tile_size_px)


def replace(config: DatasetConfig, **changes: object) -> DatasetConfig:
    """A config with other values."""
    return DatasetConfig(**{**vars(config), **changes})


@pytest.fixture
def config(tmp_path: Path) -> DatasetConfig:
    return write_scene(tmp_path)


def test_places_fit_a_tile_at_any_angle_and_lie_in_the_area(config: DatasetConfig) -> None:
    scene = open_scene(config)
    # 64 px at 1 m are 128 px of the raster, and the diagonal of that is 181.
    side_px = 183
    for index in range(len(scene)):
        window = scene.window_of(index)
        assert (window.width, window.height) == (side_px, side_px)
        top, left, bottom, right = window.box_yx
        assert min(top, left) >= 0
        assert bottom <= SIDE_PX
        assert right <= 300
    assert len({scene.window_of(index) for index in range(20)}) == 20


def test_pixels_and_labels_lie_where_they_do_on_the_raster(config: DatasetConfig) -> None:
    scene = open_scene(replace(config, aoi=None))
    pixels = make_pixels()
    for index in range(8):
        window, image = scene.window_of(index), scene.read(index)
        top, left, bottom, right = window.box_yx
        assert np.array_equal(scene.load_pixels(index), pixels[top:bottom, left:right])
        assert image.gsd_m == pytest.approx(GSD_M, rel=0.01)
        box = shapely.box(left, top, right, bottom)
        seen = [house for house in HOUSES if house.intersects(box)]
        moved = shapely.union_all([area_of(one) for one in image.objects])
        truth = shapely.affinity.translate(shapely.union_all(seen), -left, -top)
        assert shapely.area(shapely.symmetric_difference(moved, truth)) < 0.01
        assert not any(one.is_ignored for one in image.objects)


def test_what_is_outside_the_area_is_ignored(config: DatasetConfig) -> None:
    scene = open_scene(config, tile_size_px=128)
    for index in range(6):
        window, image = scene.window_of(index), scene.read(index)
        outside = max(0, window.col_off + window.width - 300) * window.height
        ignored = shapely.union_all([area_of(one) for one in image.objects if one.is_ignored])
        shown = shapely.box(0, 0, window.width, window.height)
        assert shapely.intersection(ignored, shown).area == pytest.approx(outside, rel=1e-3)
        for one in image.objects:
            if not one.is_ignored:
                assert area_of(one).centroid.x + window.col_off < 301


def test_pixels_without_data_are_ignored(tmp_path: Path) -> None:
    valid = np.ones((SIDE_PX, SIDE_PX), bool)
    valid[:, 400:] = False
    scene = open_scene(replace(write_scene(tmp_path, valid=valid), aoi=None), tile_size_px=300)
    for index in range(6):
        window, image = scene.window_of(index), scene.read(index)
        ignored = shapely.union_all([area_of(one) for one in image.objects if one.is_ignored])
        rows, cols = np.nonzero(~valid[slice(*window.box_yx[::2]), slice(*window.box_yx[1::2])])
        assert shapely.contains_xy(ignored, cols + 0.5, rows + 0.5).all()
        # No more than a pixel of the small picture beyond them.
        assert ignored.area <= len(rows) + 2 * window.height


def test_a_much_finer_raster_is_read_at_the_gsd_that_samples_need(config: DatasetConfig) -> None:
    scene = open_scene(replace(config, gsd_range_m=(2.0, 2.0)), tile_size_px=40)
    image = scene.read(0)
    assert image.gsd_m == pytest.approx(2.0, rel=0.01)
    assert scene.load_pixels(0).shape == (image.height, image.width, 3)
    assert sum(area_of(one).area for one in image.objects if not one.is_ignored) > 100


def test_samples_are_the_same_in_any_thread_and_true_to_the_raster(config: DatasetConfig) -> None:
    source = SampleSource([config], tile_size_px=64, seed=3)
    numbers = range(12)
    first = [source.draw(number) for number in numbers]
    again = SampleSource([config], tile_size_px=64, seed=3)
    with ThreadPoolExecutor(4) as pool:
        second = list(pool.map(again.draw, numbers))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.image, other.image)
        assert len(one.objects) == len(other.objects)


def test_the_fingerprint_follows_the_labels(config: DatasetConfig, tmp_path: Path) -> None:
    before = open_scene(config).fingerprint()
    assert open_scene(config).fingerprint() == before
    assert open_scene(replace(config, aoi=None)).fingerprint() != before
    write_polygons(tmp_path / "fewer.gpkg", *HOUSES[:-1])
    fewer = replace(config, labels=str(tmp_path / "fewer.gpkg"))
    assert open_scene(fewer).fingerprint() != before


def test_a_raster_without_data_in_the_area_is_an_error(tmp_path: Path) -> None:
    valid = np.ones((SIDE_PX, SIDE_PX), bool)
    valid[:, :350] = False
    with pytest.raises(DatasetError, match="must hold data where it is labelled"):
        open_scene(write_scene(tmp_path, valid=valid))


def test_banepa_is_sampled_where_it_is_labelled(shared_data: Path) -> None:
    folder = shared_data / "banepa"
    scene = open_scene(
        DatasetConfig(
            scene=str(folder / "ortho.tif"),
            labels=str(folder / "buildings.geojson"),
            aoi=str(folder / "labelled_area.geojson"),
        ),
        tile_size_px=300,
    )
    image = scene.read(5)
    assert 0.13 < image.gsd_m < 0.135
    assert image.width == image.height == 1352
    assert scene.load_pixels(5).std() > 20
    assert sum(not one.is_ignored for one in image.objects) > 50
