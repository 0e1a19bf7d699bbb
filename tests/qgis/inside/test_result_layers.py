"""Layers of results: features, styles, groups, metadata, and the field for reviewing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from osgeo import ogr, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRenderContext,
    QgsVectorLayer,
)

from geoseg_qgis.engine.events import FootprintsFound, FoundFootprint
from geoseg_qgis.features import FeatureMaker, make_footprint_layer, parse_crs
from geoseg_qgis.result_layers import (
    STYLES_FOLDER,
    add_result_group,
    apply_style,
    ensure_review_field,
    load_results,
    make_live_layer,
    write_origin,
)

UTM = QgsCoordinateReferenceSystem("EPSG:32636")
SQUARE = QgsGeometry.fromWkt("POLYGON((0 0,10 0,10 10,0 10,0 0))")


@pytest.fixture
def project() -> Iterator[QgsProject]:
    project = QgsProject.instance()
    project.clear()
    yield project
    project.clear()


def _found(*scores: float) -> FootprintsFound:
    wkb = bytes(SQUARE.asWkb())
    footprints = (FoundFootprint(n, wkb, score, 84.25) for n, score in enumerate(scores, 1))
    return FootprintsFound("EPSG:32636", tuple(footprints))


def _write_gpkg(path: Path) -> Path:
    driver = ogr.GetDriverByName("GPKG")
    dataset = driver.CreateDataSource(str(path))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32636)
    layer = dataset.CreateLayer("found", reference, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("id", ogr.OFTInteger64))
    layer.CreateField(ogr.FieldDefn("score", ogr.OFTReal))
    for number in range(3):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("id", number + 1)
        feature.SetField("score", 0.4 + number / 4)
        feature.SetGeometry(ogr.CreateGeometryFromWkt(SQUARE.asWkt()))
        layer.CreateFeature(feature)
    return path


def _legend(layer: QgsVectorLayer) -> list[str]:
    return [str(item.label()) for item in layer.renderer().legendSymbolItems()]


def _colour_of(layer: QgsVectorLayer, feature: QgsFeature) -> str:
    renderer, context = layer.renderer().clone(), QgsRenderContext()
    context.expressionContext().setFields(layer.fields())
    context.expressionContext().setFeature(feature)
    renderer.startRender(context, layer.fields())
    symbol = renderer.symbolForFeature(feature, context)
    name = "" if symbol is None else str(symbol.symbolLayer(1).strokeColor().name())
    renderer.stopRender(context)
    return name


def test_footprints_become_features_with_their_attributes() -> None:
    (feature,) = FeatureMaker().make_features(_found(0.91))
    assert feature.attributes() == [1, 0.91, 84.25, "to review"]
    assert feature.geometry().area() == pytest.approx(100)
    layer = make_live_layer(UTM)
    assert layer.dataProvider().addFeatures([feature])[0]
    assert layer.crs() == UTM
    assert [one["score"] for one in layer.getFeatures()] == [0.91]


def test_what_is_no_polygon_is_left_out() -> None:
    found = FootprintsFound("EPSG:32636", (FoundFootprint(1, b"rubbish", 0.5, 1.0),))
    assert FeatureMaker().make_features(found) == []


def test_a_crs_is_understood_as_code_and_as_wkt() -> None:
    wkt = UTM.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT2_2019)
    assert parse_crs("EPSG:32636") == UTM
    assert parse_crs(wkt) == UTM
    assert not parse_crs("nonsense").isValid()


def test_low_scores_look_different_from_high_ones() -> None:
    layer = make_live_layer(UTM)
    assert len(_legend(layer)) == 5
    features = FeatureMaker().make_features(_found(0.44, 0.6, 0.7, 0.85, 0.95, 1.0))
    colours = [_colour_of(layer, one) for one in features]
    assert len(set(colours)) == 5
    assert "" not in colours
    assert colours[4] == colours[5]


def test_every_review_status_has_its_look_and_a_choice_in_the_form() -> None:
    layer = make_live_layer(UTM)
    assert apply_style(layer, "review")
    assert _legend(layer) == ["to review", "accepted", "rejected", "edited"]
    (feature,) = FeatureMaker().make_features(_found(0.9))
    colours = []
    for value in ("to review", "accepted", "rejected", "edited"):
        feature["review"] = value
        colours.append(_colour_of(layer, feature))
    assert len(set(colours)) == 4
    # As in a file to which somebody else has added features.
    feature["review"] = None
    assert _colour_of(layer, feature) == colours[0]
    widget = layer.editorWidgetSetup(layer.fields().lookupField("review"))
    assert widget.type() == "ValueMap"
    assert [next(iter(one.values())) for one in widget.config()["map"]] == [
        "to review",
        "accepted",
        "rejected",
        "edited",
    ]


@pytest.mark.parametrize("name", ["score", "review"])
def test_styles_load_by_hand_without_a_message(name: str) -> None:
    layer = make_footprint_layer(UTM, "x")
    message, is_loaded = layer.loadNamedStyle(str(STYLES_FOLDER / f"{name}.qml"))
    assert is_loaded
    assert message == ""


def test_the_review_style_needs_its_field() -> None:
    layer = QgsVectorLayer("Polygon?crs=EPSG:32636&field=score:double", "x", "memory")
    assert not apply_style(layer, "review")
    assert apply_style(layer, "score")


def test_a_geopackage_gets_the_field_for_reviewing_once(tmp_path: Path) -> None:
    path = _write_gpkg(tmp_path / "gefunden ü.gpkg")
    (layer,), others = load_results([path])
    assert others == []
    assert [one["review"] for one in layer.getFeatures()] == ["to review"] * 3
    del layer
    assert ensure_review_field(path)
    with sqlite3.connect(path) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(found)")]
    connection.close()
    assert columns.count("review") == 1


def test_a_geopackage_that_is_no_one_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "broken.gpkg"
    path.write_text("rubbish")
    assert not ensure_review_field(path)
    assert load_results([path]) == ([], [path])
    assert path.read_text() == "rubbish"


def test_osm_files_are_named_and_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text("<osm version='0.6'/>")
    assert load_results([path]) == ([], [path])


def test_the_group_stands_right_above_the_raster(project: QgsProject, sample_raster: Path) -> None:
    top, raster = make_live_layer(UTM), QgsRasterLayer(str(sample_raster), "Bild")
    project.addMapLayer(raster)
    project.addMapLayer(top)
    layer = make_live_layer(UTM)
    group = add_result_group(project, "Buildings: Bild", [layer], raster)
    names = [one.name() for one in project.layerTreeRoot().children()]
    assert names == [top.name(), "Buildings: Bild", "Bild"]
    assert group.findLayer(layer.id()) is not None
    assert project.mapLayer(layer.id()) is layer


def test_the_group_follows_a_raster_that_is_in_a_group(
    project: QgsProject, sample_raster: Path
) -> None:
    raster = QgsRasterLayer(str(sample_raster), "Bild")
    project.addMapLayer(raster, False)
    folder = project.layerTreeRoot().addGroup("Imagery")
    folder.addLayer(raster)
    add_result_group(project, "Buildings", [make_live_layer(UTM)], raster)
    assert [one.name() for one in folder.children()] == ["Buildings", "Bild"]


def test_without_its_raster_the_group_is_on_top(project: QgsProject) -> None:
    project.addMapLayer(make_live_layer(UTM))
    add_result_group(project, "Buildings", [make_live_layer(UTM)], None)
    assert project.layerTreeRoot().children()[0].name() == "Buildings"


def test_the_origin_is_in_the_metadata() -> None:
    layer = make_live_layer(UTM)
    origin = {
        "geoseg_version": "0.1.0",
        "model": "geoseg-buildings",
        "weights_sha256": "6d38",
        "raster": "ortho.tif",
        "raster_date": "2024-03-01",
        "created": "2026-11-30T19:35:07+00:00",
        "config": {"detect.views": 4},
    }
    write_origin(layer, origin)
    metadata = layer.metadata()
    assert metadata.title() == "Buildings in ortho.tif"
    assert "geoseg 0.1.0" in metadata.abstract()
    assert any("2024-03-01" in line for line in metadata.history())
    assert "detect.views: 4" in metadata.history()
    assert "licence of the imagery is not known" in metadata.rights()[0]


def test_an_origin_with_nothing_in_it_is_no_error() -> None:
    layer = make_live_layer(UTM)
    write_origin(layer, {})
    assert layer.metadata().title() == layer.name()
