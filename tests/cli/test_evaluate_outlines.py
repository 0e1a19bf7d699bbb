"""Scores of outlines and the report, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result

from geoseg.cli.main import cli


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)])


def table_of(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.output
    return {
        name.strip(): value
        for name, value in (line.rsplit(maxsplit=1) for line in result.stdout.splitlines())
    }


@pytest.fixture
def vectors(tmp_path: Path) -> tuple[Path, Path]:
    """One true building of about 10 x 11 m, found 1e-5 degrees too far to the east."""
    for name, x in (("pred", 85.00001), ("truth", 85.0)):
        polygon = json.loads(shapely.to_geojson(shapely.box(x, 27, x + 1e-4, 27 + 1e-4)))
        feature = {"type": "Feature", "properties": {"score": 0.9}, "geometry": polygon}
        collection = {"type": "FeatureCollection", "features": [feature]}
        (tmp_path / f"{name}.geojson").write_text(json.dumps(collection))
    return tmp_path / "pred.geojson", tmp_path / "truth.geojson"


@pytest.fixture
def coco(tmp_path: Path) -> tuple[Path, Path]:
    shapes = {
        "annotations": [10, 10, 50, 10, 50, 50, 10, 50],
        "pred": [10, 10, 50, 10, 50, 54, 10, 54],
    }
    entries = {
        name: [{"id": 1, "image_id": 1, "category_id": 100, "score": 0.9, "segmentation": [ring]}]
        for name, ring in shapes.items()
    }
    truth = {
        "images": [{"id": 1, "width": 90, "height": 90, "file_name": "1.png"}],
        "categories": [{"id": 100, "name": "building"}],
        "annotations": entries["annotations"],
    }
    (tmp_path / "annotation.json").write_text(json.dumps(truth))
    (tmp_path / "results.json").write_text(json.dumps(entries["pred"]))
    return tmp_path / "results.json", tmp_path / "annotation.json"


def test_outlines_of_vector_files_are_always_scored(vectors: tuple[Path, Path]) -> None:
    table = table_of(run(*vectors))
    # A degree of longitude has 99 km here; half the corners are off.
    assert float(table["PoLiS, m"]) == pytest.approx(0.5 * 0.993, abs=0.01)
    assert float(table["C-IoU"]) == pytest.approx(9 / 11, abs=1e-3)
    assert (table["vertex ratio"], table["splits"], table["merges"]) == ("1.0000", "0", "0")
    values = json.loads(run(*vectors, "--json", "-").stdout)["polygons"]
    assert values["polis_m"] == pytest.approx(0.4965, abs=0.01)
    assert values["max_angle_error_deg"] is not None
    assert values["boundary_width_m"] == 1


def test_outlines_of_coco_results_are_scored_on_demand(coco: tuple[Path, Path]) -> None:
    assert "C-IoU" not in table_of(run(*coco))
    table = table_of(run(*coco, "--polygons", "--score", 0.5))
    assert float(table["C-IoU"]) == float(table["image C-IoU"]) == pytest.approx(10 / 11, abs=1e-4)
    # Two of the eight corners are 4 px off.
    assert table["PoLiS, px"] == "1.0000"
    assert "PoLiS, m" not in table
    table = table_of(run(*coco, "--polygons", "--score", 0.5, "--gsd", 0.3))
    assert table["PoLiS, m"] == "0.3000"


def test_the_report_is_written_and_not_overwritten(
    vectors: tuple[Path, Path], coco: tuple[Path, Path], tmp_path: Path
) -> None:
    for files in (vectors, coco):
        target = tmp_path / f"{files[0].stem}.html"
        result = run(*files, "--report", target)
        assert result.exit_code == 0, result.output
        assert "C-IoU" in result.stdout or files is coco
        page = target.read_text(encoding="utf-8")
        assert page.startswith("<!DOCTYPE html>")
        assert files[0].name in page
        again = run(*files, "--report", target)
        assert again.exit_code == 1
        assert "exists" in again.stderr
        assert run(*files, "--report", target, "--overwrite").exit_code == 0


def test_a_bad_raster_is_one_line_and_leaves_no_report(
    vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    result = run(*vectors, "--report", tmp_path / "r.html", "--raster", tmp_path / "none.tif")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "none.tif" in result.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("vectors", ["--polygons"], "goes with COCO results"),
        ("vectors", ["--gsd", "0.3"], "goes with COCO results"),
        ("vectors", ["--report", "r.txt"], "must end in .html"),
        ("vectors", ["--report", "r.html", "--json", "r.html"], "must be different files"),
        ("vectors", ["--raster", "o.tif"], "--raster goes with --report"),
        ("coco", ["--raster", "o.tif", "--report", "r.html"], "go with vector files"),
    ],
)
def test_options_that_do_not_go_together_are_usage_errors(
    kind: str, options: list[str], message: str, request: pytest.FixtureRequest
) -> None:
    result = run(*request.getfixturevalue(kind), *options)
    assert result.exit_code == 2
    assert message in result.stderr
