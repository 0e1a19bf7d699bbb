"""Extraction with geoseg itself: files, services that are copied first, areas, estimates."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from geoseg_qgis.area import make_rectangle_area
from geoseg_qgis.command_line import find_model_gsd, show_command
from geoseg_qgis.engine.errors import CommandCancelled, CommandFailed
from geoseg_qgis.engine.events import Event, FootprintsFound, StageStarted
from geoseg_qgis.extraction import Extraction
from geoseg_qgis.extraction_request import ExtractionOptions, ExtractionRequest
from geoseg_qgis.features import FeatureMaker, parse_crs
from geoseg_qgis.raster_input import RasterInput, read_layer


class Heard:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.lines: list[str] = []

    def on_event(self, event: Event) -> None:
        self.events.append(event)

    def on_log(self, line: str) -> None:
        self.lines.append(line)

    def stages(self) -> list[str]:
        return [one.stage for one in self.events if isinstance(one, StageStarted)]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def raster(sample_raster: Path) -> RasterInput:
    return read_layer(QgsRasterLayer(str(sample_raster), "Bild"))


@pytest.fixture
def copied_raster(sample_raster: Path) -> RasterInput:
    """The same, in a way that only QGIS opens."""
    layer = QgsRasterLayer(f"{sample_raster}|option:NUM_THREADS=1", "Dienst/1")
    found = read_layer(layer)
    assert found.must_be_copied
    return found


def never() -> bool:
    return False


def _shapes(path: Path) -> list[str]:
    """To a tenth of a millimetre: the copy's corner is one after a division."""
    layer = QgsVectorLayer(str(path), "x", "ogr")
    return sorted(one.geometry().asWkt(4) for one in layer.getFeatures())


def _as_multi(geometry: QgsGeometry) -> QgsGeometry:
    multi = QgsGeometry(geometry)
    multi.convertToMultiType()
    return multi


def _quarter(raster: RasterInput) -> QgsRectangle:
    extent = raster.extent
    return QgsRectangle(
        extent.xMinimum(), extent.yMinimum(), extent.center().x(), extent.center().y()
    )


def test_a_copied_raster_gives_the_same_buildings(
    geoseg_python: Path,
    raster: RasterInput,
    copied_raster: RasterInput,
    heard: Heard,
    tmp_path: Path,
) -> None:
    direct, copied = tmp_path / "direct.gpkg", tmp_path / "copied.gpkg"
    Extraction(ExtractionRequest(raster, outputs=(direct,)), geoseg_python).run(Heard(), never)
    request = ExtractionRequest(copied_raster, outputs=(copied,))
    # In another thread, as tasks do it.
    results: list[Any] = []
    thread = threading.Thread(
        target=lambda: results.append(Extraction(request, geoseg_python).run(heard, never))
    )
    thread.start()
    thread.join()
    assert results[0].buildings == len(_shapes(direct)) > 10
    assert _shapes(copied) == _shapes(direct)
    assert heard.stages() == ["fetch", "tiles"]
    (feature, *_) = QgsVectorLayer(str(copied), "x", "ogr").getFeatures()
    assert feature["raster"] == "Dienst_1.tif"


def test_footprints_are_told_as_they_stand_in_the_file(
    geoseg_python: Path, raster: RasterInput, heard: Heard, tmp_path: Path
) -> None:
    output = tmp_path / "found.gpkg"
    request = ExtractionRequest(raster, outputs=(output,), is_live=True)
    Extraction(request, geoseg_python).run(heard, never)
    found = [one for one in heard.events if isinstance(one, FootprintsFound)]
    assert {parse_crs(one.crs).authid() for one in found} == {"EPSG:32636"}
    told = {
        feature["id"]: feature for one in found for feature in FeatureMaker().make_features(one)
    }
    written = {one["id"]: one for one in QgsVectorLayer(str(output), "x", "ogr").getFeatures()}
    assert told.keys() == written.keys()
    for number, feature in written.items():
        assert told[number]["score"] == pytest.approx(feature["score"], abs=1e-4)
        assert told[number]["area_m2"] == pytest.approx(feature["area_m2"], abs=0.01)
        assert told[number].geometry().equals(_as_multi(feature.geometry()))


def test_a_result_in_memory_leaves_no_file(
    geoseg_python: Path,
    raster: RasterInput,
    heard: Heard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    area = make_rectangle_area(_quarter(raster), raster.crs, "Ausschnitt")
    request = ExtractionRequest(raster, area=area, is_live=True)
    result = Extraction(request, geoseg_python).run(heard, never)
    assert result.outputs == ()
    assert result.buildings > 0
    assert result.origin["model"]
    assert list(tmp_path.iterdir()) == []


def test_an_estimate_is_made_without_writing(
    geoseg_python: Path, raster: RasterInput, heard: Heard
) -> None:
    estimate = Extraction(ExtractionRequest(raster), geoseg_python).estimate(heard, never)
    assert estimate.tiles == 4
    assert estimate.tiles_per_s > 0
    assert estimate.seconds > 0
    assert estimate.fetch_px == 0
    assert estimate.gsd_m == pytest.approx(0.3, rel=0.01)


def test_the_estimate_of_a_service_counts_what_is_fetched(
    geoseg_python: Path, copied_raster: RasterInput, heard: Heard
) -> None:
    whole = Extraction(ExtractionRequest(copied_raster), geoseg_python).estimate(heard, never)
    assert whole.tiles == 4
    assert whole.fetch_px == 480 * 480
    assert whole.fetch_s > 0
    area = make_rectangle_area(_quarter(copied_raster), copied_raster.crs, "Ausschnitt")
    part = Extraction(ExtractionRequest(copied_raster, area=area), geoseg_python).estimate(
        heard, never
    )
    assert part.fetch_px == 240 * 240
    assert part.tiles == 1


def test_outputs_are_not_overwritten_unasked(
    geoseg_python: Path, raster: RasterInput, heard: Heard, tmp_path: Path
) -> None:
    output = tmp_path / "mine.geojson"
    output.write_text("mine")
    request = ExtractionRequest(raster, outputs=(output,), jobs_folder=tmp_path / "jobs")
    with pytest.raises(CommandFailed, match="exists"):
        Extraction(request, geoseg_python).run(heard, never)
    assert output.read_text() == "mine"


def test_a_cancel_before_the_command_is_a_cancel(
    geoseg_python: Path, copied_raster: RasterInput, heard: Heard, tmp_path: Path
) -> None:
    request = ExtractionRequest(copied_raster, outputs=(tmp_path / "a.gpkg",))
    with pytest.raises(CommandCancelled):
        Extraction(request, geoseg_python).run(heard, lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_the_bundled_model_has_its_pixel_size(geoseg_python: Path, tmp_path: Path) -> None:
    assert find_model_gsd(geoseg_python, None, is_cancelled=never) == 0.2
    with pytest.raises(CommandFailed, match="absent"):
        find_model_gsd(geoseg_python, str(tmp_path / "absent.npz"), is_cancelled=never)


def test_options_become_words_of_the_command() -> None:
    options = ExtractionOptions(score=0.6, views=4, gsd_m=0.3, bands=(4, 3, 2), weights="m.npz")
    line = show_command(["predict", "a b.tif", *options.words()])
    for part in ("'a b.tif'", "--score 0.6", "--views 4", "--gsd 0.3", "--bands 4,3,2"):
        assert part in line
    assert "--score" not in ExtractionOptions().words()


def test_a_crs_of_qgis_goes_to_the_command(
    geoseg_python: Path, sample_raster: Path, heard: Heard, tmp_path: Path
) -> None:
    layer = QgsRasterLayer(str(sample_raster), "Bild")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32637"))
    output = tmp_path / "found.gpkg"
    request = ExtractionRequest(read_layer(layer), outputs=(output,))
    Extraction(request, geoseg_python).run(heard, never)
    assert QgsVectorLayer(str(output), "x", "ogr").crs().authid() == "EPSG:32637"
