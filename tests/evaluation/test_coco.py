from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from geoseg.errors import DatasetError
from geoseg.evaluation import average_precision, evaluate_predictions, rank_predictions
from geoseg.evaluation.coco import is_predictions_file


def _polygon(x1: float, y1: float, x2: float, y2: float) -> list[list[float]]:
    return [[x1, y1, x2, y1, x2, y2, x1, y2, x1, y1]]


def _rle(x1: int, y1: int, x2: int, y2: int) -> dict[str, Any]:
    pixels = np.zeros((100, 100), np.uint8, order="F")
    pixels[y1:y2, x1:x2] = 1
    encoded = coco_mask.encode(pixels)
    return {"size": [100, 100], "counts": encoded["counts"].decode()}


def _truth(path: Path, *boxes: tuple[int, int, int, int]) -> Path:
    """Boxes in the first of two images; the areas and boxes beside them are wrong."""
    content = {
        "images": [{"id": one, "width": 100, "height": 100} for one in (7, 8)],
        "categories": [{"id": 100, "name": "building"}],
        "annotations": [
            {
                "id": number,
                "image_id": 7,
                "category_id": 100,
                "segmentation": _polygon(*box),
                "area": 0,
                "bbox": [5, 5, 0, 0],
            }
            for number, box in enumerate(boxes)
        ],
    }
    path.write_text(json.dumps(content))
    return path


def _pred(path: Path, *entries: tuple[Any, float], image_id: int = 7) -> Path:
    content = [
        {"image_id": image_id, "category_id": 100, "score": score, "segmentation": segmentation}
        for segmentation, score in entries
    ]
    path.write_text(json.dumps(content))
    return path


def test_scores_worked_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = _truth(tmp_path / "t.json", (0, 0, 20, 20), (40, 40, 60, 60))
    # A hit of IoU 0.8, a miss, and a perfect hit, in this order of scores.
    pred = _pred(
        tmp_path / "p.json",
        (_polygon(0, 0, 20, 16), 0.9),
        (_rle(80, 80, 90, 90), 0.8),
        (_rle(40, 40, 60, 60), 0.7),
    )
    scores = evaluate_predictions(pred, truth)
    at_50 = (51 + 50 * 2 / 3) / 101
    assert scores.ap50 == pytest.approx(at_50)
    assert scores.ar50 == 1
    # Seven thresholds up to 0.8 see both; above, the first is a miss too: precision 1/3 at 1/2.
    assert scores.ap == pytest.approx((7 * at_50 + 3 * 51 / 3 / 101) / 10)
    assert (scores.num_images, scores.num_pred, scores.num_truth) == (2, 3, 2)
    # All three: two hits of three and two of two. At 0.75: one of two and one of two.
    assert (scores.best_f1, scores.best_score) == pytest.approx((0.8, 0.7))
    assert (scores.f1, scores.score) == pytest.approx((0.8, 0.5))
    assert evaluate_predictions(pred, truth, score=0.75).f1 == pytest.approx(0.5)
    # Each in a bin of its own: right, wrong, right.
    assert scores.calibration_error == pytest.approx((0.1 + 0.8 + 0.3) / 3)
    assert capsys.readouterr() == ("", "")


def test_false_alarm_in_an_image_without_buildings_counts(tmp_path: Path) -> None:
    truth = _truth(tmp_path / "t.json", (0, 0, 20, 20))
    entries = json.loads(_pred(tmp_path / "a.json", (_rle(0, 0, 20, 20), 0.5)).read_text())
    entries += json.loads(
        _pred(tmp_path / "b.json", (_rle(0, 0, 20, 20), 0.9), image_id=8).read_text()
    )
    (tmp_path / "p.json").write_text(json.dumps(entries))
    assert evaluate_predictions(tmp_path / "p.json", truth).ap50 == pytest.approx(0.5)


def test_what_lies_on_a_crowd_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    truth = _truth(tmp_path / "t.json", (0, 0, 20, 20), (40, 40, 90, 90))
    content = json.loads(truth.read_text())
    content["annotations"][1]["iscrowd"] = 1
    truth.write_text(json.dumps(content))
    pred = _pred(tmp_path / "p.json", (_rle(0, 0, 20, 20), 0.9), (_rle(50, 50, 80, 80), 0.8))
    ranked = rank_predictions(pred, truth)
    assert ranked.scores.tolist() == [0.9]
    assert ranked.is_true.tolist() == [True]
    assert ranked.image_ids.tolist() == [7]
    assert ranked.num_truth == 1


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_average_precision_follows_from_the_ranking(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = random.integers(12, 68, (12, 2))
    boxes = [(x, y, x + 20, y + 20) for x, y in corners.tolist()]
    shifts = random.integers(-12, 12, 12).tolist()
    with tempfile.TemporaryDirectory() as folder:
        truth = _truth(Path(folder, "t.json"), *boxes)
        pred = _pred(
            Path(folder, "p.json"),
            *(
                (_polygon(x1 + shift, y1, x2 + shift, y2), 0.05 + 0.9 * number / 12)
                for number, ((x1, y1, x2, y2), shift) in enumerate(zip(boxes, shifts, strict=True))
            ),
        )
        ranked, scores = rank_predictions(pred, truth), evaluate_predictions(pred, truth)
    own = average_precision(ranked.is_true, ranked.scores, ranked.num_truth)
    assert own == pytest.approx(scores.ap50)
    assert scores.best_f1 >= scores.f1


def test_uncompressed_runs_are_understood(tmp_path: Path) -> None:
    truth = _truth(tmp_path / "t.json", (0, 0, 20, 100))
    runs = {"size": [100, 100], "counts": [0, 2000, 8000]}
    scores = evaluate_predictions(_pred(tmp_path / "p.json", (runs, 1)), truth)
    assert scores.ap50 == pytest.approx(1)


@pytest.mark.parametrize("has_truth", [True, False])
def test_nothing_on_a_side_scores_zero(tmp_path: Path, has_truth: bool) -> None:
    truth = _truth(tmp_path / "t.json", *([(0, 0, 20, 20)] if has_truth else []))
    pred = _pred(tmp_path / "p.json", *([] if has_truth else [(_rle(0, 0, 9, 9), 0.5)]))
    scores = evaluate_predictions(pred, truth)
    assert (scores.ap50, scores.ar50, scores.ap) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image_id": 9}, "image_id must be one of the annotations'; got 9"),
        ({"image_id": [7]}, r"image_id must be one of the annotations'; got \[7\]"),
        ({"category_id": 1}, "category_id must be one of the annotations'; got 1"),
        ({"segmentation": {"size": [5, 5], "counts": "0"}}, "entry 0 cannot be decoded"),
        ({"segmentation": {"size": [100, 100]}}, "entry 0 cannot be decoded"),
    ],
)
def test_wrong_entry_is_an_error_that_names_the_file(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    truth = _truth(tmp_path / "t.json", (0, 0, 20, 20))
    pred = _pred(tmp_path / "p.json", (_rle(0, 0, 20, 20), 0.5))
    (entry,) = json.loads(pred.read_text())
    pred.write_text(json.dumps([{**entry, **change}]))
    with pytest.raises(DatasetError, match=rf"p\.json: {message}"):
        evaluate_predictions(pred, truth)


@pytest.mark.parametrize("key", ["image_id", "category_id", "score", "segmentation"])
def test_missing_key_is_an_error(tmp_path: Path, key: str) -> None:
    truth = _truth(tmp_path / "t.json", (0, 0, 20, 20))
    pred = _pred(tmp_path / "p.json", (_rle(0, 0, 20, 20), 0.5))
    (entry,) = json.loads(pred.read_text())
    del entry[key]
    pred.write_text(json.dumps([entry]))
    with pytest.raises(DatasetError, match=f"each entry must have {key}"):
        evaluate_predictions(pred, truth)


@pytest.mark.parametrize("text", ["", "[1, 2", "{}"])
def test_file_that_is_no_list_is_an_error(tmp_path: Path, text: str) -> None:
    truth = _truth(tmp_path / "t.json", (0, 0, 20, 20))
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(DatasetError, match=r"p\.json"):
        evaluate_predictions(tmp_path / "p.json", truth)


def test_results_are_told_from_vector_files(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(" \n[ ]")
    (tmp_path / "object.json").write_text('{"type": "FeatureCollection"}')
    assert is_predictions_file(tmp_path / "list.json")
    assert not is_predictions_file(tmp_path / "object.json")
    assert not is_predictions_file(tmp_path / "nowhere.json")


def test_published_labels_score_nearly_one_against_themselves(
    shared_data: Path, tmp_path: Path
) -> None:
    annotation = shared_data / "crowdai_sample" / "annotation.json"
    labels = json.loads(annotation.read_text())["annotations"]
    pred = [{**one, "score": 1 - 0.001 * number} for number, one in enumerate(labels)]
    (tmp_path / "p.json").write_text(json.dumps(pred))
    scores = evaluate_predictions(tmp_path / "p.json", annotation)
    # One published annotation covers no pixel.
    assert scores.ar50 == pytest.approx(187 / 188)
    assert scores.num_images == 20
