from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.errors import DatasetError
from geoseg.evaluation.detection_metrics import (
    IOU_RANGE,
    box_ious,
    box_recall,
    detection_precision,
    mask_ious,
    match_detections,
    mean_detection_precision,
)

CASES = ("e1", "e2", "e3", "dup")


def fill_boxes(boxes: NDArray[np.int32], side_px: int = 200) -> NDArray[np.bool_]:
    masks = np.zeros((len(boxes), side_px, side_px), bool)
    for mask, (y1, x1, y2, x2) in zip(masks, boxes.tolist(), strict=True):
        mask[y1:y2, x1:x2] = True
    return masks


@pytest.fixture(scope="module")
def golden(matterport_golden: Path) -> dict[str, NDArray[Any]]:
    with np.load(matterport_golden / "matterport_parity_units.npz") as arrays:
        return {name: arrays[name] for name in arrays.files}


class Case:
    """One image of the golden values."""

    def __init__(self, golden: dict[str, NDArray[Any]], name: str) -> None:
        self._golden, self._name = golden, name
        self.pred, self.truth = fill_boxes(self["pred_boxes"]), fill_boxes(self["gt_boxes"])
        self.scores = self["pred_scores"]
        self.classes: dict[str, Any] = {
            "pred_classes": self["pred_class_ids"],
            "truth_classes": self["gt_class_ids"],
        }
        self.order = np.argsort(-self.scores, kind="stable")

    def __getitem__(self, key: str) -> NDArray[Any]:
        return self._golden[f"{self._name}_{key}"]


@pytest.mark.parametrize("name", CASES)
def test_overlaps_are_those_of_matterport(golden: dict[str, NDArray[Any]], name: str) -> None:
    case = Case(golden, name)
    assert (mask_ious(case.pred, case.truth)[case.order] == case["mask_overlaps"]).all()


@pytest.mark.parametrize("name", CASES)
def test_matches_are_those_of_matterport_without_its_bug(
    golden: dict[str, NDArray[Any]], name: str
) -> None:
    case = Case(golden, name)
    matches = match_detections(mask_ious(case.pred, case.truth), case.scores, **case.classes)
    assert (matches.truth_of_pred[case.order] == case["fixed_pred_match"]).all()
    # matterport numbers predictions by their place in the order of scores.
    place = np.append(np.argsort(case.order), -1)
    assert (place[matches.pred_of_truth] == case["fixed_gt_match"]).all()


@pytest.mark.parametrize("name", CASES)
def test_average_precision_is_that_of_matterport_to_the_last_digit(
    golden: dict[str, NDArray[Any]], name: str
) -> None:
    case = Case(golden, name)
    found = detection_precision(case.pred, case.scores, case.truth, **case.classes)
    assert found.ap == case["fixed_ap50"]
    assert (found.precisions == case["fixed_precisions"]).all()
    assert (found.recalls == case["fixed_recalls"]).all()
    each = [
        detection_precision(case.pred, case.scores, case.truth, iou=iou, **case.classes).ap
        for iou in IOU_RANGE
    ]
    assert each == case["fixed_ap_each"].tolist()
    mean = mean_detection_precision(case.pred, case.scores, case.truth, **case.classes)
    assert mean == case["fixed_ap_range"]


def test_the_bug_shows_where_the_best_detection_is_one_of_several(
    golden: dict[str, NDArray[Any]],
) -> None:
    case = Case(golden, "dup")
    assert case["v21_ap50"] == 1.375
    assert detection_precision(case.pred, case.scores, case.truth).ap == 0.75


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("percent", [50, 75])
def test_recall_of_boxes_is_that_of_matterport(
    golden: dict[str, NDArray[Any]], name: str, percent: int
) -> None:
    case = Case(golden, name)
    recall, near = box_recall(case["pred_boxes"], case["gt_boxes"], percent / 100)
    assert recall == case[f"recall{percent}"]
    assert near.tolist() == case[f"recall{percent}_ids"].tolist()


def test_overlaps_of_boxes_are_those_of_matterport(golden: dict[str, NDArray[Any]]) -> None:
    ious = box_ious(golden["in_overlap_boxes"], golden["in_overlap_gt"])
    assert ious == pytest.approx(golden["compute_overlaps"], abs=1e-15)


# Two objects; three detections: a good one, its double, and one of the second object.
TRUTH = fill_boxes(np.array([[0, 0, 10, 10], [20, 20, 30, 40]]), 50)
PRED = fill_boxes(np.array([[20, 20, 30, 38], [0, 0, 10, 9], [0, 0, 10, 10]]), 50)
SCORES = [0.7, 0.8, 0.9]


def test_values_worked_by_hand() -> None:
    assert mask_ious(PRED, TRUTH) == pytest.approx(np.array([[0, 0.9], [0.9, 0], [1, 0]]))
    matches = match_detections(mask_ious(PRED, TRUTH), SCORES)
    assert matches.truth_of_pred.tolist() == [1, -1, 0]
    assert matches.pred_of_truth.tolist() == [2, 0]
    assert matches.ious == pytest.approx([0.9, 0, 1])
    found = detection_precision(PRED, SCORES, TRUTH)
    # In order of scores right, wrong, right: precisions 1, 1/2, 2/3 at recalls 1/2, 1/2, 1.
    assert found.recalls.tolist() == [0, 0.5, 0.5, 1, 1]
    assert found.precisions == pytest.approx([1, 1, 2 / 3, 2 / 3, 0])
    assert found.ap == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    # At 0.95 the first alone is right.
    assert detection_precision(PRED, SCORES, TRUTH, iou=0.95).ap == pytest.approx(0.5)


def test_another_class_is_no_match() -> None:
    ious = mask_ious(PRED, TRUTH)
    matches = match_detections(ious, SCORES, pred_classes=[1, 1, 2], truth_classes=[1, 1])
    assert matches.truth_of_pred.tolist() == [1, 0, -1]


def test_nothing_on_a_side() -> None:
    none = np.zeros((0, 50, 50), bool)
    assert detection_precision(none, [], TRUTH).ap == 0
    assert np.isnan(detection_precision(PRED, SCORES, none).ap)
    assert box_recall(np.zeros((0, 4)), [[0, 0, 1, 1]], 0.5)[0] == 0
    assert np.isnan(box_recall([[0, 0, 1, 1]], np.zeros((0, 4)), 0.5)[0])
    assert mask_ious(none + 0, TRUTH).shape == (0, 2)
    assert mask_ious(np.zeros((1, 50, 50)), np.zeros((1, 50, 50))).tolist() == [[0]]


def test_shapes_that_do_not_agree_are_an_error() -> None:
    with pytest.raises(DatasetError, match="one height and width"):
        mask_ious(PRED, TRUTH[:, :40])
    with pytest.raises(DatasetError, match="a score and a class for each of 3 detections"):
        match_detections(mask_ious(PRED, TRUTH), [0.5])
