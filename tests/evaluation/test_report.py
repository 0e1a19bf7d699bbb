from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from geoseg.evaluation import (
    BuildingRow,
    PolygonScores,
    VectorScores,
    format_scores,
    write_buildings_csv,
    write_scores_json,
)

SCORES = VectorScores(
    iou=0.5,
    num_pred=4,
    num_truth=5,
    num_matched=3,
    precision=0.75,
    recall=0.6,
    f1=2 / 3,
    mean_iou=0.81234,
    ap=0.5,
    num_repaired_pred=0,
    num_repaired_truth=1,
    polygons=PolygonScores(0.81234, 0.7, 0.6, 1.0, 0.45, None, 1.25, 12.5, 1, 2),
    buildings=[
        BuildingRow("pred", 1, "w7", 0.81234, 0.9, 55.123),
        BuildingRow("truth", "w7", 1, 0.81234, None, 60.0),
    ],
)


def test_table_has_one_score_a_line() -> None:
    lines = format_scores(SCORES).splitlines()
    table = {line[:15].strip(): line[15:].strip() for line in lines}
    assert table["precision"] == "0.7500"
    assert table["recall"] == "0.6000"
    assert table["F1"] == "0.6667"
    assert table["AP50"] == "0.5000"
    assert table["matched"] == "3"
    assert (table["C-IoU"], table["boundary IoU"], table["PoLiS, m"]) == (
        "0.7000",
        "0.6000",
        "0.4500",
    )
    assert (table["vertex ratio"], table["max angle, deg"]) == ("1.2500", "12.5000")
    assert (table["splits"], table["merges"]) == ("1", "2")
    assert "PoLiS, px" not in table
    assert len({len(line) for line in lines}) == 1


def test_table_without_scores_has_no_average_precision() -> None:
    assert "AP" not in format_scores(VectorScores(**{**vars(SCORES), "ap": None}))


def test_csv_has_a_line_for_each_building(tmp_path: Path) -> None:
    write_buildings_csv(tmp_path / "b.csv", SCORES.buildings)
    with (tmp_path / "b.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["side", "id", "matched_id", "iou", "score", "area_m2"],
        ["pred", "1", "w7", "0.8123", "0.9000", "55.12"],
        ["truth", "w7", "1", "0.8123", "", "60.00"],
    ]


def test_json_is_one_object() -> None:
    file = io.StringIO()
    write_scores_json(file, SCORES)
    content = json.loads(file.getvalue())
    assert content["mean_iou"] == 0.81234
    assert content["polygons"]["polis_m"] == 0.45
    assert content["polygons"]["polis_px"] is None
