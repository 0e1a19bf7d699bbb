"""Planted faults are counted, each under its rule and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from geoseg.datasets.audit.report import audit_to_dict, format_audit
from geoseg.datasets.audit.run import Audit, audit_datasets
from geoseg.datasets.audit.suspects import find_suspects
from geoseg.errors import DatasetError
from tests.datasets.audit.places import make_place, save, turn
from tests.datasets.made import write_json

SQUARE = [20, 30, 60, 30, 60, 80, 20, 80]


def annotate(number: int, image_id: int = 1, **changes: Any) -> dict[str, Any]:
    """A right annotation but for the changes."""
    record = {
        "id": number, "image_id": image_id, "category_id": 100, "iscrowd": 0,
        "segmentation": [SQUARE], "bbox": [20, 30, 40, 50], "area": 2000,
    }  # fmt: skip
    return record | changes


def write_set(
    folder: Path, annotations: list[dict[str, Any]], images: list[dict[str, Any]] | None = None
) -> Path:
    """A COCO folder with the pictures that its images name; 1.jpg has a right annotation."""
    images = images or [{"id": 1, "file_name": "1.jpg", "width": 300, "height": 300}]
    for one in images:
        save(folder / "images" / one["file_name"], make_place(one["id"]))
    write_json(
        folder / "annotation.json",
        {
            "images": images,
            "categories": [{"id": 100, "name": "building"}],
            "annotations": [annotate(1), *annotations],
        },
    )
    return folder


def counts_of(audit: Audit, row: int = 0) -> dict[str, tuple[int, bool]]:
    """How often each rule is broken, and whether that is left out."""
    rules = audit.sets[row].faults.rules.values()
    return {rule.reason: (rule.count, rule.is_left_out) for rule in rules}


def test_a_good_set_has_no_faults(tmp_path: Path) -> None:
    audit = audit_datasets([write_set(tmp_path, [annotate(2)])])
    assert counts_of(audit) == {}
    assert audit.object_counts[0].tolist() == [2]
    assert "no faults found" in format_audit(audit)
    assert audit.kept_names(0) == ["1.jpg"]


BOW_TIE = [[20, 30, 60, 80, 60, 30, 20, 80]]
EDGE = [[260, 200, 300.0, 200, 300.0, 300.0, 260, 300.0, 260, 200]]
OVER = [[260, 200, 302, 200, 302, 250, 260, 250]]


@pytest.mark.parametrize(
    ("changes", "reason", "is_left_out"),
    [
        ({"segmentation": []}, "has no ring of 3 points", True),
        ({"segmentation": [[5, 5, 9, 9]]}, "has no ring of 3 points", True),
        ({"segmentation": [[5, 5, 9, 9, 7, 7]]}, "has no area", True),
        (
            {"segmentation": [[5, 5, 9, float("nan"), 7, 7]]},
            "coordinates that are no numbers",
            True,
        ),
        ({"segmentation": [[400, 5, 440, 5, 420, 40]]}, "lies outside its image", True),
        (
            {"segmentation": OVER, "bbox": [260, 200, 42, 50], "area": 2100},
            "beyond its image",
            False,
        ),
        (
            {"segmentation": [SQUARE, [5, 5, 9, 9]]},
            "has a ring that is none beside others",
            False,
        ),
        ({"segmentation": BOW_TIE, "area": 1000}, "crosses or touches itself", False),
        ({"bbox": [30, 20, 50, 40]}, "gives its box as y, x, height, width", False),
        ({"bbox": [20, 30, 60, 80]}, "gives a box that is not its polygon's", False),
        ({"area": 0}, "gives an area that is not its polygon's", False),
        ({"image_id": 7}, "is of an unknown image", True),
        ({"category_id": 1}, "is of an unknown category", True),
        ({"id": 1}, "is the id of several annotations", False),
    ],
)
def test_a_wrong_annotation_is_found(
    tmp_path: Path, changes: dict[str, Any], reason: str, is_left_out: bool
) -> None:
    audit = audit_datasets([write_set(tmp_path, [annotate(2) | changes])])
    ((found, values),) = counts_of(audit).items()
    assert reason in found
    assert values == (1, is_left_out)
    # An image with a bad label is still an image.
    assert audit.kept_names(0) == ["1.jpg"]
    assert audit.object_counts[0].tolist() == [1 if is_left_out else 2]


def test_a_coordinate_on_the_border_and_rounded_boxes_are_right(tmp_path: Path) -> None:
    edge = annotate(2, segmentation=EDGE, bbox=[260, 200, 40, 100], area=4000)
    rounded = annotate(3, bbox=[20.4, 29.6, 40, 51], area=2080)
    silent = {key: value for key, value in annotate(4).items() if key not in ("bbox", "area")}
    assert counts_of(audit_datasets([write_set(tmp_path, [edge, rounded, silent])])) == {}


def test_wrong_images_are_found_and_not_kept(tmp_path: Path) -> None:
    names = ["1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg"]
    images: list[dict[str, Any]] = [
        {"id": number, "file_name": name, "width": 300, "height": 300}
        for number, name in enumerate(names, start=1)
    ]
    images[5]["width"] = 299
    write_set(tmp_path, [annotate(number, number) for number in (2, 3, 4, 6)], images)
    (tmp_path / "images" / "2.jpg").unlink()
    (tmp_path / "images" / "3.jpg").write_bytes(b"")
    whole = (tmp_path / "images" / "4.jpg").read_bytes()
    (tmp_path / "images" / "4.jpg").write_bytes(whole[: len(whole) // 2])
    save(tmp_path / "images" / "7.jpg", np.full((300, 300, 3), 200, np.uint8))
    save(tmp_path / "images" / "stray.jpg", make_place(50))
    audit = audit_datasets([tmp_path])
    assert counts_of(audit) == {
        "is missing": (1, True),
        "cannot be decoded": (2, True),
        "is not of the size that its labels say": (1, True),
        "is not listed in the labels": (1, False),
        "has no labels": (2, False),
        "shows nearly one colour": (1, False),
    }
    assert audit.kept_names(0) == ["1.jpg", "5.jpg", "7.jpg"]


def test_ids_and_files_that_are_used_twice(tmp_path: Path) -> None:
    images = [
        {"id": number, "file_name": name, "width": 300, "height": 300}
        for number, name in ((1, "1.jpg"), (1, "one.jpg"), (2, "2.jpg"), (3, "2.jpg"))
    ]
    audit = audit_datasets([write_set(tmp_path, [annotate(2, 2), annotate(3, 3)], images)])
    assert counts_of(audit) == {
        "has the id of another image": (1, True),
        "is listed by several images": (1, False),
        # one.jpg, which is listed in vain.
        "is not listed in the labels": (1, False),
    }
    # The list cannot tell the two images of 2.jpg apart.
    assert audit.kept_names(0) == ["1.jpg", "2.jpg"]


def test_train_and_val_share_images(tmp_path: Path) -> None:
    images = [
        {"id": number, "file_name": f"{number}.jpg", "width": 300, "height": 300}
        for number in (1, 2, 3)
    ]
    labels = [annotate(number, number) for number in (2, 3)]
    train = write_set(tmp_path / "train", labels, images)
    val = write_set(tmp_path / "val", [*labels, annotate(4, 2)], images)
    save(val / "images" / "1.jpg", make_place(11))
    save(val / "images" / "2.jpg", turn(make_place(3), "transverse"))
    save(val / "images" / "3.jpg", make_place(11), quality=60)
    audit = audit_datasets([train, val])
    places = [(audit.place(one.image), audit.place(one.original)) for one in audit.duplicates]
    assert places == [((1, 1), (0, 2)), ((1, 2), (1, 0))]
    assert audit.kept_names(0) == ["1.jpg", "2.jpg", "3.jpg"]
    assert audit.kept_names(1) == ["1.jpg"]
    text = format_audit(audit)
    assert "val: 1 images (33.3%) are in train too" in text
    assert "val: 1 images (33.3%) are copies of others" in text
    assert "val/2.jpg is train/3.jpg mirrored along the other diagonal" in text
    assert "1 have another number of objects" in text
    report = audit_to_dict(audit)
    assert json.loads(json.dumps(report)) == report
    assert report["duplicates"][0]["transform"] == "transverse"
    assert [one["kept"] for one in report["datasets"]] == [3, 1]
    # The other way round val is kept whole but for its own copies.
    assert audit_datasets([val, train]).kept_names(0) == ["1.jpg", "2.jpg"]


def test_masks_via_and_plain_folders(tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    for number in (1, 2, 3):
        save(masks / "images" / f"{number}.png", make_place(number))
    mask = np.zeros((300, 300), np.uint8)
    mask[20:60, 20:60] = 1
    (masks / "masks").mkdir()
    assert cv2.imwrite(str(masks / "masks" / "1.png"), mask)
    assert cv2.imwrite(str(masks / "masks" / "2.png"), mask[:50])
    assert cv2.imwrite(str(masks / "masks" / "9.png"), mask)
    plain = tmp_path / "plain"
    save(plain / "a.png", make_place(1))
    via = tmp_path / "via"
    save(via / "v.jpg", make_place(1))
    point = {"shape_attributes": {"name": "point", "cx": 3, "cy": 4}, "region_attributes": {}}
    write_json(via / "via.json", {"v": {"filename": "v.jpg", "regions": [point]}})
    audit = audit_datasets([masks, plain, via])
    assert [one.kind for one in audit.sets] == ["masks", "images", "via"]
    (no_mask,) = (reason for reason in counts_of(audit) if reason.startswith("has no mask in"))
    assert counts_of(audit) == {
        no_mask: (1, True),
        "has labels that cannot be read or are of another size": (1, True),
        "is a mask of no image": (1, False),
    }
    assert counts_of(audit, 1) == {}
    assert set(counts_of(audit, 2)) == {"is a point, which has no area", "has no labels"}
    assert [audit.kept_names(row) for row in range(3)] == [["1.png"], [], []]
    kinds = {audit.name(one.image): one.kind for one in audit.duplicates}
    assert kinds == {"a.png": "bytes", "v.jpg": "near"}


def test_datasets_of_one_name_get_labels_of_their_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save(tmp_path / name / "train" / "1.png", make_place(1))
    twice = [tmp_path / "a" / "train", tmp_path / "b" / "train", tmp_path / "a" / "train"]
    labels = [one.label for one in audit_datasets(twice).sets]
    assert labels == ["a-train-1", "b-train", "a-train-3"]


def test_what_cannot_be_audited_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is none"):
        audit_datasets([tmp_path / "gone"])
    with pytest.raises(DatasetError, match="it is neither"):
        audit_datasets([tmp_path])
    (tmp_path / "annotation.json").write_text('{"images": [')
    with pytest.raises(DatasetError, match="must be COCO json"):
        audit_datasets([tmp_path])


def test_suspects_show_the_broken_outline(tmp_path: Path) -> None:
    write_set(tmp_path, [annotate(2, segmentation=BOW_TIE, area=1000)])
    save(tmp_path / "images" / "x.jpg", make_place(1), quality=70)
    (label,) = find_suspects(audit_datasets([tmp_path]))
    assert label.captions == (f"{tmp_path.name}/1.jpg: crosses or touches itself",)
    np.testing.assert_array_equal(label.outlines[0], np.reshape(BOW_TIE, (-1, 2)))
    assert label.pictures[0].shape == (300, 300, 3)


def test_published_boxes_are_wrong_and_the_sample_has_no_duplicates(shared_data: Path) -> None:
    audit = audit_datasets([shared_data / "crowdai_sample"])
    assert audit.duplicates == ()
    counts = counts_of(audit)
    swapped = counts["gives its box as y, x, height, width"][0]
    assert swapped + counts["gives a box that is not its polygon's"][0] == 187
    assert counts["has no area"] == (1, True)


def test_spacenet_polygons_are_checked_too(tmp_path: Path) -> None:
    save(tmp_path / "images" / "RGB_img1.png", make_place(1))
    save(tmp_path / "images" / "RGB_img2.png", make_place(2))
    lines = [
        "ImageId,BuildingId,PolygonWKT_Pix",
        'img1,1,"POLYGON ((2 3,12 3,12 13,2 13,2 3))"',
        'img1,2,"POLYGON ((2 3,12 3))"',
        'img3,1,"POLYGON EMPTY"',
    ]
    (tmp_path / "summary.csv").write_text("\n".join(lines))
    audit = audit_datasets([tmp_path])
    assert counts_of(audit) == {
        "is no polygon in WKT": (1, True),
        "is missing": (1, True),
        "is not listed in the labels": (1, False),
    }
    assert audit.kept_names(0) == ["RGB_img1.png"]
