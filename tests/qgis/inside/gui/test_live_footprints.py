"""Footprints that go into a layer a few at a time."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsCoordinateReferenceSystem, QgsFeature, QgsGeometry, QgsVectorLayer

from geoseg_qgis.gui.live_footprints import LiveFootprints
from geoseg_qgis.result_layers import make_live_layer


def make_features(layer: QgsVectorLayer, count: int) -> list[QgsFeature]:
    features = []
    for number in range(count):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(f"MultiPolygon((({number} 0, 9 9, 0 9, 0 0)))"))
        feature.setAttributes([number, 0.5, 1.0, "to review"])
        features.append(feature)
    return features


def test_all_arrive_in_their_order_and_not_at_once(wait_until: Callable[..., None]) -> None:
    layer = make_live_layer(QgsCoordinateReferenceSystem("EPSG:32636"))
    live = LiveFootprints(layer)
    ended: list[int] = []
    live.drained.connect(lambda: ended.append(live.num_added))
    live.take(make_features(layer, 700))
    live.take(make_features(layer, 5))
    assert layer.featureCount() == 0
    wait_until(lambda: ended)
    assert ended == [705]
    ids = [feature["id"] for feature in layer.getFeatures()]
    assert ids == [*range(700), *range(5)]
    assert layer.extent().xMaximum() == 699


def test_a_refresh_comes_at_most_twice_a_second(wait_until: Callable[..., None]) -> None:
    layer = make_live_layer(QgsCoordinateReferenceSystem("EPSG:32636"))
    live = LiveFootprints(layer)
    drawn: list[int] = []
    layer.repaintRequested.connect(lambda *_: drawn.append(live.num_added))
    ended: list[bool] = []
    live.drained.connect(lambda: ended.append(True))
    live.take(make_features(layer, 3000))
    wait_until(lambda: ended)
    assert 1 <= len(drawn) <= 4
    assert drawn[-1] == 3000


def test_dropping_ends_it_at_once() -> None:
    layer = make_live_layer(QgsCoordinateReferenceSystem("EPSG:32636"))
    live = LiveFootprints(layer)
    live.take(make_features(layer, 100))
    live.drop()
    assert live.num_waiting == 0
    assert live.layer is None
    live.take(make_features(layer, 100))
    assert live.num_waiting == 0
