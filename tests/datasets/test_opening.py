"""Datasets of any kind, opened and mixed."""

from __future__ import annotations

import csv
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geoseg.config import DatasetConfig
from geoseg.datasets.classes import join_classes
from geoseg.datasets.made_scenes import MadeScenes
from geoseg.datasets.mask_folder import MaskFolder
from geoseg.datasets.opening import find_labels, open_dataset
from geoseg.datasets.raster_scene import RasterScene
from geoseg.datasets.sources import LabelledImages
from geoseg.errors import ConfigError, DatasetError
from geoseg.training.samples import SampleSource
from tests.datasets.made import (
    area_of,
    write_coco,
    write_image,
    write_json,
    write_polygons,
    write_raster,
)  # fmt: skip

POLYGON = {"name": "polygon", "all_points_x": [2, 12, 2], "all_points_y": [3, 3, 13]}


def write_via(folder: Path, name: str = "via_region_data.json") -> Path:
    """One image with a triangle."""
    write_image(folder / "a.jpg")
    region = {"shape_attributes": POLYGON, "region_attributes": {"kind": "roof"}}
    return write_json(folder / name, {"a": {"filename": "a.jpg", "regions": [region]}})


def write_masks(folder: Path) -> Path:
    """One image with a square."""
    write_image(folder / "images" / "a.jpg")
    mask = np.zeros((30, 40), np.uint8)
    mask[5:15, 5:15] = 3
    (folder / "masks").mkdir(parents=True)
    import cv2

    cv2.imwrite(str(folder / "masks" / "a.png"), mask)
    return folder


def write_spacenet(folder: Path) -> Path:
    """One image with a square."""
    write_image(folder / "images" / "img1.png")
    path = folder / "summary.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ImageId", "BuildingId", "PolygonWKT_Pix"])
        writer.writerow(["img1", "1", "POLYGON ((2 3,12 3,12 13,2 13,2 3))"])
    return path


def write_scene(folder: Path) -> DatasetConfig:
    """A raster of 40 x 40 m with a house."""
    write_raster(folder / "ortho.tif", np.full((80, 80, 3), 99, np.uint8))
    write_polygons(folder / "houses.gpkg", shapely.box(20, 20, 60, 60))
    return DatasetConfig(scene=str(folder / "ortho.tif"), labels=str(folder / "houses.gpkg"))


def open_all(folder: Path) -> dict[str, DatasetConfig]:
    """One small dataset of each kind."""
    return {
        "coco": DatasetConfig(str(write_coco(folder / "coco", ["a.png", "b.png"]))),
        "via": DatasetConfig(str(write_via(folder / "via"))),
        "masks": DatasetConfig(str(write_masks(folder / "masks"))),
        "spacenet": DatasetConfig(str(write_spacenet(folder / "spacenet"))),
        "scene": write_scene(folder / "scene"),
        "scenes": DatasetConfig(scenes="suburb", num_images=2, seed=4),
    }


def test_every_kind_keeps_the_same_promises(tmp_path: Path) -> None:
    fingerprints = set()
    for config in open_all(tmp_path).values():
        images: LabelledImages = open_dataset(config, tile_size_px=32)
        again = open_dataset(config, tile_size_px=32)
        assert images.class_names == ("building",)
        assert images.name
        assert images.faults.total == 0
        assert images.fingerprint() == again.fingerprint()
        fingerprints.add(images.fingerprint())
        for index in range(min(2, len(images))):
            image, same = images.read(index), again.read(index)
            pixels = images.load_pixels(index)
            assert pixels.shape == (image.height, image.width, 3)
            assert pixels.dtype == np.uint8
            assert np.array_equal(pixels, again.load_pixels(index))
            assert image.objects
            assert image.name == same.name
            for one, other in zip(image.objects, same.objects, strict=True):
                assert area_of(one).equals(area_of(other))
                assert all(ring.dtype == np.float32 for ring in one.rings)
    assert len(fingerprints) == 6


def test_all_kinds_are_mixed_in_one_run(tmp_path: Path) -> None:
    source = SampleSource(list(open_all(tmp_path).values()), tile_size_px=32, seed=2)
    samples = [source.draw(number) for number in range(40)]
    names = {name for sample in samples for name in sample.images}
    for part in ("coco", "via", "masks", "spacenet", "ortho.tif", "suburb scene"):
        assert any(part in name for name in names), part
    again = SampleSource(list(open_all(tmp_path / "2").values()), tile_size_px=32, seed=2)
    assert all(
        np.array_equal(sample.image, again.draw(number).image)
        for number, sample in enumerate(samples)
    )


@pytest.mark.parametrize("kind", ["coco", "via", "masks", "spacenet"])
def test_a_kind_shows_from_a_folder_and_can_be_named(tmp_path: Path, kind: str) -> None:
    config = open_all(tmp_path)[kind]
    path = Path(str(config.path))
    folder = path if path.is_dir() else path.parent
    assert find_labels(folder)[0] == kind
    assert find_labels(folder, kind) == find_labels(folder)
    if path.is_file():
        assert find_labels(path) == find_labels(folder)
    other = "via" if kind != "via" else "coco"
    with pytest.raises(DatasetError, match=r"must hold labels; looked for [^;]+, and found none"):
        find_labels(folder, other)


def test_via_may_be_named_as_coco_is(tmp_path: Path) -> None:
    path = write_via(tmp_path, "annotations.json")
    assert find_labels(tmp_path) == ("via", path)


def test_images_may_be_elsewhere(tmp_path: Path) -> None:
    folder = write_coco(tmp_path / "a", ["a.png"])
    moved = (folder / "annotation.json").rename(tmp_path / "labels-of-a.json")
    config = DatasetConfig(str(moved), images=str(folder / "images"))
    assert len(open_dataset(config)) == 1
    beside = folder / "images" / "labels.json"
    moved.rename(beside)
    assert len(open_dataset(DatasetConfig(str(beside)))) == 1
    with pytest.raises(DatasetError, match="gone must be the folder of the images"):
        open_dataset(DatasetConfig(str(beside), images=str(tmp_path / "gone")))


def test_nothing_that_fits_is_one_line_that_says_what_was_looked_for(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"type": "FeatureCollection", "features": []})
    (tmp_path / "a.csv").write_text("x,y\n")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(DatasetError) as caught:
        open_dataset(DatasetConfig(str(tmp_path)))
    assert str(caught.value) == (
        f"{tmp_path} must hold labels; looked for COCO (annotation.json, annotations.json, "
        "annotation-small.json or a json); images/ with masks/; VIA (a json with filename and "
        "regions); a CSV of SpaceNet (ImageId, PolygonWKT_Pix), and found none."
    )
    with pytest.raises(DatasetError, match="gone must be a folder or a file of labels"):
        open_dataset(DatasetConfig(str(tmp_path / "gone")))


def test_two_files_of_labels_must_be_told_apart(tmp_path: Path) -> None:
    write_via(tmp_path, "one.json")
    write_via(tmp_path, "two.json")
    with pytest.raises(DatasetError, match="one file of labels; got one.json, two.json: name one"):
        open_dataset(DatasetConfig(str(tmp_path)))
    assert len(open_dataset(DatasetConfig(str(tmp_path / "two.json")))) == 1


def test_missing_images_are_counted_or_fatal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = [f"{number}.png" for number in range(9)]
    folder = write_coco(tmp_path, names)
    before = open_dataset(DatasetConfig(str(folder))).fingerprint()
    for name in names[2:]:
        (folder / "images" / name).unlink()
    with caplog.at_level(logging.WARNING):
        images = open_dataset(DatasetConfig(str(folder)))
    assert [images.read(index).image_id for index in range(len(images))] == [0, 1]
    assert images.faults.counts == {"is missing": 7}
    messages = [one.getMessage() for one in caplog.records]
    assert messages[0] == f"{folder}: {folder / 'images' / '2.png'} is missing; left out"
    assert messages[5:] == [f"{folder}: left out in all: 7 (7 is missing)"]
    assert images.fingerprint() != before
    with pytest.raises(DatasetError, match=r"2\.png is missing\.$"):
        open_dataset(DatasetConfig(str(folder)), strict=True)


def test_classes_are_renamed_joined_ignored_and_left_out(tmp_path: Path) -> None:
    names = {1: "house", 2: "shed", 3: "blurred", 4: "tree"}
    folder = write_coco(tmp_path, ["a.png"], classes=names)
    mapping = {"house": "building", "shed": "building", "blurred": "ignore", "tree": "-"}
    images = open_dataset(DatasetConfig(str(folder), classes=mapping))
    assert images.class_names == ("building",)
    objects = images.read(0).objects
    assert [one.class_index for one in objects] == [0, 0, 0]
    assert [one.is_ignored for one in objects] == [False, False, True]
    with pytest.raises(DatasetError, match=r"are house, shed, blurred, tree; got barn\.$"):
        open_dataset(DatasetConfig(str(folder), classes={"barn": "building"}))


def test_classes_of_several_datasets_meet_by_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = open_dataset(
        DatasetConfig(str(write_coco(tmp_path / "1", ["a.png"], classes={7: "b"})))
    )
    both = {1: "a", 2: "b"}
    second = open_dataset(DatasetConfig(str(write_coco(tmp_path / "2", ["a.png"], classes=both))))
    with caplog.at_level(logging.WARNING):
        joined = join_classes([first, second])
    assert [one.class_names for one in joined] == [("b", "a")] * 2
    assert [one.class_index for one in joined[1].read(0).objects] == [1, 0]
    assert "no labels of class a; such objects in it are learned as ground" in caplog.text
    wanted = join_classes([first, second], ("a", "b"))
    assert [one.class_index for one in wanted[0].read(0).objects] == [1]
    with pytest.raises(DatasetError, match=r"classes of the network, which are b; got a \("):
        join_classes([first, second], ("b",))


def test_a_class_attribute_of_via_makes_classes(tmp_path: Path) -> None:
    path = write_via(tmp_path)
    images = open_dataset(DatasetConfig(str(path), class_attribute="kind"))
    assert images.class_names == ("roof",)


def test_kinds_are_what_they_are(tmp_path: Path) -> None:
    configs = open_all(tmp_path)
    assert isinstance(open_dataset(configs["masks"]), MaskFolder)
    assert isinstance(open_dataset(configs["scene"]), RasterScene)
    assert isinstance(open_dataset(configs["scenes"]), MadeScenes)


def test_invented_scenes_follow_their_settings() -> None:
    config = DatasetConfig(scenes="all", num_images=3, seed=1, gsd_range_m=(0.2, 0.3))
    images = open_dataset(config)
    assert len(images) == 3
    assert all(0.2 <= images.read(index).gsd_m <= 0.3 for index in range(3))
    other = open_dataset(DatasetConfig(scenes="all", num_images=3, seed=2, gsd_range_m=(0.2, 0.3)))
    assert other.fingerprint() != images.fingerprint()
    with pytest.raises(DatasetError, match=r"scenes must be one of all, suburb, .*; got city\.$"):
        open_dataset(DatasetConfig(scenes="city"))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "one of path, scene and scenes; got none"),
        ({"path": "a", "scenes": "all"}, "got path and scenes"),
        ({"scene": "a.tif"}, "scene and labels must be given together"),
        ({"path": "a", "labels": "b"}, "scene and labels must be given together"),
        ({"path": "a", "aoi": "b"}, "aoi must go with scene"),
        ({"path": "a", "kind": "voc"}, "kind must be one of coco, via, masks, spacenet; got 'voc'"),
        ({"scenes": "all", "kind": "coco"}, "kind must be one of scenes; got 'coco'"),
        ({"path": "a", "num_images": 0}, "num_images must be at least 1"),
        ({"path": "a", "gsd_m": 0}, "gsd_m must be above 0"),
        ({"path": "a", "seed": -1}, "seed must be at least 0"),
        ({"path": "a", "bands": [1, 2]}, "bands must be one or three"),
        ({"path": "a", "scale": [2, 1]}, "scale must be LO,HI"),
        ({"path": "a", "classes": "b"}, "classes must be a table; got 'b'"),
        ({"path": "a", "classes": {"b": 3}}, "classes.b must be a str; got 3"),
    ],
)
def test_a_wrong_config_is_one_line(values: dict[str, Any], reason: str) -> None:
    from geoseg.config import from_dict

    with pytest.raises(ConfigError) as caught:
        from_dict(DatasetConfig, values)
    assert reason in str(caught.value)


def test_a_config_with_everything_survives_toml(tmp_path: Path) -> None:
    from geoseg.config import dump_toml, load_toml

    config = DatasetConfig(
        "a", kind="coco", images="b", classes={"x": "y", "z z": "-"}, bands=(3, 2, 1),
        scale=(0.0, 2000.0),
    )  # fmt: skip
    path = tmp_path / "a.toml"
    path.write_text(dump_toml(config))
    assert load_toml(DatasetConfig, path) == config
    assert json.dumps(vars(config))
