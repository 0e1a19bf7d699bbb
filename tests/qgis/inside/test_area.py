"""Areas as files that geoseg reads."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameters,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)

from geoseg_qgis.area import (
    Area,
    AreaError,
    make_layer_area,
    make_rectangle_area,
    make_source_area,
    write_area,
)

CONTEXT = QgsCoordinateTransformContext()
WGS84 = QgsCoordinateReferenceSystem("EPSG:4326")


def _make_layer(*shapes: str, crs: str = "EPSG:32636", kind: str = "Polygon") -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{kind}?crs={crs}", "Grenzen", "memory")
    features = []
    for wkt in shapes:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    layer.updateExtents()
    return layer


SQUARES = ("POLYGON((0 0,10 0,10 10,0 10,0 0))", "POLYGON((20 0,30 0,30 10,20 10,20 0))")


def _read(path: Path) -> QgsVectorLayer:
    layer = QgsVectorLayer(str(path), "written", "ogr")
    assert layer.isValid()
    return layer


def _write(area: Area, tmp_path: Path) -> QgsVectorLayer:
    path = tmp_path / "Gebiet ä.gpkg"
    write_area(area, path, CONTEXT)
    return _read(path)


def test_a_rectangle_is_one_polygon_in_its_own_crs(tmp_path: Path) -> None:
    layer = _write(make_rectangle_area(QgsRectangle(85, 27, 86, 28), WGS84, "map"), tmp_path)
    assert layer.crs() == WGS84
    (feature,) = layer.getFeatures()
    assert feature.geometry().boundingBox() == QgsRectangle(85, 27, 86, 28)


def test_all_features_count_where_none_is_selected(tmp_path: Path) -> None:
    layer = _write(make_layer_area(_make_layer(*SQUARES)), tmp_path)
    assert sorted(one.geometry().boundingBox().xMinimum() for one in layer.getFeatures()) == [0, 20]
    assert layer.crs().authid() == "EPSG:32636"


def test_selected_features_alone_count_where_there_are_any(tmp_path: Path) -> None:
    source = _make_layer(*SQUARES)
    source.select(2)
    layer = _write(make_layer_area(source), tmp_path)
    assert [one.geometry().boundingBox().xMinimum() for one in layer.getFeatures()] == [20]


def test_all_features_count_where_that_is_asked_for(tmp_path: Path) -> None:
    source = _make_layer(*SQUARES)
    source.select(2)
    assert _write(make_layer_area(source, only_selected=False), tmp_path).featureCount() == 2


def test_an_area_does_not_change_with_its_layer(tmp_path: Path) -> None:
    source = _make_layer(*SQUARES)
    area = make_layer_area(source)
    before = area.digest()
    source.dataProvider().truncate()
    assert area.digest() == before
    assert _write(area, tmp_path).featureCount() == 2


def test_the_digest_tells_areas_apart() -> None:
    one, other = _make_layer(SQUARES[0]), _make_layer(SQUARES[1])
    assert make_layer_area(one).digest() == make_layer_area(one).digest()
    assert make_layer_area(one).digest() != make_layer_area(other).digest()


def test_curves_and_heights_are_made_plain(tmp_path: Path) -> None:
    curve = "CURVEPOLYGON(CIRCULARSTRING(0 0, 5 5, 10 0, 5 -5, 0 0))"
    source = _make_layer(curve, kind="CurvePolygon")
    (feature,) = _write(make_layer_area(source), tmp_path).getFeatures()
    assert QgsWkbTypes.displayString(feature.geometry().wkbType()) == "MultiPolygon"
    assert feature.geometry().area() == pytest.approx(25 * 3.14159, rel=1e-3)
    high = _make_layer("POLYGONZ((0 0 7,10 0 7,10 10 7,0 0 7))", kind="PolygonZ")
    (feature,) = _write(make_layer_area(high), tmp_path).getFeatures()
    assert QgsWkbTypes.displayString(feature.geometry().wkbType()) == "MultiPolygon"


def test_the_extent_is_found_in_another_crs() -> None:
    area = make_rectangle_area(QgsRectangle(85, 27, 85.1, 27.1), WGS84, "map")
    extent = area.find_extent(QgsCoordinateReferenceSystem("EPSG:3857"), CONTEXT)
    assert extent.width() == pytest.approx(11131.95, abs=0.01)


def test_a_layer_without_polygons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AreaError, match="polygon layer"):
        make_layer_area(_make_layer("POINT(0 0)", kind="Point"))
    with pytest.raises(AreaError, match="holds no polygon"):
        write_area(make_layer_area(_make_layer()), tmp_path / "area.gpkg", CONTEXT)
    with pytest.raises(AreaError, match="holds no polygon"):
        make_layer_area(_make_layer()).find_extent(WGS84, CONTEXT)


def test_an_area_must_have_a_crs_and_a_size() -> None:
    nowhere = _make_layer(*SQUARES)
    nowhere.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(AreaError, match="must have a CRS"):
        make_layer_area(nowhere)
    with pytest.raises(AreaError, match="is empty"):
        make_rectangle_area(QgsRectangle(1, 1, 1, 5), WGS84, "map")


def test_nothing_selected_is_refused_where_the_selection_was_asked_for() -> None:
    with pytest.raises(AreaError, match="Nothing is selected"):
        make_layer_area(_make_layer(*SQUARES), only_selected=True)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    area = make_layer_area(_make_layer(*SQUARES))
    with pytest.raises(AreaError, match="absent"):
        write_area(area, tmp_path / "absent" / "area.gpkg", CONTEXT)


def test_a_processing_parameter_knows_its_selection(tmp_path: Path) -> None:
    source = _make_layer(*SQUARES)
    source.select(1)
    QgsProject.instance().addMapLayer(source)
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    found = QgsProcessingParameters.parameterAsSource(
        QgsProcessingParameterFeatureSource("AREA"),
        {"AREA": QgsProcessingFeatureSourceDefinition(source.id(), selectedFeaturesOnly=True)},
        context,
    )
    assert _write(make_source_area(found), tmp_path).featureCount() == 1
    QgsProject.instance().removeMapLayer(source.id())


def test_geoseg_reads_the_area(geoseg_python: Path, sample_raster: Path, tmp_path: Path) -> None:
    from qgis.core import QgsRasterLayer

    extent = QgsRasterLayer(str(sample_raster), "r").extent()
    half = QgsRectangle(extent)
    half.setXMaximum(extent.center().x())
    crs = QgsCoordinateReferenceSystem("EPSG:32636")
    path = tmp_path / "half.gpkg"
    write_area(make_rectangle_area(half, crs, "half"), path, CONTEXT)
    words = ["tile", str(sample_raster), "-o", str(tmp_path / "tiles"), "--aoi", str(path)]
    done = subprocess.run(
        [geoseg_python, "-I", "-X", "utf8", "-m", "geoseg", *words, "--progress", "json"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["event"] == "result"
    assert result["tiles"] > 0
