"""Other people's files: what is understood, and what is said of the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pycocotools import mask as coco_mask

from geoseg.errors import DatasetError
from geoseg.evaluation import CocoScores, evaluate_predictions
from tests.evaluation.coco_sets import make_set


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return make_set(tmp_path, 0)


def change(pred: Path, **values: Any) -> None:
    """Change all entries: by a function of the value, or to another one."""
    entries = json.loads(pred.read_text())
    for entry in entries:
        for key, value in values.items():
            entry[key] = value(entry.get(key)) if callable(value) else value
    pred.write_text(json.dumps(entries))


def as_python_bytes(segmentation: Any) -> Any:
    if isinstance(segmentation, list):
        return segmentation
    return {**segmentation, "counts": str(segmentation["counts"].encode())}


def as_codes(segmentation: Any) -> Any:
    if isinstance(segmentation, list):
        return segmentation
    return {**segmentation, "counts": list(segmentation["counts"].encode())}


def as_runs(segmentation: Any) -> Any:
    if isinstance(segmentation, list):
        return segmentation
    pixels = coco_mask.decode(segmentation).ravel(order="F").tolist()
    runs, value = [0], 0
    for pixel in pixels:
        if pixel != value:
            runs.append(0)
            value = pixel
        runs[-1] += 1
    return {**segmentation, "counts": runs}


# pycocotools' own, when it decodes.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    "values",
    [
        {"segmentation": as_python_bytes},
        {"segmentation": as_codes},
        {"segmentation": as_runs},
        {"image_id": lambda number: f"{number:012d}", "score": str, "category_id": str},
        {"extra": {"of": [1, "kind"]}, "id": 7, "area": "none"},
    ],
)
def test_other_forms_give_the_same_scores(files: tuple[Path, Path], values: dict[str, Any]) -> None:
    expected = evaluate_predictions(*files)
    change(files[0], **values)
    assert evaluate_predictions(*files) == expected


def test_boxes_change_what_counts_as_small_and_no_other_figure(files: tuple[Path, Path]) -> None:
    expected = evaluate_predictions(*files)
    change(files[0], bbox=[0, 0, 500, 500])
    scores = evaluate_predictions(*files)
    assert scores.coco == expected.coco
    assert scores.official is not None
    assert expected.official is not None
    assert scores.official.ap50 == expected.official.ap50 == scores.ap50
    assert scores.official.ap_small != expected.official.ap_small


def test_another_category_is_an_error_that_names_those_there_are(
    files: tuple[Path, Path],
) -> None:
    expected = evaluate_predictions(*files)
    change(files[0], category_id=1)
    with pytest.raises(DatasetError, match=r"got 1, which is not in \[100\]"):
        evaluate_predictions(*files)
    assert evaluate_predictions(*files, category=100) == expected
    with pytest.raises(DatasetError, match=r"category must be one of .*\[100\]; got 1"):
        evaluate_predictions(*files, category=1)


@pytest.mark.parametrize("score", ["high", None, float("nan"), [0.5]])
def test_a_score_that_is_no_number_is_an_error(files: tuple[Path, Path], score: Any) -> None:
    change(files[0], score=score)
    with pytest.raises(DatasetError, match=r"predictions\.json: score must be a number; entry 0"):
        evaluate_predictions(*files)


def test_runs_that_do_not_cover_the_image_are_an_error(files: tuple[Path, Path]) -> None:
    change(files[0], segmentation={"size": [160, 160], "counts": "04"})
    with pytest.raises(DatasetError, match="entry 0 .* runs must cover 25600 pixels; got 4 pixels"):
        evaluate_predictions(*files)


def test_of_more_than_100_the_best_count(files: tuple[Path, Path]) -> None:
    pred, truth = files
    entries = [one for one in json.loads(pred.read_text()) if one["image_id"] != 3]
    false = {
        "image_id": 3,
        "category_id": 100,
        "score": 0.001,
        "segmentation": [[0, 0, 3, 0, 3, 3]],
    }
    pred.write_text(json.dumps([*entries, *[{**false, "score": 0.002}] * 100]))
    expected = evaluate_predictions(*files)
    pred.write_text(json.dumps([*entries, *[false] * 30, *[{**false, "score": 0.002}] * 100]))
    scores = evaluate_predictions(*files)
    assert (scores.num_dropped, expected.num_dropped) == (30, 0)
    assert scores.ap50 == expected.ap50
    assert scores.calibration_error == expected.calibration_error


def test_a_label_whose_id_is_zero_counts_as_any_other(files: tuple[Path, Path]) -> None:
    """pycocotools takes it for one that nothing was matched with."""
    pred, truth = files
    content = json.loads(truth.read_text())
    for label in content["annotations"]:
        label["area"] = 100.0
    truth.write_text(json.dumps(content))
    matched = evaluate_predictions(*files)
    content["annotations"][0]["id"] = 0
    truth.write_text(json.dumps(content))
    scores = evaluate_predictions(*files)
    assert scores.coco == matched.coco
    assert scores.official is not None
    # Whether the first label is found by any depends on the set: it is in this one.
    assert scores.official.ar50 is not None
    assert scores.official.ar50 < scores.ar50


def test_labels_before_images_are_read(files: tuple[Path, Path]) -> None:
    expected = evaluate_predictions(*files)
    content = json.loads(files[1].read_text())
    turned = {key: content[key] for key in ("annotations", "categories", "images")}
    files[1].write_text(json.dumps(turned))
    assert evaluate_predictions(*files) == expected


@pytest.mark.parametrize(
    ("change_truth", "message"),
    [
        ({"images": [{"id": 1}]}, "must list images with id, height and width; 'height'"),
        ({"annotations": [{"id": 4}]}, "entry 0 cannot be decoded"),
        ({"annotations": ["x"]}, "entry 0 cannot be decoded"),
    ],
)
def test_a_wrong_annotation_is_an_error_that_names_it(
    files: tuple[Path, Path], change_truth: dict[str, Any], message: str
) -> None:
    content = {**json.loads(files[1].read_text()), **change_truth}
    files[1].write_text(json.dumps(content))
    with pytest.raises(DatasetError, match=rf"annotation\.json: {message}"):
        evaluate_predictions(*files)


def test_names_that_are_not_there_are_passed_over(files: tuple[Path, Path]) -> None:
    only = frozenset(["000000000002.jpg", "elsewhere.jpg"])
    scores = evaluate_predictions(*files, only=only)
    assert isinstance(scores, CocoScores)
    assert scores.num_images == 1
    with pytest.raises(DatasetError, match="must have images of the list; got none of its 1 names"):
        evaluate_predictions(*files, only=frozenset(["elsewhere.jpg"]))
