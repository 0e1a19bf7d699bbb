"""Scores for people and for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from geoseg.evaluation.coco import CocoScores
from geoseg.evaluation.vectors import BuildingRow, VectorScores


def format_scores(scores: VectorScores | CocoScores) -> str:
    """A table of two columns, one score a line.

    Example:
        >>> print(format_scores(CocoScores(0.75, 0.8, 0.5, 0.7, 0.5, 0.72, 0.4, 0.1, 20, 190, 188)))
        AP@0.5             0.7500
        AR@0.5             0.8000
        COCO AP            0.5000
        F1 at 0.50         0.7000
        best F1 at 0.40    0.7200
        calib. error       0.1000
        images                 20
        predicted             190
        true                  188
    """
    lines: list[tuple[str, float | int]]
    if isinstance(scores, CocoScores):
        lines = [
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
    else:
        lines = [
            ("precision", scores.precision),
            ("recall", scores.recall),
            ("F1", scores.f1),
            ("mean IoU", scores.mean_iou),
            *([] if scores.ap is None else [(f"AP{100 * scores.iou:.0f}", scores.ap)]),
            ("IoU at least", scores.iou),
            ("predicted", scores.num_pred),
            ("true", scores.num_truth),
            ("matched", scores.num_matched),
            ("repaired pred", scores.num_repaired_pred),
            ("repaired true", scores.num_repaired_truth),
        ]
    return "\n".join(
        f"{name:<15}{value:>10.4f}" if isinstance(value, float) else f"{name:<15}{value:>10d}"
        for name, value in lines
    )


def write_scores_json(file: TextIO, scores: VectorScores | CocoScores) -> None:
    """Write the scores as one JSON object."""
    json.dump(scores.to_dict(), file, indent=2)
    file.write("\n")


def write_buildings_csv(path: Path, buildings: Iterable[BuildingRow]) -> None:
    """Write one line for each building: side, id, matched id, IoU, score, area."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(BuildingRow._fields)
        for row in buildings:
            writer.writerow(
                [
                    *row[:3],
                    f"{row.iou:.4f}",
                    "" if row.score is None else f"{row.score:.4f}",
                    f"{row.area_m2:.2f}",
                ]
            )
