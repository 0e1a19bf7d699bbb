"""Scores for people and for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from geoseg.evaluation.coco import CocoScores
from geoseg.evaluation.coco_rows import list_official_rows, list_rows
from geoseg.evaluation.polygon_scores import PolygonScores
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
    rows = list_scores(scores)
    width = max(15, *(len(name) for name, _ in rows))
    texts = (f"{value:.4f}" if isinstance(value, float) else str(value) for _, value in rows)
    return "\n".join(
        f"{name:<{width}}{text:>10}" for (name, _), text in zip(rows, texts, strict=True)
    )


def list_scores(scores: VectorScores | CocoScores) -> list[tuple[str, float | int]]:
    """The names of the scores for people, and their values, in the order of the table."""
    if isinstance(scores, CocoScores):
        official = ((f"official {name}", value) for name, value in list_official_rows(scores))
        rows = [*list_rows(scores), *official]
        known = [(name, value) for name, value in rows if value is not None]
        return [*known, *list_outlines(scores.polygons)]
    return [
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
        *_list_outline_scores(scores.polygons),
    ]


def list_outlines(scores: PolygonScores | None) -> list[tuple[str, float | int]]:
    """The same of how well outlines follow the truth; nothing where nothing was matched."""
    if scores is None or scores.mean_iou is None:
        return []
    return [("mean IoU", scores.mean_iou), *_list_outline_scores(scores)]


def _list_outline_scores(scores: PolygonScores) -> list[tuple[str, float | int]]:
    """What there is of them; "mean IoU" stands elsewhere."""
    named = [
        ("C-IoU", scores.c_iou),
        ("boundary IoU", scores.boundary_iou),
        ("PoLiS, m", scores.polis_m),
        ("PoLiS, px", scores.polis_px),
        ("vertex ratio", scores.vertex_ratio),
        ("max angle, deg", scores.max_angle_error_deg),
        ("splits", scores.num_splits),
        ("merges", scores.num_merges),
        ("image IoU", scores.image_iou),
        ("image C-IoU", scores.image_c_iou),
    ]
    return [(name, value) for name, value in named if value is not None]


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
