"""Labelled images in COCO layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.datasets.coco import CocoDataset, LabelledObject, read_coco
from geoseg.datasets.coco_writer import encode_rle
from geoseg.errors import DatasetError

SQUARE = [[2.0, 3.0, 12.0, 3.0, 12.0, 13.0, 2.0, 13.0]]


def make_content(*segmentations: Any) -> dict[str, Any]:
    """One image of 40 x 30 px with annotations."""
    return {
        "categories": [{"id": 100, "name": "building"}],
        "images": [{"id": 7, "file_name": "7.jpg", "width": 40, "height": 30}],
        "annotations": [
            {"id": index, "image_id": 7, "category_id": 100, "segmentation": one}
            for index, one in enumerate(segmentations)
        ],
    }


def read(folder: Path, content: Any, **options: float) -> CocoDataset:
    """Write the annotation and read it."""
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "annotation.json").write_text(text, encoding="utf-8")
    return read_coco(folder, **options)


def area_of(one: LabelledObject) -> shapely.Geometry:
    """What the rings enclose by the even-odd rule."""
    area = shapely.Polygon()
    for ring in one.rings:
        area = area.symmetric_difference(shapely.Polygon(ring))
    return area


def test_a_polygon_becomes_a_ring(tmp_path: Path) -> None:
    dataset = read(tmp_path, make_content(SQUARE), default_gsd_m=0.5)
    (image,) = dataset.images
    assert (image.image_id, image.width, image.height, image.gsd_m) == (7, 40, 30, 0.5)
    assert image.path == tmp_path / "images" / "7.jpg"
    assert (dataset.class_names, dataset.num_skipped) == (("building",), 0)
    (one,) = image.objects
    assert (one.class_index, one.is_ignored) == (0, False)
    (ring,) = one.rings
    assert ring.dtype == np.float32
    assert ring.tolist() == [[2, 3], [12, 3], [12, 13], [2, 13]]


def test_classes_and_images_follow_their_ids(tmp_path: Path) -> None:
    content = make_content(SQUARE, SQUARE)
    content["categories"] = [{"id": 9, "name": "tree"}, {"id": 4, "name": "house"}]
    content["images"].append({**content["images"][0], "id": 3, "gsd_m": 0.1})
    content["annotations"][0]["category_id"] = 9
    content["annotations"][1].update(category_id=4, image_id=3, iscrowd=1)
    dataset = read(tmp_path, content)
    assert dataset.class_names == ("house", "tree")
    assert [image.image_id for image in dataset.images] == [3, 7]
    assert [image.gsd_m for image in dataset.images] == [0.1, 0.3]
    assert dataset.images[0].objects[0].is_ignored
    assert dataset.images[1].objects[0].class_index == 1


def test_parts_of_an_object_add_up(tmp_path: Path) -> None:
    apart = [[0, 0, 4, 0, 4, 4, 0, 4], [10, 0, 14, 0, 14, 4, 10, 4]]
    within = [[0, 0, 20, 0, 20, 20, 0, 20], [5, 5, 10, 5, 10, 10, 5, 10]]
    twice = [SQUARE[0], SQUARE[0]]
    dataset = read(tmp_path, make_content(apart, within, twice))
    areas = [area_of(one).area for one in dataset.images[0].objects]
    assert areas == [32, 400, 100]
    assert len(dataset.images[0].objects[0].rings) == 2


@pytest.mark.parametrize("is_packed", [True, False])
def test_run_lengths_become_outlines_with_holes(tmp_path: Path, is_packed: bool) -> None:
    building = shapely.Polygon(
        [(5, 4), (25, 4), (25, 24), (5, 24)], [[(10, 9), (18, 9), (18, 15), (10, 15)]]
    )
    rle = encode_rle(np.array([building], dtype=object), (30, 40))
    if not is_packed:
        mask = np.zeros((30, 40), int)
        mask[4:24, 5:25] = 1
        mask[9:15, 10:18] = 0
        borders = np.flatnonzero(np.diff(mask.ravel(order="F"))) + 1
        rle = {"size": [30, 40], "counts": np.diff([0, *borders, 1200]).tolist()}
    dataset = read(tmp_path, make_content(rle))
    (one,) = dataset.images[0].objects
    assert len(one.rings) == 2
    # Corners are cut by half a pixel, straight walls lie where they were.
    outline = area_of(one)
    assert outline.bounds == building.bounds
    assert outline.symmetric_difference(building).area == pytest.approx(8 * 0.125)


def test_what_is_no_polygon_is_left_out(tmp_path: Path) -> None:
    nothing = [None, [], [[1, 2, 3, 4]], [[0, 0, 4, 0, float("nan"), 4]], SQUARE]
    dataset = read(tmp_path, make_content(*nothing))
    assert dataset.num_skipped == 4
    assert len(dataset.images[0].objects) == 1


def test_no_annotations_and_no_images_are_fine(tmp_path: Path) -> None:
    content = make_content()
    assert read(tmp_path, content).images[0].objects == ()
    content["images"] = []
    assert read(tmp_path, content).images == ()


def test_the_other_name_is_known(tmp_path: Path) -> None:
    (tmp_path / "annotations.json").write_text(json.dumps(make_content(SQUARE)))
    assert len(read_coco(tmp_path).images) == 1


def test_a_missing_annotation_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        read_coco(tmp_path)
    assert str(caught.value) == f"{tmp_path} must hold annotation.json; found none."


def break_content(change: str) -> Any:
    """A content that is wrong in one place."""
    content: dict[str, Any] = make_content(SQUARE)
    image, annotation = content["images"][0], content["annotations"][0]
    if change == "unknown category":
        annotation["category_id"] = 5
    elif change == "unknown image":
        annotation["image_id"] = 8
    elif change == "text for a number":
        image["width"] = "wide"
    elif change == "no size":
        image["height"] = 0
    elif change == "no ground":
        image["gsd_m"] = -1
    elif change == "flat segmentation":
        annotation["segmentation"] = SQUARE[0]
    elif change == "run lengths without size":
        annotation["segmentation"] = {"counts": "abc"}
    elif change.startswith("no "):
        record = content if change[3:] in content else annotation
        record = record if change[3:] in record else image
        del record[change[3:]]
    return content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("nothing", "must be COCO json; got Expecting value"),
        ("[1, 2]", "must be COCO json; got list indices"),
        ('{"images": 3, "annotations": [], "categories": []}', "must be COCO json; got 'int'"),
        (break_content("no images"), "must be COCO json; a record lacks 'images'"),
        (break_content("no image_id"), "must be COCO json; a record lacks 'image_id'"),
        (break_content("no file_name"), "must be COCO json; a record lacks 'file_name'"),
        (break_content("unknown category"), "must define every category it uses; got 5"),
        (break_content("unknown image"), "must list every image it labels; got image_id 8"),
        (break_content("text for a number"), "must be COCO json; got invalid literal"),
        (break_content("no size"), "must give images a size and a gsd_m above 0; got 40 x 0 px"),
        (break_content("no ground"), "must give images a size and a gsd_m above 0"),
        (break_content("flat segmentation"), "must be COCO json"),
        (break_content("run lengths without size"), "must be COCO json; a record lacks 'size'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, content: Any, reason: str) -> None:
    with pytest.raises(DatasetError) as caught:
        read(tmp_path, content)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'annotation.json'} {reason}")
    assert "\n" not in message


def test_the_crowdai_sample_is_read(shared_data: Path) -> None:
    dataset = read_coco(shared_data / "crowdai_sample")
    assert len(dataset.images) == 20
    assert sum(len(image.objects) for image in dataset.images) == 188
    for image in dataset.images:
        assert image.path.is_file()
        for one in image.objects:
            points = np.concatenate(one.rings)
            assert points.min() > -0.01
            assert points.max() < 300.01


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 15), st.integers(1, 20), st.integers(1, 15)),
        min_size=1,
        max_size=4,
    )
)
def test_parts_cover_what_pycocotools_says(boxes: list[tuple[int, int, int, int]]) -> None:
    from pycocotools import mask as mask_api

    from geoseg.datasets.coco import _pack_polygons, _read_rings

    segmentation = [
        [float(value) for value in (x, y, x + w, y, x + w, y + h, x, y + h)] for x, y, w, h in boxes
    ]
    truth = mask_api.merge(
        mask_api.frPyObjects([list(map(float, s)) for s in segmentation], 30, 40)
    )
    rings = _read_rings(_pack_polygons({"segmentation": segmentation})["segmentation"])
    assert area_of(LabelledObject(rings)).area == mask_api.area(truth)
