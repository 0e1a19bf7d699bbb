"""Every figure is that of plain pycocotools, to the last digit."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from geoseg.evaluation import coco_masks, coco_matches, evaluate_predictions
from geoseg.evaluation.coco_summary import CocoSummary
from tests.evaluation.coco_sets import make_set, run_pycocotools

SETS: list[dict[str, Any]] = [
    {},
    {"has_crowds": True},
    {"category_ids": (3, 7, 100), "has_crowds": True},
    {"num_images": 2, "most": 70, "num_scores": 1000},
    {"num_images": 1, "most": 300},
    {"num_scores": 1},
    {"first_id": 0},
    {"first_id": 0, "num_images": 3, "has_crowds": True},
]


def figures(evaluation: Any) -> list[float | None]:
    """All twelve, and recall at 0.5, as the challenge's evaluator took it."""
    at_50 = evaluation.eval["recall"][0, :, 0, 2]
    recall = float(at_50[at_50 > -1].mean()) if (at_50 > -1).any() else -1.0
    values = [*evaluation.stats.tolist(), recall]
    return [None if value == -1 else value for value in values]


@pytest.mark.parametrize("options", SETS)
@pytest.mark.parametrize("seed", range(3))
def test_files_as_they_are_give_the_figures_of_the_official_evaluator(
    tmp_path: Path, seed: int, options: dict[str, Any]
) -> None:
    pred, truth = make_set(tmp_path, seed, **options)
    scores = evaluate_predictions(pred, truth)
    official = run_pycocotools(pred, truth)
    assert isinstance(scores.coco, CocoSummary)
    assert list(astuple(scores.official or scores.coco)) == figures(official)
    if options.get("first_id") != 0:
        # The challenge's two do not depend on areas.
        assert scores.ap50 == max(official.stats[1], 0)
        assert scores.ar50 == (figures(official)[-1] or 0)


@pytest.mark.parametrize("options", SETS[:6])
def test_areas_of_masks_give_the_figures_of_a_corrected_file(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    pred, truth = make_set(tmp_path, 5, **options, true_areas=True)
    scores = evaluate_predictions(pred, truth)
    assert isinstance(scores.coco, CocoSummary)
    assert list(astuple(scores.coco)) == figures(run_pycocotools(pred, truth))
    assert scores.official is None


def test_boxes_of_results_are_their_areas_as_in_pycocotools(tmp_path: Path) -> None:
    pred, truth = make_set(tmp_path, 8)
    entries = json.loads(pred.read_text())
    pred.write_text(json.dumps([{**one, "bbox": [0, 0, 40, 30]} for one in entries]))
    with_boxes = evaluate_predictions(pred, truth)
    assert isinstance(with_boxes.official, CocoSummary)
    assert list(astuple(with_boxes.official)) == figures(run_pycocotools(pred, truth))


def test_a_published_area_below_zero_shows_in_the_official_figures(tmp_path: Path) -> None:
    pred, truth = make_set(tmp_path, 9, true_areas=True)
    content = json.loads(truth.read_text())
    for label in content["annotations"][::3]:
        label["area"] = -1.0
    truth.write_text(json.dumps(content))
    scores = evaluate_predictions(pred, truth)
    assert isinstance(scores.official, CocoSummary)
    assert list(astuple(scores.official)) == figures(run_pycocotools(pred, truth))
    assert scores.official.ap50 != scores.ap50


def test_some_images_give_the_figures_of_these_images(tmp_path: Path) -> None:
    pred, truth = make_set(tmp_path, 3, has_crowds=True, true_areas=True)
    only = frozenset(f"{one:012d}.jpg" for one in (2, 3, 7, 11))
    scores = evaluate_predictions(pred, truth, only=only)
    official = run_pycocotools(pred, truth, image_ids=[2, 3, 7, 11])
    assert isinstance(scores.coco, CocoSummary)
    assert list(astuple(scores.coco)) == figures(official)
    assert scores.num_images == 4


def test_several_processes_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pred, truth = make_set(tmp_path, 4, category_ids=(1, 2), has_crowds=True, num_images=25)
    alone = evaluate_predictions(pred, truth)
    monkeypatch.setattr(coco_masks, "_BATCH", 7)
    monkeypatch.setattr(coco_matches, "_RUN", 3)
    assert evaluate_predictions(pred, truth) == alone
    spread = evaluate_predictions(pred, truth, num_processes=2)
    assert spread == alone
    assert isinstance(spread.official, CocoSummary)
    assert list(astuple(spread.official)) == figures(run_pycocotools(pred, truth))
