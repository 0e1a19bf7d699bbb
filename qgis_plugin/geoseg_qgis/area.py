"""The area to look at: a rectangle or polygons of a layer, as a file that geoseg reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSource,
    QgsFields,
    QgsGeometry,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
    QgsWkbTypes,
)

from geoseg_qgis.engine.errors import EngineError
from geoseg_qgis.translation import tr


class AreaError(EngineError):
    """The area cannot be used; the message says why."""


@dataclass(frozen=True)
class Area:
    """Where to look. Made in the main thread, read in any.

    Attributes:
        name: for messages.
        crs: of the geometries.
        rectangle: the area, or None where `features` give it.
        features: a snapshot of a polygon layer, which edits of the layer do not change.
        feature_ids: those of `features` that count; None for all.
    """

    name: str
    crs: QgsCoordinateReferenceSystem
    rectangle: QgsRectangle | None = None
    features: QgsVectorLayerFeatureSource | QgsFeatureSource | None = None
    feature_ids: tuple[int, ...] | None = None

    def iterate(self) -> Iterator[QgsGeometry]:
        """The polygons, one after the other, in `crs`."""
        if self.rectangle is not None:
            yield QgsGeometry.fromRect(self.rectangle)
        if self.features is None:
            return
        request = QgsFeatureRequest()
        if self.feature_ids is not None:
            request.setFilterFids(list(self.feature_ids))
        for feature in self.features.getFeatures(request):
            if not feature.geometry().isEmpty():
                yield feature.geometry()

    def find_extent(
        self, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext
    ) -> QgsRectangle:
        """The rectangle round the area.

        Args:
            crs: of the result.
            context: how QGIS gets from one CRS to another.

        Raises:
            AreaError: there is no polygon, or the area reaches to where `crs` is not defined.
        """
        extent = QgsRectangle()
        for geometry in self.iterate():
            extent.combineExtentWith(geometry.boundingBox())
        if extent.isEmpty():
            raise AreaError(tr("The area {name} holds no polygon.").format(name=self.name))
        try:
            return QgsCoordinateTransform(self.crs, crs, context).transformBoundingBox(extent)
        except QgsCsException as error:
            raise AreaError(
                tr("The area {name} reaches to where {crs} is not defined.").format(
                    name=self.name, crs=crs.authid()
                )
            ) from error

    def digest(self) -> str:
        """Hex digits that are the same for the same area."""
        digest = hashlib.sha256(self.crs.toWkt().encode())
        for geometry in self.iterate():
            digest.update(bytes(geometry.asWkb()))
        return digest.hexdigest()


def make_rectangle_area(
    rectangle: QgsRectangle, crs: QgsCoordinateReferenceSystem, name: str
) -> Area:
    """The area of a drawn rectangle, or of what the map shows.

    Raises:
        AreaError: the rectangle is empty, or has no CRS.
    """
    if rectangle.isEmpty() or not rectangle.isFinite():
        raise AreaError(tr("The area {name} is empty.").format(name=name))
    _check_crs(crs, name)
    return Area(name, QgsCoordinateReferenceSystem(crs), rectangle=QgsRectangle(rectangle))


def make_layer_area(layer: QgsVectorLayer, only_selected: bool | None = None) -> Area:
    """The area that the polygons of a layer cover. Call it in the main thread.

    Args:
        layer: of polygons.
        only_selected: take the selected features alone; by default if there are any.

    Raises:
        AreaError: the layer has no polygons, no CRS, or nothing selected that was asked for.
    """
    name = layer.name()
    if layer.geometryType() != QgsWkbTypes.GeometryType.PolygonGeometry:
        raise AreaError(tr("The area must be a polygon layer; {name} is none.").format(name=name))
    _check_crs(layer.crs(), name)
    selected = tuple(sorted(layer.selectedFeatureIds()))
    if only_selected and not selected:
        raise AreaError(tr("Nothing is selected in the layer {name}.").format(name=name))
    takes_all = only_selected is False or not selected
    return Area(
        name,
        layer.crs(),
        features=QgsVectorLayerFeatureSource(layer),
        feature_ids=None if takes_all else selected,
    )


def make_source_area(source: QgsFeatureSource) -> Area:
    """The area of what a Processing parameter stands for, which knows what is selected.

    Raises:
        AreaError: it has no CRS.
    """
    _check_crs(source.sourceCrs(), source.sourceName())
    return Area(source.sourceName(), source.sourceCrs(), features=source)


def write_area(area: Area, path: Path, context: QgsCoordinateTransformContext) -> None:
    """Write an area as a GeoPackage with one layer of multipolygons, in its own CRS.

    Args:
        area: may be read in the calling thread.
        path: new file.
        context: as QGIS wants it; nothing is transformed.

    Raises:
        AreaError: there is no polygon, or the file cannot be written.
    """
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = "area"
    # All of it is read at once; and a geoseg with TensorFlow in it reads no index.
    options.layerOptions = ["SPATIAL_INDEX=NO"]
    writer = QgsVectorFileWriter.create(
        str(path), QgsFields(), QgsWkbTypes.Type.MultiPolygon, area.crs, context, options
    )
    count = 0
    for geometry in area.iterate():
        feature = QgsFeature()
        feature.setGeometry(make_plain(geometry))
        writer.addFeature(feature)
        count += 1
    problem = writer.errorMessage() if writer.hasError() else ""
    # Closes the file; without it, what was added is not on the disk.
    del writer
    if problem:
        raise AreaError(
            tr("The area cannot be written to {path}: {why}").format(path=path, why=problem)
        )
    if not count:
        raise AreaError(tr("The area {name} holds no polygon.").format(name=area.name))


def make_plain(geometry: QgsGeometry) -> QgsGeometry:
    """A polygon of any kind as a multipolygon of straight lines in two dimensions."""
    plain = geometry.constGet().segmentize()
    plain.dropZValue()
    plain.dropMValue()
    result = QgsGeometry(plain)
    result.convertToMultiType()
    return result


def _check_crs(crs: QgsCoordinateReferenceSystem, name: str) -> None:
    if not crs.isValid():
        raise AreaError(tr("The area must have a CRS; {name} has none.").format(name=name))
