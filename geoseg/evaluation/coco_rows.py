"""The scores of COCO results by the names that tables give them."""

from __future__ import annotations

from geoseg.evaluation.coco import CocoScores
from geoseg.evaluation.coco_summary import CocoSummary

Value = float | int | None

_SIZES = ("small", "medium", "large")


def list_rows(scores: CocoScores) -> list[tuple[str, Value]]:
    """Names and values of the scores; None where there is nothing to find."""
    rows: list[tuple[str, Value]] = [
        ("AP@0.5", scores.ap50),
        ("AR@0.5", scores.ar50),
        ("COCO AP", scores.ap),
        (f"F1 at {scores.score:.2f}", scores.f1),
        (f"best F1 at {scores.best_score:.2f}", scores.best_f1),
        ("calib. error", scores.calibration_error),
        ("images", scores.num_images),
        ("predicted", scores.num_pred),
        ("true", scores.num_truth),
    ]
    if scores.coco is not None:
        rows += [("dropped (>100)", scores.num_dropped), *_list_summary(scores.coco)]
    return rows


def list_official_rows(scores: CocoScores) -> list[tuple[str, Value]]:
    """What the challenge's evaluator has otherwise; nothing where all is the same."""
    if scores.coco is None or scores.official is None:
        return []
    own, its = (
        [
            ("AP@0.5", coco.ap50),
            ("AR@0.5", coco.ar50),
            ("COCO AP", coco.ap),
            *_list_summary(coco),
        ]
        for coco in (scores.coco, scores.official)
    )
    return [row for mine, row in zip(own, its, strict=True) if mine != row]


def _list_summary(coco: CocoSummary) -> list[tuple[str, Value]]:
    return [
        ("COCO AP75", coco.ap75),
        *((f"COCO AP {size}", getattr(coco, f"ap_{size}")) for size in _SIZES),
        ("COCO AR max 1", coco.ar1),
        ("COCO AR max 10", coco.ar10),
        ("COCO AR max 100", coco.ar100),
        *((f"COCO AR {size}", getattr(coco, f"ar_{size}")) for size in _SIZES),
    ]
