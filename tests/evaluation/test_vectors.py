from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoseg.crs import WGS84, local_metric_crs
from geoseg.errors import AoiError, ConfigError, VectorError
from geoseg.evaluation import evaluate_vectors
from geoseg.export import write_footprints
from geoseg.types import Footprints, Origin

METRIC = local_metric_crs(WGS84, 85.52, 27.63)


def _house(x: float, width: float = 10) -> shapely.Polygon:
    return shapely.box(x, 0, x + width, 10)


def _write(
    path: Path, *geometries: shapely.Geometry, crs: CRS | str = METRIC, **columns: object
) -> Path:
    frame = geopandas.GeoDataFrame(columns, geometry=list(geometries), crs=METRIC)
    frame = frame.to_crs(crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """Four houses of 100 m2."""
    return _write(tmp_path / "truth.gpkg", *(_house(x) for x in (0, 20, 40, 60)))


def test_scores_worked_by_hand(tmp_path: Path, truth: Path) -> None:
    # IoU 1, 0.8 and 0.3; one beside everything.
    houses = [_house(0), _house(20, 8), _house(40, 3), _house(90)]
    pred = _write(tmp_path / "pred.gpkg", *houses, score=[0.9, 0.6, 0.8, 0.7])
    scores = evaluate_vectors(pred, truth)
    assert (scores.num_pred, scores.num_truth, scores.num_matched) == (4, 4, 2)
    assert (scores.precision, scores.recall, scores.f1) == (0.5, 0.5, 0.5)
    assert scores.mean_iou == pytest.approx(0.9, abs=1e-4)
    # Precision 1 up to recall 1/4, then 2/4 up to 1/2: 26 and 25 of 101 points.
    assert scores.ap == pytest.approx((26 + 25 * 0.5) / 101)
    assert evaluate_vectors(pred, truth, iou=0.25).num_matched == 3


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("pred.geojson", "EPSG:4326"),
        ("pred.shp", "EPSG:3857"),
        ("pred.fgb", "EPSG:32645"),
        ("pred.parquet", "EPSG:4326"),
    ],
)
def test_formats_and_crs_make_no_difference(
    tmp_path: Path, truth: Path, name: str, crs: str
) -> None:
    pred = _write(tmp_path / name, *(_house(x) for x in (0, 20, 40, 60)), crs=crs)
    scores = evaluate_vectors(pred, truth)
    assert scores.f1 == 1
    assert scores.mean_iou == pytest.approx(1, abs=1e-4)
    assert scores.ap is None
    assert scores.buildings[0].area_m2 == pytest.approx(100, rel=1e-4)


def test_osm_files_that_geoseg_writes_can_be_read(tmp_path: Path, truth: Path) -> None:
    polygons = np.array([_house(0), _house(20)])
    footprints = Footprints(polygons, np.ones(2, np.float32), shapely.area(polygons), METRIC)
    write_footprints(tmp_path / "b.osm", footprints, Origin("0.1.0", "m", "", "r", "", "", {}))
    scores = evaluate_vectors(tmp_path / "b.osm", truth)
    assert (scores.num_pred, scores.num_matched) == (2, 2)


def test_area_of_interest_counts_centroids_on_both_sides(tmp_path: Path, truth: Path) -> None:
    pred = _write(tmp_path / "pred.gpkg", *(_house(x) for x in (0, 20, 90)))
    # The third centroid, at 45, lies just outside.
    aoi = _write(tmp_path / "aoi.geojson", shapely.box(-5, -5, 44, 15), crs="EPSG:4326")
    scores = evaluate_vectors(pred, truth, aoi)
    assert (scores.num_pred, scores.num_truth, scores.num_matched) == (2, 2, 2)


def test_multipolygons_count_by_their_parts(tmp_path: Path, truth: Path) -> None:
    pair = shapely.MultiPolygon([_house(0), _house(20)])
    pred = _write(tmp_path / "pred.gpkg", pair, id=[17])
    scores = evaluate_vectors(pred, truth)
    assert (scores.num_pred, scores.num_matched) == (2, 2)
    assert [row.id for row in scores.buildings if row.side == "pred"] == [17, 17]


def test_invalid_polygons_are_repaired_and_counted(tmp_path: Path, truth: Path) -> None:
    # A bow tie whose larger half is most of the first house.
    bow = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (-1, -1), (-1, 0), (0, 0)])
    tie = shapely.Polygon([(20, 0), (30, 10), (30, 0), (20, 10)])
    pred = _write(tmp_path / "pred.gpkg", bow, tie)
    scores = evaluate_vectors(pred, truth)
    assert (scores.num_repaired_pred, scores.num_repaired_truth) == (2, 0)
    assert (scores.num_pred, scores.num_matched) == (4, 1)


def test_rows_name_the_partners(tmp_path: Path, truth: Path) -> None:
    pred = _write(tmp_path / "pred.gpkg", _house(20, 8), _house(90), id=["a", "b"])
    rows = evaluate_vectors(pred, truth).buildings
    assert [(row.side, row.id, row.matched_id) for row in rows] == [
        ("pred", "a", 2),
        ("pred", "b", None),
        ("truth", 1, None),
        ("truth", 2, "a"),
        ("truth", 3, None),
        ("truth", 4, None),
    ]
    assert [row.iou for row in rows] == pytest.approx([0.8, 0, 0, 0.8, 0, 0], abs=1e-4)


def test_side_without_features_scores_zero(tmp_path: Path, truth: Path) -> None:
    empty = tmp_path / "none.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}')
    for scores in (evaluate_vectors(empty, truth), evaluate_vectors(truth, empty)):
        assert (scores.precision, scores.recall, scores.f1, scores.mean_iou) == (0, 0, 0, 0)
    assert evaluate_vectors(empty, empty).buildings == []


def test_missing_crs_is_an_error_that_names_the_file(tmp_path: Path, truth: Path) -> None:
    pred = _write(tmp_path / "pred.shp", _house(0))
    pred.with_suffix(".prj").unlink()
    with pytest.raises(VectorError, match=r"pred\.shp: must have a coordinate reference system"):
        evaluate_vectors(pred, truth)


def test_file_without_polygons_is_an_error(tmp_path: Path, truth: Path) -> None:
    pred = _write(tmp_path / "pred.gpkg", shapely.Point(0, 0))
    with pytest.raises(VectorError, match="must have polygons; got 1 other"):
        evaluate_vectors(pred, truth)


@pytest.mark.parametrize("name", ["nowhere.gpkg", "text.geojson", "text.parquet", "text.osm"])
def test_file_that_cannot_be_read_is_one_line(tmp_path: Path, truth: Path, name: str) -> None:
    (tmp_path / "text.geojson").write_text("no JSON")
    (tmp_path / "text.parquet").write_text("no Parquet")
    (tmp_path / "text.osm").write_text("no XML")
    with pytest.raises(VectorError, match=name) as caught:
        evaluate_vectors(tmp_path / name, truth)
    assert "\n" not in str(caught.value)


def test_empty_area_of_interest_is_an_error(tmp_path: Path, truth: Path) -> None:
    empty = tmp_path / "none.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(AoiError, match="must have polygons"):
        evaluate_vectors(truth, truth, empty)


@pytest.mark.parametrize("iou", [0, 1.01])
def test_iou_out_of_range_is_an_error(truth: Path, iou: float) -> None:
    with pytest.raises(ConfigError, match="iou must be"):
        evaluate_vectors(truth, truth, iou=iou)


def test_scores_are_plain_json(truth: Path) -> None:
    content = json.loads(json.dumps(evaluate_vectors(truth, truth).to_dict()))
    assert content["f1"] == 1
    assert "buildings" not in content


def test_real_labels_match_themselves(shared_data: Path) -> None:
    labels = shared_data / "banepa" / "buildings.geojson"
    area = shared_data / "banepa" / "labelled_area.geojson"
    scores = evaluate_vectors(labels, labels, area)
    assert scores.num_matched == scores.num_truth == 1343
