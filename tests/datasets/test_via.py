"""Labels of VIA."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from geoseg.datasets.faults import Faults
from geoseg.datasets.label_index import LabelIndex
from geoseg.datasets.via import index_via, outline_of
from geoseg.errors import DatasetError
from tests.datasets.made import area_of, write_image, write_json

TRIANGLE = {"name": "polygon", "all_points_x": [2, 12, 2], "all_points_y": [3, 3, 13]}


def region(shape: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """A region record."""
    return {"shape_attributes": shape, "region_attributes": attributes}


def record(name: str, regions: Any) -> dict[str, Any]:
    """An image record."""
    return {"filename": name, "size": 1234, "regions": regions, "file_attributes": {}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two images."""
    for name in ("a.jpg", "b.png"):
        write_image(tmp_path / "images" / name)
    return tmp_path


def read(
    folder: Path, content: Any, faults: Faults | None = None, attribute: str | None = None
) -> LabelIndex:
    """Write the labels and index them."""
    path = write_json(folder / "via.json", content)
    return index_via(
        path, folder / "images", Faults("set") if faults is None else faults, attribute=attribute
    )


@pytest.mark.parametrize("is_project", [False, True])
@pytest.mark.parametrize("version", [1, 2])
def test_both_versions_and_projects_are_read(folder: Path, version: int, is_project: bool) -> None:
    regions: Any = [region(TRIANGLE), region(TRIANGLE)]
    if version == 1:
        regions = {str(number): one for number, one in enumerate(regions)}
    empty: Any = {} if version == 1 else []
    content = {"a.jpg1234": record("a.jpg", regions), "b.png1": record("b.png", empty)}
    index = read(
        folder, {"_via_settings": {}, "_via_img_metadata": content} if is_project else content
    )
    assert index.image_names == ("a.jpg", "b.png")
    assert index.sizes_wh.tolist() == [[40, 30], [40, 30]]
    assert [area_of(one).area for one in index.objects_of(0)] == [50, 50]
    assert index.objects_of(1) == ()
    assert index.class_names == ("building",)


def test_every_shape_has_the_area_that_it_says() -> None:
    rect = {"name": "rect", "x": 3, "y": 4, "width": 10, "height": 5}
    circle = {"name": "circle", "cx": 20, "cy": 15, "r": 7}
    ellipse = {"name": "ellipse", "cx": 20, "cy": 15, "rx": 12, "ry": 5, "theta": 0.5}
    closed = {"name": "polyline", "all_points_x": [0, 8, 8, 0, 0], "all_points_y": [0, 0, 6, 6, 0]}
    areas = []
    for shape in (rect, circle, ellipse, closed):
        ring = outline_of(shape)
        assert ring is not None
        areas.append(shapely.Polygon(ring).area)
    assert areas == pytest.approx([50, math.pi * 49, math.pi * 60, 48], rel=1e-5)


def test_an_ellipse_turns_from_x_towards_y() -> None:
    ring = outline_of({"name": "ellipse", "cx": 0, "cy": 0, "rx": 10, "ry": 1, "theta": 0.5})
    assert ring is not None
    far = ring[np.hypot(*ring.T).argmax()]
    assert abs(math.remainder(math.atan2(far[1], far[0]) - 0.5, math.pi)) < 0.02


@given(
    st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(1, 40), st.floats(1, 40)),
    st.floats(0, 2 * math.pi),
)
def test_any_ellipse_is_a_turned_disc(
    numbers: tuple[float, float, float, float], turn_rad: float
) -> None:
    cx, cy, rx, ry = numbers
    shape = {"name": "ellipse", "cx": cx, "cy": cy, "rx": rx, "ry": ry, "theta": turn_rad}
    ring = outline_of(shape)
    assert ring is not None
    polygon = shapely.Polygon(ring)
    disc = shapely.affinity.scale(shapely.Point(0, 0).buffer(1, 64), rx, ry)
    truth = shapely.affinity.translate(
        shapely.affinity.rotate(disc, turn_rad, origin=(0, 0), use_radians=True), cx, cy
    )
    assert polygon.area == pytest.approx(math.pi * rx * ry, rel=1e-3)
    assert polygon.symmetric_difference(truth).area < 0.01 * truth.area


def test_what_has_no_area_is_counted(folder: Path) -> None:
    point = {"name": "point", "cx": 3, "cy": 4}
    line = {"name": "polyline", "all_points_x": [0, 9, 9], "all_points_y": [0, 0, 9]}
    two = {"name": "polygon", "all_points_x": [0, 9], "all_points_y": [0, 9]}
    faults = Faults("set")
    regions = [region(one) for one in (point, line, two, TRIANGLE)]
    index = read(folder, {"a": record("a.jpg", regions)}, faults)
    assert index.object_ids.tolist() == [3]
    assert faults.named == [
        "region 0 of a.jpg is a point, which has no area",
        "region 1 of a.jpg is a polyline, which has no area",
        "region 2 of a.jpg has no ring of 3 points",
    ]


def test_an_attribute_names_the_class(folder: Path) -> None:
    regions = [
        region(TRIANGLE, kind="roof"),
        region(TRIANGLE, kind={"tank": True}),
        region(TRIANGLE),
        region(TRIANGLE, kind="roof", ignore="1"),
        region(TRIANGLE, kind="roof", ignore="no"),
    ]
    index = read(folder, {"a": record("a.jpg", regions)}, attribute="kind")
    assert index.class_names == ("building", "roof", "tank")
    objects = index.objects_of(0)
    assert [one.class_index for one in objects] == [1, 2, 0, 1, 1]
    assert [one.is_ignored for one in objects] == [False, False, False, True, False]


def test_images_that_are_absent_or_broken_are_counted(folder: Path) -> None:
    (folder / "images" / "b.png").write_bytes(b"nothing")
    content = {name: record(name, [region(TRIANGLE)]) for name in ("a.jpg", "b.png", "c.jpg")}
    faults = Faults("set")
    assert read(folder, content, faults).image_names == ("a.jpg",)
    assert faults.counts == {"cannot be read as an image": 2}
    with pytest.raises(DatasetError, match=r"b\.png cannot be read as an image"):
        read(folder, content, Faults("set", is_strict=True))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "its records lack filename and regions"),
        ({"a": {"filename": "a.jpg"}}, "its records lack filename and regions"),
        ({"a": record("a.jpg", [{}])}, "a record lacks 'shape_attributes'"),
        ({"a": record("a.jpg", [region({"name": "polygon"})])}, "lacks 'all_points_x'"),
        ({"a": record("a.jpg", [region({"name": "star"})])}, "got shape star"),
        ({"a": record("a.jpg", 5)}, "got 'int' object is not iterable"),
    ],
)
def test_what_is_no_via_is_one_line(folder: Path, content: Any, reason: str) -> None:
    with pytest.raises(DatasetError) as caught:
        read(folder, content)
    assert str(caught.value).startswith(f"{folder / 'via.json'} must be VIA json; ")
    assert reason in str(caught.value)
