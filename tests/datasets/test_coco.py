"""Labels in COCO layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.datasets.coco import ANNOTATION_NAMES, find_annotation, index_coco
from geoseg.datasets.coco_writer import encode_rle
from geoseg.datasets.faults import Faults
from geoseg.datasets.label_index import LabelIndex, measure_boxes
from geoseg.datasets.rings import repair_rings
from geoseg.datasets.sources import LabelledObject
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


def read(folder: Path, content: Any, faults: Faults | None = None) -> LabelIndex:
    """Write the annotation and index it."""
    text = content if isinstance(content, str) else json.dumps(content)
    path = folder / "annotation.json"
    path.write_text(text, encoding="utf-8")
    return index_coco(path, Faults("set") if faults is None else faults)


def area_of(one: LabelledObject) -> shapely.Geometry:
    """What the rings enclose by the even-odd rule."""
    area = shapely.Polygon()
    for ring in one.rings:
        area = area.symmetric_difference(shapely.Polygon(ring))
    return area


def test_a_polygon_becomes_a_ring(tmp_path: Path) -> None:
    index = read(tmp_path, make_content(SQUARE))
    assert (index.image_ids.tolist(), index.image_names) == ([7], ("7.jpg",))
    assert index.sizes_wh.tolist() == [[40, 30]]
    assert np.isnan(index.gsd_m).all()
    assert index.class_names == ("building",)
    (one,) = index.objects_of(0)
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
    index = read(tmp_path, content)
    assert index.class_names == ("house", "tree")
    assert index.image_ids.tolist() == [3, 7]
    assert index.gsd_m[0] == 0.1
    assert np.isnan(index.gsd_m[1])
    assert index.objects_of(0)[0].is_ignored
    assert index.objects_of(1)[0].class_index == 1


def test_members_may_come_in_any_order(tmp_path: Path) -> None:
    content = make_content(SQUARE)
    backwards = {key: content[key] for key in sorted(content)}
    assert next(iter(backwards)) == "annotations"
    assert read(tmp_path, backwards).fingerprint() == read(tmp_path, content).fingerprint()


def test_parts_of_an_object_add_up(tmp_path: Path) -> None:
    apart = [[0, 0, 4, 0, 4, 4, 0, 4], [10, 0, 14, 0, 14, 4, 10, 4]]
    within = [[0, 0, 20, 0, 20, 20, 0, 20], [5, 5, 10, 5, 10, 10, 5, 10]]
    twice = [SQUARE[0], SQUARE[0]]
    objects = read(tmp_path, make_content(apart, within, twice)).objects_of(0)
    assert [area_of(one).area for one in objects] == [32, 400, 100]
    assert len(objects[0].rings) == 2


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
    index = read(tmp_path, make_content(rle))
    (one,) = index.objects_of(0)
    assert len(one.rings) == 2
    # Corners are cut by half a pixel, straight walls lie where they were.
    outline = area_of(one)
    assert outline.bounds == building.bounds
    assert outline.symmetric_difference(building).area == pytest.approx(8 * 0.125)
    assert measure_boxes(index)[1][0] == pytest.approx(outline.area)


def test_what_is_no_polygon_is_named_and_left_out(tmp_path: Path) -> None:
    flat = [[0, 0, 4, 0, 8, 0]]
    outside = [[40, 0, 44, 0, 44, 4]]
    broken = [None, [], [[1, 2, 3, 4]], [[0, 0, 4, 0, float("nan"), 4]], flat, outside]
    faults = Faults("set")
    index = read(tmp_path, make_content(*broken, SQUARE), faults)
    assert index.object_ids.tolist() == [6]
    assert faults.counts == {
        "has no ring of 3 points": 3,
        "has coordinates that are no numbers": 1,
        "has no area": 1,
        "lies outside its image": 1,
    }
    assert len(faults.named) == 5
    assert "annotation 3 of 7.jpg has coordinates that are no numbers" in faults.named


@pytest.mark.parametrize("broken", [[], [[1, 2, 3, 4]], [[0, 0, 4, 0, float("inf"), 4]]])
def test_a_broken_polygon_is_an_error_where_faults_are(tmp_path: Path, broken: Any) -> None:
    with pytest.raises(DatasetError, match=r"^set: annotation 1 of 7\.jpg has "):
        read(tmp_path, make_content(SQUARE, broken), Faults("set", is_strict=True))


def test_a_broken_part_leaves_the_others(tmp_path: Path) -> None:
    index = read(tmp_path, make_content([[1, 2, 3, 4], SQUARE[0]]))
    assert area_of(index.objects_of(0)[0]).area == 100


def test_a_ring_that_crosses_itself_is_repaired(tmp_path: Path) -> None:
    bow = [[0, 0, 10, 10, 10, 0, 0, 10]]
    faults = Faults("set")
    index = read(tmp_path, make_content(bow), faults)
    (one,) = index.objects_of(0)
    assert area_of(one).area == 50
    assert measure_boxes(index)[1].tolist() == [50]
    assert not faults.counts


def test_no_annotations_and_no_images_are_fine(tmp_path: Path) -> None:
    content = make_content()
    assert read(tmp_path, content).objects_of(0) == ()
    content["images"] = []
    assert len(read(tmp_path, content)) == 0


@pytest.mark.parametrize("name", ANNOTATION_NAMES)
def test_the_usual_names_are_known(tmp_path: Path, name: str) -> None:
    assert find_annotation(tmp_path) is None
    (tmp_path / name).touch()
    assert find_annotation(tmp_path) == tmp_path / name


def break_content(change: str) -> Any:
    """A content that is wrong in one place."""
    content: dict[str, Any] = make_content(SQUARE)
    image, annotation = content["images"][0], content["annotations"][0]
    if change == "one id twice":
        content["images"].append(image)
    elif change == "unknown category":
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
        ("nothing", "must be COCO json; got expecting { at character 0"),
        ("[1, 2]", "must be COCO json; got expecting { at character 0"),
        ('{"images": 3, "annotations": [], "categories": []}', "must be COCO json; got 'int'"),
        (break_content("one id twice"), "must give every image an id of its own; got 7 twice"),
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


def test_the_crowdai_sample_is_measured_as_pycocotools_does(shared_data: Path) -> None:
    from pycocotools import mask as mask_api

    path = shared_data / "crowdai_sample" / "annotation.json"
    faults = Faults("set")
    index = index_coco(path, faults)
    assert len(index) == 20
    assert faults.named == ["annotation 1610034 of 000000188843.jpg has no area"]
    records = {one["id"]: one for one in json.loads(path.read_text())["annotations"]}
    assert sorted([*index.object_ids.tolist(), 1610034]) == sorted(records)
    boxes, areas = measure_boxes(index)
    num_wrong = 0
    for number, box, area in zip(index.object_ids.tolist(), boxes, areas, strict=True):
        record = records[number]
        # On a grid 16 times as fine, as pycocotools counts whole pixels.
        rings = [(16 * np.array(ring)).tolist() for ring in record["segmentation"]]
        packed = mask_api.merge(mask_api.frPyObjects(rings, 4800, 4800))
        assert mask_api.toBbox(packed) / 16 == pytest.approx(box, abs=0.5)
        assert mask_api.area(packed) / 256 == pytest.approx(area, rel=0.01, abs=1)
        num_wrong += not np.allclose(record["bbox"], box, atol=1.01)
    # What is published is not what the polygons say.
    assert num_wrong > 100


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 15), st.integers(1, 20), st.integers(1, 15)),
        min_size=1,
        max_size=4,
    )
)
def test_parts_cover_what_pycocotools_says(boxes: list[tuple[int, int, int, int]]) -> None:
    from pycocotools import mask as mask_api

    segmentation = [
        [float(value) for value in (x, y, x + w, y, x + w, y + h, x, y + h)] for x, y, w, h in boxes
    ]
    truth = mask_api.merge(mask_api.frPyObjects(segmentation, 30, 40))
    rings = repair_rings(
        [np.array(ring, np.float32).reshape(-1, 2) for ring in segmentation], add_up=True
    )
    assert area_of(LabelledObject(rings)).area == mask_api.area(truth)


@given(
    st.lists(
        st.tuples(st.floats(-20, 60), st.floats(-20, 60), st.floats(0, 30), st.integers(3, 12)),
        max_size=8,
    )
)
def test_any_polygons_come_back_as_shapely_has_them(
    tmp_path_factory: pytest.TempPathFactory,
    discs: list[tuple[float, float, float, int]],
) -> None:
    rings = []
    for x, y, radius, num_corners in discs:
        angles = np.arange(num_corners) * 2.4
        corners = np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)
        rings.append(np.round(corners * 4) / 4)
    faults = Faults("set")
    content = make_content(*[[ring.ravel().tolist()] for ring in rings])
    index = read(tmp_path_factory.mktemp("any"), content, faults)
    boxes, areas = measure_boxes(index)
    frame = shapely.box(0, 0, 40, 30)
    kept = []
    for number, ring in enumerate(rings):
        shape = shapely.make_valid(shapely.Polygon(ring))
        parts = [part for part in shapely.get_parts(shape) if part.area > 0]
        box = shapely.box(*shapely.MultiPoint(ring).bounds)
        # Some are decided by their boxes: one that only its box sees is kept, and cut away later.
        if parts and shapely.area(shapely.intersection(box, frame)) > 0:
            kept.append(number)
            row = len(kept) - 1
            assert areas[row] == pytest.approx(shapely.area(shape), rel=1e-5, abs=1e-5)
            assert boxes[row] == pytest.approx([box.bounds[0], box.bounds[1], *sides(parts)])
    assert index.object_ids.tolist() == kept
    assert faults.total == len(rings) - len(kept)


def sides(parts: list[shapely.Geometry]) -> list[float]:
    """Width and height of geometries together."""
    left, top, right, bottom = shapely.total_bounds(np.array(parts, dtype=object))
    return [right - left, bottom - top]
