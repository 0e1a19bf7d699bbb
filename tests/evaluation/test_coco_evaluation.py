from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from geoseg.evaluation import CocoRequest, evaluate_coco, evaluate_predictions, format_evaluation
from tests.evaluation.coco_sets import make_set

ONLY = frozenset(f"{one:012d}.jpg" for one in (1, 3, 4, 8, 9))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return make_set(tmp_path, 6)


@pytest.fixture
def other(files: tuple[Path, Path], tmp_path: Path) -> Path:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(json.loads(files[0].read_text())[::2]))
    return path


def read_table(text: str) -> dict[str, list[str]]:
    """Cells by the name of the row; the heading is that of the first column."""
    rows = [re.split(r"\s{2,}", line) for line in text.splitlines()]
    return {row[0]: row[1:] for row in rows}


def test_all_images_and_some_are_scored_in_one_run(files: tuple[Path, Path]) -> None:
    evaluation = evaluate_coco(*files, CocoRequest(only=ONLY, score=0.4))
    assert evaluation.every.scores == evaluate_predictions(*files, score=0.4)
    assert evaluation.only is not None
    assert evaluation.only.scores == evaluate_predictions(*files, score=0.4, only=ONLY)
    table = read_table(format_evaluation(evaluation))
    assert table[""] == ["all images", "listed images"]
    assert table["AP@0.5"] == [
        f"{evaluation.every.scores.ap50:.4f}",
        f"{evaluation.only.scores.ap50:.4f}",
    ]
    assert table["images"] == ["12", "5"]
    assert "official COCO AP small" in table
    assert "official AP@0.5" not in table
    values = evaluation.to_dict()
    assert values["only"]["num_images"] == 5
    assert values["coco"]["ap50"] == values["ap50"]
    json.dumps(values, allow_nan=False)


def test_scores_alone_are_a_table_of_two_columns(files: tuple[Path, Path]) -> None:
    evaluation = evaluate_coco(*files)
    lines = format_evaluation(evaluation).splitlines()
    assert lines[0].split() == ["AP@0.5", f"{evaluation.every.scores.ap50:.4f}"]
    assert {"only", "against", "intervals"} & set(evaluation.to_dict()) == set()


def test_intervals_stand_beside_the_two_figures(files: tuple[Path, Path]) -> None:
    evaluation = evaluate_coco(*files, CocoRequest(only=ONLY, num_resamples=50))
    intervals = evaluation.every.intervals
    assert intervals is not None
    table = read_table(format_evaluation(evaluation))
    assert table["AR@0.5"][1] == f"{intervals.ar50.low:.4f} to {intervals.ar50.high:.4f}"
    assert len(table["AP@0.5"]) == 4
    assert len(table["COCO AP"]) == 2
    assert evaluation.to_dict()["intervals"]["num_resamples"] == 50


def test_two_files_are_compared_in_both_sets(files: tuple[Path, Path], other: Path) -> None:
    request = CocoRequest(only=ONLY, against=other, num_resamples=60, seed=2)
    evaluation = evaluate_coco(*files, request)
    against = evaluate_predictions(other, files[1])
    assert evaluation.every.against == against
    assert evaluation.every.difference is not None
    assert evaluation.every.difference.ap50 == evaluation.every.scores.ap50 - against.ap50
    first, second = format_evaluation(evaluation, "a.json", "b.json").split("\n\n")
    table = read_table(first)
    assert table["all images"][:3] == ["a.json", "b.json", "difference"]
    row = table["AR@0.5"]
    assert float(row[2]) == pytest.approx(float(row[0]) - float(row[1]), abs=2e-4)
    assert row[4].endswith("%")
    assert second.startswith("listed images")
    assert evaluation.to_dict()["only"]["difference"]["seed"] == 2


def test_what_is_not_there_is_a_dash(tmp_path: Path) -> None:
    """No object is large where all are cut out of a small image."""
    pred, truth = make_set(tmp_path, 6, num_images=1, most=1)
    table = read_table(format_evaluation(evaluate_coco(pred, truth, CocoRequest(num_resamples=5))))
    assert "-" in {table[f"COCO AP {size}"][0] for size in ("small", "medium", "large")}
