from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result

from geoseg.cli.main import cli


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)])


def _write(path: Path, *corners: float) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"score": 0.9},
            "geometry": json.loads(shapely.to_geojson(shapely.box(x, 27, x + 1e-4, 27 + 1e-4))),
        }
        for x in corners
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    return _write(tmp_path / "truth.geojson", 85.0, 85.001)


@pytest.fixture
def pred(tmp_path: Path) -> Path:
    return _write(tmp_path / "pred.geojson", 85.0, 85.002)


def test_table_goes_to_standard_output(pred: Path, truth: Path) -> None:
    result = _run(pred, truth)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    table = dict(line.rsplit(maxsplit=1) for line in result.stdout.splitlines())
    assert (table["precision"], table["recall"], table["F1"]) == ("0.5000", "0.5000", "0.5000")


def test_json_on_standard_output_replaces_the_table(pred: Path, truth: Path) -> None:
    result = _run(pred, truth, "--json", "-")
    assert json.loads(result.stdout)["num_matched"] == 1


def test_json_and_csv_are_written_and_not_overwritten(
    pred: Path, truth: Path, tmp_path: Path
) -> None:
    files = ["--json", tmp_path / "s.json", "--csv", tmp_path / "b.csv"]
    result = _run(pred, truth, *files)
    assert result.exit_code == 0, result.output
    assert "precision" in result.stdout
    assert json.loads((tmp_path / "s.json").read_text())["precision"] == 0.5
    with (tmp_path / "b.csv").open(newline="") as file:
        assert len(list(csv.reader(file))) == 5

    again = _run(pred, truth, *files)
    assert again.exit_code == 1
    assert again.stdout == ""
    assert "exists" in again.stderr
    assert _run(pred, truth, *files, "--overwrite").exit_code == 0


def test_iou_and_area_of_interest_are_used(pred: Path, truth: Path, tmp_path: Path) -> None:
    aoi = _write(tmp_path / "aoi.geojson", 85.00001)
    scores = json.loads(_run(pred, truth, "--aoi", aoi, "--iou", 0.7, "--json", "-").stdout)
    assert (scores["num_pred"], scores["num_truth"], scores["iou"]) == (1, 1, 0.7)


def test_missing_file_is_one_line(truth: Path, tmp_path: Path) -> None:
    result = _run(tmp_path / "nowhere.gpkg", truth, "--csv", tmp_path / "b.csv")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "nowhere.gpkg: no such file" in result.stderr
    assert not (tmp_path / "b.csv").exists()


def test_one_file_for_both_outputs_is_a_usage_error(
    pred: Path, truth: Path, tmp_path: Path
) -> None:
    result = _run(pred, truth, "--csv", tmp_path / "b", "--json", tmp_path / "b")
    assert result.exit_code == 2


@pytest.fixture
def coco(tmp_path: Path) -> tuple[Path, Path]:
    square = [[10, 10, 20, 10, 20, 20, 10, 20]]
    label = {"id": 1, "image_id": 1, "category_id": 100, "segmentation": square}
    truth = {
        "images": [{"id": 1, "width": 30, "height": 30}],
        "categories": [{"id": 100, "name": "building"}],
        "annotations": [label],
    }
    (tmp_path / "annotation.json").write_text(json.dumps(truth))
    (tmp_path / "results.json").write_text(json.dumps([{**label, "score": 0.5}]))
    return tmp_path / "results.json", tmp_path / "annotation.json"


def test_f1_of_coco_results_is_counted_at_a_score(coco: tuple[Path, Path]) -> None:
    pred, truth = coco
    low, high = (
        _run(pred, truth.parent, "--score", score).stdout.splitlines() for score in (0.5, 0.6)
    )
    assert low[2:6] == [
        "COCO AP            1.0000",
        "F1 at 0.50         1.0000",
        "best F1 at 0.50    1.0000",
        "calib. error       0.5000",
    ]
    assert high[3:5] == ["F1 at 0.60         0.0000", "best F1 at 0.50    1.0000"]
    # Without one it is the bundled model's.
    assert 0 < json.loads(_run(pred, truth, "--json", "-").stdout)["score"] < 1


def test_a_score_does_not_go_with_vector_files(pred: Path, truth: Path) -> None:
    result = _run(pred, truth, "--score", 0.5)
    assert result.exit_code == 2
    assert "--score goes with COCO results" in result.stderr


def test_coco_results_are_known_by_their_content(coco: tuple[Path, Path]) -> None:
    result = _run(*coco)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[:2] == [
        "AP@0.5             1.0000",
        "AR@0.5             1.0000",
    ]
    assert json.loads(_run(*coco, "--json", "-").stdout)["ar50"] == 1


@pytest.mark.parametrize("option", [["--aoi", "a"], ["--csv", "c"], ["--iou", "0.7"]])
def test_options_for_vector_files_do_not_go_with_coco_results(
    coco: tuple[Path, Path], option: list[str]
) -> None:
    result = _run(*coco, *option)
    assert result.exit_code == 2
    assert "go with vector files" in result.stderr


def test_some_images_are_scored_beside_all(coco: tuple[Path, Path], tmp_path: Path) -> None:
    pred, truth = coco
    content = json.loads(truth.read_text())
    content["images"] = [
        {**content["images"][0], "file_name": "a.jpg"},
        {"id": 2, "width": 30, "height": 30, "file_name": "b.jpg"},
    ]
    content["annotations"].append({**content["annotations"][0], "id": 2, "image_id": 2})
    truth.write_text(json.dumps(content))
    (tmp_path / "clean.txt").write_text("# one\na.jpg\n")
    result = _run(pred, truth, "--only", tmp_path / "clean.txt")
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0] == ["all", "images", "listed", "images"]
    assert lines[2] == ["AR@0.5", "0.5000", "1.0000"]
    outlines = _run(pred, truth, "--only", tmp_path / "clean.txt", "--polygons")
    lines = [line.split() for line in outlines.stdout.splitlines()]
    assert ["mean", "IoU", "1.0000", "1.0000"] in lines
    assert ["image", "IoU", "0.5000", "1.0000"] in lines


def test_two_predictions_files_are_compared(coco: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text("[]")
    options = ["--against", tmp_path / "none.json", "--bootstrap", 20, "--seed", 1]
    result = _run(*coco, *options)
    assert result.exit_code == 0, result.output
    assert "results.json  none.json  difference" in result.stdout
    values = json.loads(_run(*coco, *options, "--json", "-").stdout)
    assert values["difference"]["ap50"] == pytest.approx(1)
    assert values["difference"]["num_resamples"] == 20
    assert values["against"]["num_pred"] == 0
    missing = _run(*coco, "--against", tmp_path / "nowhere.json")
    assert missing.exit_code == 1
    assert "nowhere.json: no such file" in missing.stderr


def test_another_category_is_one_line_unless_it_is_overruled(coco: tuple[Path, Path]) -> None:
    pred, truth = coco
    pred.write_text(pred.read_text().replace('"category_id": 100', '"category_id": 1'))
    result = _run(pred, truth)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "got 1, which is not in [100]" in result.stderr
    assert _run(pred, truth, "--category", 100).stdout.startswith("AP@0.5             1.0000")


@pytest.mark.parametrize(
    ("option", "flag"),
    [
        (["--only", "a"], "--only"),
        (["--against", "b"], "--against"),
        (["--bootstrap", "9"], "--bootstrap"),
        (["--polygons"], "--polygons"),
        (["--gsd", "0.3"], "--gsd"),
    ],
)
def test_options_for_coco_results_do_not_go_with_vector_files(
    pred: Path, truth: Path, option: list[str], flag: str
) -> None:
    result = _run(pred, truth, *option)
    assert result.exit_code == 2
    assert f"{flag} goes with COCO results" in result.stderr


def test_the_result_event_is_what_json_holds(pred: Path, truth: Path, tmp_path: Path) -> None:
    files = ["--json", tmp_path / "s.json", "--csv", tmp_path / "b.csv"]
    result = _run(pred, truth, *files, "--progress", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    (event,) = map(json.loads, result.stdout.splitlines())
    assert (event.pop("v"), event.pop("event")) == (1, "result")
    assert event.pop("outputs") == [str(tmp_path / "b.csv"), str(tmp_path / "s.json")]
    assert event == json.loads((tmp_path / "s.json").read_text())
    assert event["num_matched"] == 1


def test_an_error_is_an_event_too(truth: Path) -> None:
    result = _run("absent.gpkg", truth, "--progress", "json")
    assert result.exit_code == 1
    (event,) = map(json.loads, result.stdout.splitlines())
    assert (event["event"], event["message"]) == ("error", "absent.gpkg: no such file.")


def test_scores_and_events_do_not_share_standard_output(pred: Path, truth: Path) -> None:
    result = _run(pred, truth, "--json", "-", "--progress", "json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "exclude each other" in result.stderr
