"""Algorithms that run geoseg itself, and their results."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import processing
import pytest
from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProject, QgsVectorLayer


def _read(path: str | Path) -> QgsVectorLayer:
    layer = QgsVectorLayer(str(path), Path(path).stem, "ogr")
    assert layer.isValid()
    return layer


def _shapes(path: str | Path) -> list[bytes]:
    return sorted(bytes(one.geometry().asWkb()) for one in _read(path).getFeatures())


@pytest.fixture(scope="module")
def by_command(geoseg_python: Path, sample_raster: Path, tmp_path_factory: Any) -> Path:
    """What the command line finds."""
    path = tmp_path_factory.mktemp("command") / "found.gpkg"
    words = ["predict", str(sample_raster), "-o", str(path), "-q"]
    subprocess.run([geoseg_python, "-I", "-X", "utf8", "-m", "geoseg", *words], check=True)
    return path


@pytest.fixture
def found(by_command: Path) -> Iterator[QgsVectorLayer]:
    layer = _read(by_command)
    QgsProject.instance().addMapLayer(layer)
    yield layer
    QgsProject.instance().removeMapLayer(layer.id())


def test_buildings_are_those_of_the_command_line(
    real_geoseg: Path, sample_raster: Path, by_command: Path, tmp_path: Path, feedback: Any
) -> None:
    output = tmp_path / "gefunden 1.gpkg"
    result = processing.run(
        "geoseg:extractbuildings",
        {"INPUT": str(sample_raster), "OUTPUT": str(output)},
        feedback=feedback,
    )
    assert _shapes(output) == _shapes(by_command)
    assert result["BUILDINGS"] == _read(by_command).featureCount() > 10
    assert _read(output).crs().authid() == "EPSG:32636"


def test_a_result_that_is_loaded_is_styled_and_can_be_reviewed(
    real_geoseg: Path, sample_raster: Path, tmp_path: Path, feedback: Any
) -> None:
    output = tmp_path / "geladen.gpkg"
    processing.runAndLoadResults(
        "geoseg:extractbuildings",
        {"INPUT": str(sample_raster), "OUTPUT": str(output)},
        feedback=feedback,
    )
    (layer,) = QgsProject.instance().mapLayers().values()
    assert len(layer.renderer().legendSymbolItems()) == 5
    assert layer.fields().lookupField("review") >= 0
    assert "sample.tif" in layer.metadata().title()
    QgsProject.instance().clear()


def test_an_extent_limits_what_is_found(
    real_geoseg: Path, sample_raster: Path, found: QgsVectorLayer, feedback: Any
) -> None:
    extent = found.extent()
    west, north = extent.xMinimum(), extent.yMaximum()
    result = processing.run(
        "geoseg:extractbuildings",
        {
            "INPUT": str(sample_raster),
            "EXTENT": f"{west},{west + 60},{north - 60},{north} [EPSG:32636]",
            "OUTPUT": "TEMPORARY_OUTPUT",
        },
        feedback=feedback,
    )
    assert 0 < result["BUILDINGS"] < found.featureCount()


def test_a_raster_is_tiled_with_the_selected_labels(
    real_geoseg: Path, sample_raster: Path, sample_truth: Path, tmp_path: Path, feedback: Any
) -> None:
    truth = _read(sample_truth)
    QgsProject.instance().addMapLayer(truth)
    truth.select([one.id() for one in truth.getFeatures()][:3])
    output = tmp_path / "Kacheln"
    result = processing.run(
        "geoseg:tileraster",
        {
            "INPUT": str(sample_raster),
            "LABELS": QgsProcessingFeatureSourceDefinition(truth.id(), True),
            "TILE_SIZE": 480,
            "OVERLAP": 0,
            "OUTPUT": str(output),
        },
        feedback=feedback,
    )
    QgsProject.instance().removeMapLayer(truth.id())
    assert (result["TILES"], result["NUM_LABELS"]) == (1, 3)
    assert (output / "annotation.json").is_file()


def test_the_truth_is_evaluated_as_perfect(
    real_geoseg: Path, sample_truth: Path, tmp_path: Path, feedback: Any
) -> None:
    report, csv = tmp_path / "Bericht ä.html", tmp_path / "table.csv"
    result = processing.run(
        "geoseg:evaluate",
        {
            "INPUT": str(sample_truth),
            "TRUTH": str(sample_truth),
            "REPORT": str(report),
            "CSV": str(csv),
        },
        feedback=feedback,
    )
    assert (result["PRECISION"], result["RECALL"], result["F1"]) == (1.0, 1.0, 1.0)
    assert result["MEAN_IOU"] == pytest.approx(1.0)
    assert result["NUM_TRUE"] == _read(sample_truth).featureCount()
    assert "<html" in report.read_text(encoding="utf-8")
    assert csv.read_text(encoding="utf-8").count("\n") > result["NUM_TRUE"]


def test_buildings_that_were_accepted_go_to_osm(
    real_geoseg: Path, found: QgsVectorLayer, tmp_path: Path, feedback: Any
) -> None:
    reviewed = found.materialize(_all())
    reviewed.dataProvider().addAttributes([_review_field()])
    reviewed.updateFields()
    index = reviewed.fields().lookupField("review")
    values = ["accepted", "edited", "rejected", "to review", None]
    changes = {
        one.id(): {index: values[number % 5]}
        for number, one in enumerate(list(reviewed.getFeatures())[:20])
    }
    assert reviewed.dataProvider().changeAttributeValues(changes)
    QgsProject.instance().addMapLayer(reviewed)
    output = tmp_path / "für JOSM.osm"
    result = processing.run(
        "geoseg:exportosm", {"INPUT": reviewed.id(), "OUTPUT": str(output)}, feedback=feedback
    )
    QgsProject.instance().removeMapLayer(reviewed.id())
    assert result["BUILDINGS"] == 8
    assert result["OUTPUT"] == str(output)
    text = output.read_text(encoding="utf-8")
    assert text.count('k="building"') == 8
    assert 'upload="never"' in text
    assert any("imports into OpenStreetMap" in line for line in feedback.warnings)


def test_selected_buildings_alone_go_to_osm(
    real_geoseg: Path, found: QgsVectorLayer, tmp_path: Path, feedback: Any
) -> None:
    found.select([one.id() for one in found.getFeatures()][:2])
    result = processing.run(
        "geoseg:exportosm",
        {
            "INPUT": QgsProcessingFeatureSourceDefinition(found.id(), True),
            "REVIEW": "all",
            "OUTPUT": str(tmp_path / "two.osm"),
        },
        feedback=feedback,
    )
    assert result["BUILDINGS"] == 2


@pytest.mark.slow
def test_a_model_is_trained_on_a_raster_with_labels(
    real_geoseg: Path, sample_raster: Path, sample_truth: Path, tmp_path: Path, feedback: Any
) -> None:
    found = subprocess.run(
        [real_geoseg, "-I", "-c", "import importlib.util as u; print(u.find_spec('tensorflow'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    if found.stdout.strip() == "None":
        pytest.skip("the environment of geoseg has no TensorFlow")
    result = processing.run(
        "geoseg:train",
        {
            "RASTER": str(sample_raster),
            "LABELS": str(sample_truth),
            "STEPS": 1,
            "BATCH_SIZE": 1,
            "OUTPUT": str(tmp_path / "run 1"),
        },
        feedback=feedback,
    )
    assert Path(result["WEIGHTS"]).is_file()
    assert result["NUM_STEPS"] == 1


def _all() -> Any:
    from qgis.core import QgsFeatureRequest

    return QgsFeatureRequest()


def _review_field() -> Any:
    from geoseg_qgis.features import make_review_field

    return make_review_field()


def test_qgis_process_finds_buildings_in_real_imagery(
    geoseg_python: Path, repository: Path, real_raster: Path, tmp_path: Path
) -> None:
    program = "/usr/bin/qgis_process.bin"
    if not Path(program).exists():
        pytest.skip("qgis_process is absent")
    profile = tmp_path / "profile"
    profile.mkdir()
    variables = {
        **os.environ,
        "QGIS_PLUGINPATH": str(repository / "qgis_plugin"),
        "QGIS_CUSTOM_CONFIG_PATH": str(profile),
        "QT_QPA_PLATFORM": "offscreen",
        "GEOSEG_PYTHON": str(geoseg_python),
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            [program, *words], env=variables, capture_output=True, text=True, timeout=110
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("plugins", "enable", "geoseg_qgis")
    output = tmp_path / "gefunden.gpkg"
    text = run(
        *("run", "geoseg:extractbuildings", "--"),
        *(f"INPUT={real_raster}", "SCORE=0.5", f"OUTPUT={output}"),
    )
    layer = _read(output)
    assert layer.featureCount() > 20
    assert f"BUILDINGS:\t{layer.featureCount()}" in text
