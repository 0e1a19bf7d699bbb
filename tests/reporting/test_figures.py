from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import geoseg
from geoseg.evaluation import CocoScores, PolygonScores, RankedDetections, VectorScores
from geoseg.evaluation.coco_summary import CocoSummary
from geoseg.reporting.figures import (
    choose_places,
    classify_sizes,
    describe_files,
    explain_scores,
    make_curve,
)


def ranked(*pairs: tuple[float, bool], num_truth: int = 4) -> RankedDetections:
    scores, is_true = (np.array(side) for side in zip(*pairs, strict=True))
    return RankedDetections(scores, is_true.astype(bool), np.zeros(len(pairs), int), num_truth)


def test_the_curve_worked_by_hand() -> None:
    curve = make_curve(ranked((0.6, False), (0.9, True), (0.7, True)), 0.5)
    assert curve is not None
    assert curve.recalls.tolist() == [0.25, 0.5, 0.5]
    assert curve.precisions == pytest.approx([1, 1, 2 / 3])
    (best, at_best), (in_use, at_score) = curve.points
    assert (best, in_use) == ("best", "in use")
    assert list(at_best) == pytest.approx([0.7, 0.5, 1, 2 / 3])
    assert list(at_score) == pytest.approx([0.5, 0.5, 2 / 3, 4 / 7])


def test_there_is_no_curve_of_nothing() -> None:
    assert make_curve(ranked((0.9, False), num_truth=0)) is None
    nothing = np.zeros(0)
    assert (
        make_curve(RankedDetections(nothing, nothing.astype(bool), nothing.astype(int), 3)) is None
    )


def test_sizes_are_counted_in_their_class() -> None:
    sizes = classify_sizes(np.array([24.9, 25.0, 5000]), np.array([30.0]), np.zeros(0), unit="m²")
    assert [one.label for one in sizes][:2] == ["< 25 m²", "25–50"]
    assert sizes[0][1:] == (1, 0, 0)
    assert sizes[1][1:] == (1, 1, 0)
    assert (sizes[1].recall, sizes[-1].recall) == (0.5, 1)
    assert sizes[-1].label == "≥ 1000"
    assert len(classify_sizes(np.zeros(0), np.zeros(0), np.zeros(0), unit="px")) == 5


@pytest.mark.parametrize(
    ("f1s", "num_truths", "expected"),
    [
        ([0.5, 1.0, 0.0, 0.2], [3, 1, 2, 9], [("best", 1), ("median", 0), ("worst", 2)]),
        # Of equally bad ones the one with more buildings, and none without any; no place twice.
        ([0.0, 0.0, 1.0, 0.0], [1, 5, 2, 0], [("best", 2), ("worst", 1)]),
        ([0.7], [1], [("best", 0)]),
        ([0.0], [0], []),
        ([], [], []),
    ],
)
def test_the_best_the_median_and_the_worst(
    f1s: list[float], num_truths: list[int], expected: list[tuple[str, int]]
) -> None:
    assert choose_places(f1s, num_truths) == expected


def test_of_equally_bad_places_the_fullest_is_the_worst() -> None:
    places = dict(choose_places([0.0, 0.0, 1.0, 0.5], [1, 5, 2, 3]))
    assert (places["worst"], places["best"], places["median"]) == (1, 2, 3)


def test_files_are_named_with_their_hash(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_bytes(b"abc")
    facts = dict(describe_files([("predictions", file), ("none", None)], [("raster", "o.tif")]))
    assert facts["predictions"] == str(file)
    assert facts["sha256 of p.json"].startswith("ba7816bf8f01cfea")
    assert (facts["raster"], facts["geoseg"]) == ("o.tif", geoseg.__version__)
    assert "none" not in facts
    assert facts["made"].endswith("+00:00")


def test_scores_are_explained_by_their_names() -> None:
    rows = explain_scores(CocoScores(0.75, 0.8, 0.5, 0.7, 0.5, 0.72, 0.4, 0.1, 20, 1900, 188))
    named = {row.name: row for row in rows}
    assert named["AP@0.5"].value == "0.7500"
    assert named["predicted"].value == "1,900"
    assert "first figure" in named["AP@0.5"].meaning
    assert named["F1 at 0.50"].meaning != named["best F1 at 0.40"].meaning


OUTLINES = PolygonScores(0.8, 0.7, 0.6, 1.0, 0.4, 2.0, 1.2, 30.0, 1, 2, 0.9, 0.8)
FIGURES = dict.fromkeys(CocoSummary.__dataclass_fields__, 0.5)


@pytest.mark.parametrize(
    "scores",
    [
        CocoScores(
            0.75, 0.8, 0.5, 0.7, 0.5, 0.72, 0.4, 0.1, 20, 1900, 188,
            coco=CocoSummary(**FIGURES),
            official=CocoSummary(**{**FIGURES, "ap_small": 0.4}),
            polygons=OUTLINES,
        ),
        VectorScores(0.7, 4, 5, 3, 0.75, 0.6, 0.67, 0.8, 0.5, 0, 1, OUTLINES, []),
    ],
)  # fmt: skip
def test_every_score_is_explained(scores: CocoScores | VectorScores) -> None:
    rows = explain_scores(scores)
    assert len(rows) > 15
    assert [row.name for row in rows if not row.meaning] == []
    # Only figures of one kind share an explanation.
    named = {row.name: row.meaning for row in rows}
    for one, other in (("COCO AP", "COCO AP75"), ("AP@0.5", "COCO AP"), ("F1", "F1 at 0.50")):
        if one in named and other in named:
            assert named[one] != named[other]
