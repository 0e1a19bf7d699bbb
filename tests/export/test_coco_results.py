from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from geoseg.errors import OutputExistsError
from geoseg.export import ImageResult, write_predictions
from geoseg.types import Detection


def _detect(box: tuple[float, float, float, float], score: float = 0.9) -> Detection:
    return Detection(np.array(box, np.float32), score, np.ones((28, 28), np.float16))


def test_entry_is_what_the_challenge_takes(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    box = (10, 20, 40, 60)
    assert write_predictions(path, [ImageResult(7, (300, 200), [_detect(box, 0.75)])]) == 1
    (entry,) = json.loads(path.read_text())
    assert list(entry) == ["image_id", "category_id", "score", "bbox", "segmentation"]
    assert (entry["image_id"], entry["category_id"], entry["score"]) == (7, 100, 0.75)
    assert entry["bbox"] == [20, 10, 40, 30]
    assert entry["segmentation"]["size"] == [300, 200]
    assert isinstance(entry["segmentation"]["counts"], str)
    # As many pixels as its tightest box has: the mask is that box.
    assert coco_mask.toBbox(entry["segmentation"]).tolist() == [20, 10, 40, 30]
    assert coco_mask.area(entry["segmentation"]) == 30 * 40


def test_only_the_hundred_best_are_written_best_first(tmp_path: Path) -> None:
    detections = [_detect((0, 0, 5, 5), score) for score in np.linspace(0.1, 0.9, 150)]
    write_predictions(tmp_path / "p.json", [ImageResult(1, (10, 10), detections)])
    scores = [entry["score"] for entry in json.loads((tmp_path / "p.json").read_text())]
    assert len(scores) == 100
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(0.9)


def test_masks_without_pixels_are_left_out(tmp_path: Path) -> None:
    outside = [_detect((20, 20, 30, 30)), _detect((3.1, 3.1, 3.2, 3.2)), _detect((0, 0, 9, 9))]
    assert write_predictions(tmp_path / "p.json", [ImageResult(1, (10, 10), outside)]) == 1


@pytest.mark.parametrize("results", [[], [ImageResult(1, (10, 10), [])]])
def test_nothing_found_is_an_empty_list(tmp_path: Path, results: list[ImageResult]) -> None:
    assert write_predictions(tmp_path / "p.json", results) == 0
    assert json.loads((tmp_path / "p.json").read_text()) == []


def test_stopped_run_leaves_nothing(tmp_path: Path) -> None:
    def stop() -> Iterator[ImageResult]:
        yield ImageResult(1, (10, 10), [_detect((0, 0, 5, 5))])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_predictions(tmp_path / "p.json", stop())
    assert list(tmp_path.iterdir()) == []


def test_existing_file_is_kept_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("mine")
    with pytest.raises(OutputExistsError):
        write_predictions(path, [])
    assert path.read_text() == "mine"
    write_predictions(path, [], overwrite=True)
    assert json.loads(path.read_text()) == []
