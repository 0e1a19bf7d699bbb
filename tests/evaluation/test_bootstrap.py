from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geoseg.errors import ConfigError
from geoseg.evaluation.bootstrap import (
    estimate_difference,
    estimate_intervals,
    list_outcomes,
    score_resample,
)
from geoseg.evaluation.coco import score_matches
from geoseg.evaluation.coco_files import read_truth
from geoseg.evaluation.coco_matches import CocoMatches, match_predictions
from tests.evaluation.coco_sets import make_set, run_pycocotools


def match(pred: Path, truth: Path) -> CocoMatches:
    return match_predictions(pred, read_truth(truth))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return make_set(tmp_path, 1, num_images=20, has_crowds=True, true_areas=True)


@pytest.mark.parametrize("category_ids", [(100,), (3, 7)])
@pytest.mark.parametrize("seed", range(4))
def test_each_image_once_gives_the_score(
    tmp_path: Path, seed: int, category_ids: tuple[int, ...]
) -> None:
    found = match(*make_set(tmp_path, seed, category_ids=category_ids, has_crowds=True))
    scores = score_matches(found)
    # The mean over categories is taken in another order.
    tolerance = 0 if len(category_ids) == 1 else 1e-15
    expected = pytest.approx((scores.ap50, scores.ar50), abs=tolerance, rel=0)
    assert score_resample(list_outcomes(found)) == expected
    assert score_resample(list_outcomes(found), np.ones(12, np.int64)) == expected


def test_a_resample_is_what_pycocotools_makes_of_images_taken_so_often(tmp_path: Path) -> None:
    pred, truth = make_set(tmp_path, 2, num_images=6, num_scores=100_000, true_areas=True)
    counts = np.array([0, 3, 1, 2, 0, 1])
    drawn = score_resample(list_outcomes(match(pred, truth)), counts)
    # The same images under other numbers.
    numbers = np.repeat(np.arange(1, 7), counts).tolist()
    content, entries = json.loads(truth.read_text()), json.loads(pred.read_text())
    image = content["images"][0]
    labels = [
        {**label, "image_id": place, "id": 1000 * place + label["id"]}
        for place, number in enumerate(numbers)
        for label in content["annotations"]
        if label["image_id"] == number
    ]
    taken = [
        {**entry, "image_id": place}
        for place, number in enumerate(numbers)
        for entry in entries
        if entry["image_id"] == number
    ]
    images = [{**image, "id": place} for place in range(len(numbers))]
    truth.write_text(json.dumps({**content, "images": images, "annotations": labels}))
    pred.write_text(json.dumps(taken))
    official = run_pycocotools(pred, truth)
    assert drawn[0] == pytest.approx(float(official.stats[1]), abs=1e-12)
    assert drawn[1] == pytest.approx(float(official.eval["recall"][0, 0, 0, 2]), abs=1e-12)


def test_intervals_hold_the_score_and_follow_the_seed(files: tuple[Path, Path]) -> None:
    found = match(*files)
    scores = score_matches(found)
    intervals = estimate_intervals(found, num_resamples=200, seed=3)
    assert intervals.ap50.low < scores.ap50 < intervals.ap50.high
    assert intervals.ar50.low < scores.ar50 < intervals.ar50.high
    assert estimate_intervals(found, num_resamples=200, seed=3) == intervals
    assert estimate_intervals(found, num_resamples=200, seed=4) != intervals


def test_intervals_have_the_width_that_a_share_has(tmp_path: Path) -> None:
    """One label an image, found or not: recall is a share of independent cases."""
    square = [[10, 10, 30, 10, 30, 30, 10, 30]]
    images = [{"id": one, "width": 40, "height": 40} for one in range(400)]
    labels = [
        {"id": one + 1, "image_id": one, "category_id": 1, "segmentation": square}
        for one in range(400)
    ]
    results = [{**label, "score": 0.5} for label in labels[::4]]
    truth = {"images": images, "categories": [{"id": 1}], "annotations": labels}
    (tmp_path / "t.json").write_text(json.dumps(truth))
    (tmp_path / "p.json").write_text(json.dumps(results))
    found = match(tmp_path / "p.json", tmp_path / "t.json")
    low, high = estimate_intervals(found, num_resamples=2000).ar50
    half = 1.96 * np.sqrt(0.25 * 0.75 / 400)
    assert (low, high) == pytest.approx((0.25 - half, 0.25 + half), abs=0.006)


def test_the_better_of_two_files_is_found(files: tuple[Path, Path]) -> None:
    pred, truth = files
    found = match(pred, truth)
    worse = json.loads(pred.read_text())[::2]
    pred.write_text(json.dumps(worse))
    other = match(pred, truth)
    difference = estimate_difference(found, other, num_resamples=300)
    assert difference.ar50 == score_matches(found).ar50 - score_matches(other).ar50 > 0
    assert difference.ar50_interval.low > 0
    assert difference.ar50_share_better == 1
    turned = estimate_difference(other, found, num_resamples=300)
    assert turned.ap50 == -difference.ap50
    assert turned.ar50_share_better == 0
    assert turned.ap50_share_better == pytest.approx(1 - difference.ap50_share_better)


def test_a_file_is_as_good_as_itself(files: tuple[Path, Path]) -> None:
    """Drawn in pairs, both have the same images: there is no spread at all."""
    found = match(*files)
    difference = estimate_difference(found, found, num_resamples=50)
    assert difference.ap50_interval == (0, 0)
    assert difference.ap50_share_better == 0.5


def test_some_images_alone_can_be_resampled(files: tuple[Path, Path]) -> None:
    found = match(*files)
    chosen = frozenset([2, 3, 5, 7, 11])
    intervals = estimate_intervals(found, chosen, num_resamples=100)
    scores = score_matches(found, image_ids=chosen)
    assert intervals.ap50.low <= scores.ap50 <= intervals.ap50.high


def test_nothing_to_find_scores_zero(tmp_path: Path) -> None:
    pred, truth = make_set(tmp_path, 0, num_images=2)
    content = json.loads(truth.read_text())
    truth.write_text(json.dumps({**content, "annotations": []}))
    found = match(pred, truth)
    assert estimate_intervals(found, num_resamples=5).ap50 == (0, 0)
    pred.write_text("[]")
    assert estimate_intervals(match(pred, truth), num_resamples=5).ap50 == (0, 0)


def test_wrong_arguments_are_errors(files: tuple[Path, Path], tmp_path: Path) -> None:
    found = match(*files)
    with pytest.raises(ConfigError, match="num_resamples must be at least 1; got 0"):
        estimate_intervals(found, num_resamples=0)
    (tmp_path / "other").mkdir()
    other = match(*make_set(tmp_path / "other", 1, num_images=3))
    with pytest.raises(ConfigError, match="same images; got 20 and 3"):
        estimate_difference(found, other)
