"""What the charts and tables of a report show, from matches and areas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import geoseg
from geoseg.evaluation import CocoScores, RankedDetections, VectorScores
from geoseg.evaluation.ranking import find_best_f1
from geoseg.evaluation.report import list_scores
from geoseg.maskrcnn.weights_file import file_sha256
from geoseg.views.evaluation_charts import OperatingPoint, PrecisionRecall, SizeClass
from geoseg.views.evaluation_report import ScoreRow

M2_LIMITS = (25, 50, 100, 200, 400, 1000)
"""Where one size class ends and the next begins, ground square metres."""
PX2_LIMITS = (16**2, 32**2, 64**2, 96**2)
"""The same for images of unknown GSD, pixels; COCO parts small from large at 32² and 96²."""

MEANINGS = {
    "AP@0.5": "average precision at IoU 0.5: the crowdAI challenge's first figure",
    "AR@0.5": "average recall at IoU 0.5: its second",
    "COCO AP": "average precision over IoU 0.5 to 0.95",
    "COCO AP75": "average precision at IoU 0.75",
    "COCO AP small": "COCO AP of objects of up to 32 × 32 px",
    "COCO AP medium": "COCO AP of objects of more than that, up to 96 × 96 px",
    "COCO AP large": "COCO AP of larger objects",
    "COCO AR max": "mean recall over IoU 0.5 to 0.95 with so many predictions an image",
    "COCO AR small": "the same with 100, of small objects",
    "COCO AR medium": "of medium ones",
    "COCO AR large": "of large ones",
    "official": "as the challenge's evaluator has it, which goes by the areas in the files",
    "F1 at": "of the predictions that score at least this, at IoU 0.5",
    "best F1 at": "the highest F1 of all scores, and the score that gives it",
    "calib. error": "mean distance between scores and the share that is right",
    "AP": "average precision at the IoU that a match takes",
    "precision": "share of the predictions that match a true building",
    "recall": "share of the true buildings that match a prediction",
    "F1": "harmonic mean of precision and recall",
    "images": "of the annotation, with and without labels",
    "predicted": "predictions, of any score",
    "true": "labelled buildings",
    "dropped": "predictions that do not count, because 100 of their image score higher",
    "matched": "pairs of a prediction and a true building",
    "repaired pred": "invalid predicted polygons that were made valid",
    "repaired true": "invalid true polygons that were made valid",
    "IoU at least": "what a match takes",
    "mean IoU": "of the matched pairs",
    "C-IoU": "IoU of the pairs, less where the numbers of vertices differ (Zorzi et al. 2022)",
    "boundary IoU": "IoU of bands along the outlines (Cheng et al. 2021)",
    "PoLiS": "mean distance from vertices to the other outline (Avbelj et al. 2015)",
    "vertex ratio": "vertices of the matched predictions by those of the true buildings",
    "max angle, deg": "mean of the maximum tangent angle error (Girard et al. 2021)",
    "splits": "true buildings covered by several predictions",
    "merges": "predictions that cover several true buildings",
    "image IoU": "of all building pixels of an image, mean over the images",
    "image C-IoU": "the same, less where the numbers of vertices differ, as PolyWorld's tables",
}


def explain_scores(scores: VectorScores | CocoScores) -> list[ScoreRow]:
    """The scores of the table with what each means."""
    return [
        ScoreRow(name, f"{value:.4f}" if isinstance(value, float) else f"{value:,}", _explain(name))
        for name, value in list_scores(scores)
    ]


def make_curve(ranked: RankedDetections, score: float | None = None) -> PrecisionRecall | None:
    """Precision against recall with the point of the best F1, and that of a score.

    Args:
        ranked: predictions, right and wrong.
        score: the score in use; None marks the best point alone.

    Returns:
        None where there is nothing to find, or nothing was found.
    """
    if not ranked.num_truth or not len(ranked):
        return None
    order = np.argsort(-ranked.scores, kind="stable")
    hits = np.cumsum(ranked.is_true[order])
    points = [("best", _find_point(ranked, find_best_f1(ranked)[1]))]
    if score is not None and score != points[0][1].score:
        points.append(("in use", _find_point(ranked, score)))
    return PrecisionRecall(
        recalls=hits / ranked.num_truth,
        precisions=hits / np.arange(1, len(hits) + 1),
        points=points,
    )


def classify_sizes(
    found: NDArray[np.float64],
    missed: NDArray[np.float64],
    false: NDArray[np.float64],
    *,
    unit: str,
) -> list[SizeClass]:
    """Count buildings by size.

    Args:
        found: float64, areas of true buildings that match a prediction.
        missed: of those that do not.
        false: of predictions that match none.
        unit: "m²" or "px".
    """
    limits = M2_LIMITS if unit == "m²" else PX2_LIMITS
    labels = [
        f"< {limits[0]} {unit}",
        *(f"{low}–{high}" for low, high in zip(limits[:-1], limits[1:], strict=True)),
        f"≥ {limits[-1]}",
    ]
    counts = [
        np.bincount(np.searchsorted(limits, side, side="right"), minlength=len(labels)).tolist()
        for side in (found, missed, false)
    ]
    return [SizeClass(label, *row) for label, *row in zip(labels, *counts, strict=True)]


def choose_places(f1s: Sequence[float], num_truths: Sequence[int]) -> list[tuple[str, int]]:
    """The best, the median and the worst of several places, by F1.

    Of equally good ones the one with the most buildings shows most. A place without true
    buildings is none.

    Returns:
        Name and index of at most three places, each once.
    """
    order = sorted(
        (index for index, count in enumerate(num_truths) if count),
        key=lambda index: (f1s[index], num_truths[index]),
    )
    if not order:
        return []
    worst = max(order, key=lambda index: (-f1s[index], num_truths[index]))
    chosen: dict[int, str] = {}
    for name, index in (("best", order[-1]), ("worst", worst), ("median", order[len(order) // 2])):
        chosen.setdefault(index, name)
    names = {name: index for index, name in chosen.items()}
    return [(name, names[name]) for name in ("best", "median", "worst") if name in names]


def describe_files(
    files: Sequence[tuple[str, Path | None]], others: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """Names and hashes of what was compared, the version of geoseg and the time.

    Args:
        files: what each is, and the file; None is left out.
        others: what has no hash.
    """
    facts: list[tuple[str, str]] = []
    for role, path in files:
        if path is not None:
            facts.append((role, str(path)))
            if path.is_file():
                facts.append((f"sha256 of {path.name}", file_sha256(path)))
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return [*facts, *others, ("geoseg", geoseg.__version__), ("made", now)]


def _find_point(ranked: RankedDetections, score: float) -> OperatingPoint:
    is_kept = ranked.scores >= score
    num_right = int(ranked.is_true[is_kept].sum())
    num_kept = int(is_kept.sum())
    return OperatingPoint(
        score=score,
        recall=num_right / ranked.num_truth,
        precision=num_right / max(num_kept, 1),
        f1=2 * num_right / (num_kept + ranked.num_truth),
    )


def _explain(name: str) -> str:
    # Names go on with scores and units, and one key may begin another.
    fitting = [key for key in MEANINGS if name.startswith(key)]
    return MEANINGS[max(fitting, key=len)] if fitting else ""
