"""One clear sentence for every parameter that does not do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from geoseg_qgis.toolbox.provider import GeosegProvider


@pytest.fixture
def check(provider: GeosegProvider) -> Any:
    """What the named algorithm says of parameters; "" where it has nothing to say."""

    def ask(name: str, **parameters: Any) -> str:
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(f"geoseg:{name}")
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        is_good, problem = algorithm.checkParameterValues(parameters, context)
        assert is_good == (not problem)
        assert "\n" not in problem
        return str(problem)

    return ask


@pytest.fixture
def good(sample_raster: Path, tmp_path: Path) -> dict[str, Any]:
    return {"INPUT": str(sample_raster), "OUTPUT": str(tmp_path / "a.gpkg"), "VIEWS": "1"}


POLYGONS = "Polygon?crs=EPSG:32636"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, ""),
        ({"SCORE": 0.5, "BANDS": "3, 2,1", "DEVICE": "gpu:1"}, ""),
        ({"INPUT": "/absent.tif"}, "absent.tif"),
        ({"SCORE": 1.5}, "SCORE"),
        ({"BANDS": "1,2"}, "one number or three"),
        ({"BANDS": "red"}, "one number or three"),
        ({"WEIGHTS": "/absent/model.npz"}, "There is no model /absent/model.npz"),
        ({"DEVICE": "tpu"}, "auto, cpu, gpu or gpu:N; got tpu"),
        ({"VIEWS": "3"}, "VIEWS"),
        ({"OUTPUT": "/tmp/a.dxf"}, ".gpkg, .geojson"),
        ({"OUTPUT": "/absent/a.gpkg"}, "none at /absent"),
        ({"OSM": "/tmp/a.xml"}, "must end in .osm; got /tmp/a.xml"),
        ({"EXTENT": "5,5,7,7 [EPSG:32636]"}, "is empty"),
    ],
)
def test_extract_buildings(check: Any, good: dict[str, Any], more: Any, words: str) -> None:
    problem = check("extractbuildings", **{**good, **more})
    assert words in problem
    assert bool(problem) == bool(words)


def test_the_raster_is_not_overwritten(
    check: Any, good: dict[str, Any], sample_truth: Path, tmp_path: Path
) -> None:
    # A raster in a GeoPackage, whose result would be one, too.
    path = str(tmp_path / "ortho.gpkg")
    gdal.Translate(path, good["INPUT"], format="GPKG").FlushCache()
    assert "must not replace the raster" in check(
        "extractbuildings", INPUT=path, OUTPUT=path, VIEWS="1"
    )


def test_a_raster_without_a_crs_is_refused(check: Any, good: dict[str, Any]) -> None:
    layer = QgsRasterLayer(good["INPUT"], "Luftbild")
    layer.setCrs(QgsCoordinateReferenceSystem())
    QgsProject.instance().addMapLayer(layer)
    assert "Luftbild" in check("extractbuildings", **{**good, "INPUT": layer.id()})
    QgsProject.instance().removeMapLayer(layer.id())


def test_an_extent_and_an_area_are_too_much(
    check: Any, good: dict[str, Any], sample_truth: Path
) -> None:
    both = {"EXTENT": "0,1,0,1 [EPSG:4326]", "AREA": str(sample_truth)}
    assert "not both" in check("extractbuildings", **good, **both)


def test_tiles_overlap_by_less_than_their_side(
    check: Any, good: dict[str, Any], tmp_path: Path
) -> None:
    good["OUTPUT"] = str(tmp_path / "tiles")
    sizes = {"TILE_SIZE": 100, "OVERLAP": 100}
    assert "less than a tile; got 100 and 100" in check("tileraster", **good, **sizes)
    assert check("tileraster", **good, TILE_SIZE=100, OVERLAP=50) == ""


def test_a_folder_with_something_in_it_is_not_overwritten(
    check: Any, good: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "something").touch()
    good["OUTPUT"] = str(tmp_path)
    assert "new or empty" in check("tileraster", **good)


def test_a_layer_without_a_review_is_exported_as_all(
    check: Any, sample_truth: Path, tmp_path: Path
) -> None:
    parameters = {"INPUT": str(sample_truth), "OUTPUT": str(tmp_path / "a.osm")}
    assert "no field review" in check("exportosm", **parameters, REVIEW="accepted")
    assert check("exportosm", **parameters, REVIEW="all") == ""
    bare = QgsVectorLayer("Polygon?crs=EPSG:32636", "bare", "memory")
    QgsProject.instance().addMapLayer(bare)
    scored = {**parameters, "INPUT": bare.id(), "REVIEW": "all", "SCORE": 0.5}
    assert "no field score" in check("exportosm", **scored)
    QgsProject.instance().removeMapLayer(bare.id())
    parameters["OUTPUT"] = str(tmp_path / "a.gpkg")
    assert ".osm" in check("exportosm", **parameters, REVIEW="all")


def test_both_layers_of_an_evaluation_need_a_crs(check: Any, sample_truth: Path) -> None:
    nowhere = QgsVectorLayer("Polygon", "nirgends", "memory")
    nowhere.setCrs(QgsCoordinateReferenceSystem())
    QgsProject.instance().addMapLayer(nowhere)
    problem = check("evaluate", INPUT=nowhere.id(), TRUTH=str(sample_truth))
    assert "nirgends has none" in problem
    QgsProject.instance().removeMapLayer(nowhere.id())
    assert check("evaluate", INPUT=str(sample_truth), TRUTH=str(sample_truth)) == ""


def test_a_training_needs_something_to_learn_from(
    check: Any, sample_raster: Path, sample_truth: Path, tmp_path: Path
) -> None:
    output = {"OUTPUT": str(tmp_path / "run"), "START": "bundled", "STEPS": 10}
    assert "something to learn from" in check("train", **output)
    assert "belong together" in check("train", **output, RASTER=str(sample_raster))
    pair = {"RASTER": str(sample_raster), "LABELS": str(sample_truth)}
    assert check("train", **output, **pair) == ""
    assert "annotation.json" in check("train", **output, DATA=str(tmp_path))
    assert "no weights" in check("train", **output, **pair, START_WEIGHTS="/absent.npz")
