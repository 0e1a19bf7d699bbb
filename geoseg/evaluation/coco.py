"""COCO results against COCO annotations, as the crowdAI challenge scores them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geoseg.evaluation.coco_files import (
    check_predictions,
    encode_all,
    index_coco,
    load_json,
    quiet,
    read_sizes,
)
from geoseg.evaluation.ranking import RankedDetections, f1_at, find_best_f1, join_ranked
from geoseg.evaluation.reliability import calibration_error

_MAX_DETECTIONS = 100


@dataclass(frozen=True)
class CocoScores:
    """Scores of instance masks, all with at most 100 detections an image.

    Attributes:
        ap50: average precision at IoU 0.5, the challenge's first figure.
        ar50: average recall at IoU 0.5, its second.
        ap: average precision over IoU 0.5:0.95, not to be mixed up with the first.
        f1: F1 at IoU 0.5 of the predictions that score at least `score`.
        score: see `f1`.
        best_f1: highest F1 at IoU 0.5 that any score gives.
        best_score: the score that gives it.
        calibration_error: see `geoseg.evaluation.reliability.calibration_error`.
        num_images: images in the annotations; those without predictions count.
        num_pred: predictions.
        num_truth: annotations.
    """

    ap50: float
    ar50: float
    ap: float
    f1: float
    score: float
    best_f1: float
    best_score: float
    calibration_error: float
    num_images: int
    num_pred: int
    num_truth: int

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain values."""
        return asdict(self)


def is_predictions_file(path: Path) -> bool:
    """Whether a file holds COCO results: a JSON list, which GeoJSON never is."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    except OSError:
        return False


def evaluate_predictions(
    predictions_json: Path, annotation_json: Path, *, score: float = 0.5
) -> CocoScores:
    """Score a submission with pycocotools.

    Boxes and areas of both files are made anew from the segmentations, because those of the
    published annotations are wrong. A figure is 0 where there is nothing to find.

    Args:
        predictions_json: list of `{"image_id", "category_id", "score", "segmentation"}` with
            polygons or RLE.
        annotation_json: COCO annotations, with polygons or RLE.
        score: the score at which `CocoScores.f1` is counted.

    Raises:
        DatasetError: a file cannot be read, an entry lacks a key or cannot be decoded, or
            predictions name an image or category that the annotations do not have.
    """
    evaluation, counts = _compare(predictions_json, annotation_json)
    ranked = _rank(evaluation)
    best_f1, best_score = find_best_f1(ranked)
    with quiet():
        evaluation.accumulate()
    # precision: (IoU thresholds, recalls, categories, areas, maxDets); recall lacks recalls.
    precision, recall = evaluation.eval["precision"], evaluation.eval["recall"]
    return CocoScores(
        ap50=_mean(precision[0]),
        ar50=_mean(recall[0]),
        ap=_mean(precision),
        f1=f1_at(ranked, score),
        score=score,
        best_f1=best_f1,
        best_score=best_score,
        calibration_error=calibration_error(ranked.scores, ranked.is_true),
        **counts,
    )


def rank_predictions(predictions_json: Path, annotation_json: Path) -> RankedDetections:
    """Which predictions of a submission are right, as pycocotools matches them at IoU 0.5.

    Args:
        predictions_json: as of `evaluate_predictions`.
        annotation_json: likewise.

    Raises:
        DatasetError: as of `evaluate_predictions`.
    """
    evaluation, _ = _compare(predictions_json, annotation_json)
    return _rank(evaluation)


def _compare(predictions_json: Path, annotation_json: Path) -> tuple[Any, dict[str, int]]:
    """A COCOeval whose predictions are matched, and the numbers of images and objects."""
    from pycocotools.cocoeval import COCOeval

    truth = load_json(annotation_json, dict)
    sizes = read_sizes(annotation_json, truth)
    categories = truth.get("categories", [])
    labels = truth.get("annotations", [])
    results = load_json(predictions_json, list)
    check_predictions(predictions_json, results, sizes, {one["id"] for one in categories})
    head = {"images": truth["images"], "categories": categories}
    truth_coco = index_coco(head, encode_all(annotation_json, labels, sizes))
    results_coco = index_coco(head, encode_all(predictions_json, results, sizes))
    with quiet():
        evaluation = COCOeval(truth_coco, results_coco, "segm")
        evaluation.params.maxDets = [_MAX_DETECTIONS]
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.evaluate()
    counts = {"num_images": len(sizes), "num_pred": len(results), "num_truth": len(labels)}
    return evaluation, counts


def _rank(evaluation: Any) -> RankedDetections:
    # None stands for an image without predictions and labels.
    return join_ranked([_rank_image(one) for one in evaluation.evalImgs if one is not None])


def _rank_image(matched: dict[str, Any]) -> RankedDetections:
    """The predictions of one image that pycocotools has matched; row 0 is IoU 0.5."""
    # What lies on a crowd is neither right nor wrong.
    is_counted = ~matched["dtIgnore"][0].astype(bool)
    scores = np.array(matched["dtScores"], np.float64)[is_counted]
    return RankedDetections(
        scores=scores,
        is_true=matched["dtMatches"][0][is_counted] > 0,
        image_ids=np.full(len(scores), matched["image_id"], np.int64),
        num_truth=int((~matched["gtIgnore"].astype(bool)).sum()),
    )


def _mean(values: Any) -> float:
    """Mean of the entries that count; pycocotools writes -1 where there is no truth."""
    counted = values[values > -1]
    return float(counted.mean()) if counted.size else 0.0
