"""COCO results against COCO annotations, as the crowdAI challenge scores them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geoseg.evaluation.coco_files import choose_images, read_truth
from geoseg.evaluation.coco_matches import CocoMatches, match_predictions, rank_matches
from geoseg.evaluation.coco_summary import CocoSummary, summarize_matches
from geoseg.evaluation.polygon_scores import PolygonScores
from geoseg.evaluation.ranking import RankedDetections, f1_at, find_best_f1
from geoseg.evaluation.reliability import calibration_error


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
        num_dropped: predictions that do not count, because 100 of their image score higher.
        coco: all figures of pycocotools, with sizes by the areas of the masks.
        official: the same as the challenge's evaluator has them, which takes areas from the
            files and overlooks matches with a label whose `id` is 0; None where they are equal.
        polygons: how well outlines follow the truth; None where it was not asked for.
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
    num_dropped: int = 0
    coco: CocoSummary | None = None
    official: CocoSummary | None = None
    polygons: PolygonScores | None = None

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
    predictions_json: Path,
    annotation_json: Path,
    *,
    score: float = 0.5,
    only: frozenset[str] | None = None,
    category: int | None = None,
    num_processes: int = 1,
) -> CocoScores:
    """Score a submission as pycocotools does.

    Areas of both files are made anew from the segmentations, because those of the published
    annotations are wrong; where that changes a figure, `CocoScores.official` has the other one.
    `ap50` and `ar50` do not depend on areas. A figure is 0 where there is nothing to find.

    Args:
        predictions_json: list of `{"image_id", "category_id", "score", "segmentation"}` with
            polygons or RLE, see `geoseg.evaluation.coco_files.read_predictions`.
        annotation_json: COCO annotations, with polygons or RLE.
        score: the score at which `CocoScores.f1` is counted.
        only: file names of the images that count; None for all.
        category: taken for the category of every prediction; None takes theirs.
        num_processes: 1 for this process alone, see `geoseg.evaluation.spreading.spread`.

    Raises:
        DatasetError: a file cannot be read, an entry lacks a key or cannot be decoded,
            predictions name an image or category that the annotations do not have, or none of
            the images in `only` is there.
    """
    truth = read_truth(annotation_json, num_processes=num_processes)
    image_ids = None if only is None else choose_images(truth, only)
    found = match_predictions(
        predictions_json, truth, category=category, num_processes=num_processes
    )
    return score_matches(found, score=score, image_ids=image_ids)


def score_matches(
    found: CocoMatches, *, score: float = 0.5, image_ids: frozenset[int] | None = None
) -> CocoScores:
    """Score predictions that are matched already.

    Args:
        found: the matches.
        score: as of `evaluate_predictions`.
        image_ids: images that count; None for all.
    """
    cells = found.cells
    is_chosen = found.choose_cells(image_ids)
    coco, official = summarize_matches(cells, found.matches, is_chosen)
    ranked = rank_matches(found, image_ids)
    best_f1, best_score = find_best_f1(ranked)
    num_kept = int(np.diff(cells.pred_ends)[is_chosen].sum())
    is_chosen_pred = (
        np.ones(len(found.pred_image_ids), np.bool_)
        if image_ids is None
        else np.isin(found.pred_image_ids, list(image_ids))
    )
    return CocoScores(
        ap50=coco.ap50 or 0.0,
        ar50=coco.ar50 or 0.0,
        ap=coco.ap or 0.0,
        f1=f1_at(ranked, score),
        score=score,
        best_f1=best_f1,
        best_score=best_score,
        calibration_error=calibration_error(ranked.scores, ranked.is_true),
        num_images=len(found.truth.shapes_hw if image_ids is None else image_ids),
        num_pred=int(is_chosen_pred.sum()),
        num_truth=int(np.diff(cells.truth_ends)[is_chosen].sum()),
        num_dropped=int(is_chosen_pred.sum()) - num_kept,
        coco=coco,
        official=None if official == coco else official,
    )


def rank_predictions(
    predictions_json: Path, annotation_json: Path, *, num_processes: int = 1
) -> RankedDetections:
    """Which predictions of a submission are right, as pycocotools matches them at IoU 0.5.

    Args:
        predictions_json: as of `evaluate_predictions`.
        annotation_json: likewise.
        num_processes: likewise.

    Raises:
        DatasetError: as of `evaluate_predictions`.
    """
    truth = read_truth(annotation_json, num_processes=num_processes)
    return rank_matches(match_predictions(predictions_json, truth, num_processes=num_processes))
