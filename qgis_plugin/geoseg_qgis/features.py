"""Footprints that the command tells of, as features of QGIS."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsVectorLayer,
)

from geoseg_qgis.engine.events import FootprintsFound

REVIEW_FIELD = "review"
# What stands in the field: the same in every language, because files travel.
TO_REVIEW, ACCEPTED, REJECTED, EDITED = "to review", "accepted", "rejected", "edited"
REVIEW_VALUES = (TO_REVIEW, ACCEPTED, REJECTED, EDITED)
# Types in QGIS's own words, because the enums differ between Qt 5 and Qt 6.
_FIELDS = "field=id:int8&field=score:double&field=area_m2:double"
_REVIEW = f"field={REVIEW_FIELD}:string(20)"


def parse_crs(text: str) -> QgsCoordinateReferenceSystem:
    """A CRS from what the command calls it: a code or WKT; not valid if QGIS does not know it."""
    crs = QgsCoordinateReferenceSystem()
    crs.createFromUserInput(text)
    return crs


def make_footprint_layer(crs: QgsCoordinateReferenceSystem, name: str) -> QgsVectorLayer:
    """An empty layer in memory with the fields of a footprint: id, score, area_m2, review."""
    layer = QgsVectorLayer(f"MultiPolygon?{_FIELDS}&{_REVIEW}", name, "memory")
    layer.setCrs(crs)
    return layer


def make_review_field() -> QgsField:
    """The field for what a person thinks of a footprint."""
    return QgsField(QgsVectorLayer(f"NoGeometry?{_REVIEW}", "", "memory").fields()[0])


class FeatureMaker:
    """Makes features in the thread of a task. It is made itself in the main thread."""

    def __init__(self) -> None:
        layer = make_footprint_layer(QgsCoordinateReferenceSystem(), "")
        self._fields = QgsFields(layer.fields())

    def make_features(self, found: FootprintsFound) -> list[QgsFeature]:
        """Features for a layer of `make_footprint_layer`, in the CRS of `found`.

        What is no polygon at all is left out.
        """
        features = []
        for footprint in found.footprints:
            geometry = QgsGeometry()
            geometry.fromWkb(footprint.wkb)
            if geometry.isEmpty():
                continue
            geometry.convertToMultiType()
            feature = QgsFeature(self._fields)
            feature.setGeometry(geometry)
            feature.setAttributes([footprint.id, footprint.score, footprint.area_m2, TO_REVIEW])
            features.append(feature)
        return features
