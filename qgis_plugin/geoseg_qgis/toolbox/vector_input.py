"""Features of a layer with their attributes, as a file that geoseg reads."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureSource,
    QgsFields,
    QgsProcessingFeedback,
    QgsVectorFileWriter,
    QgsWkbTypes,
)

from geoseg_qgis.area import make_plain
from geoseg_qgis.engine.errors import CommandCancelled, EngineError
from geoseg_qgis.translation import tr

# The name that GeoPackage keeps for its own numbers.
_KEPT_NAME = "fid"


class VectorInputError(EngineError):
    """Features cannot be handed to geoseg; the message says why."""


def write_features(
    source: QgsFeatureSource,
    path: Path,
    context: QgsCoordinateTransformContext,
    feedback: QgsProcessingFeedback,
) -> int:
    """Write polygons and their attributes as a GeoPackage, in their own CRS.

    A source knows which features are selected, and what is edited and not saved yet.

    Args:
        source: may be read in the calling thread.
        path: new file.
        context: as QGIS wants it; nothing is transformed.
        feedback: is asked whether to stop.

    Returns:
        How many were written; those without a geometry are left out.

    Raises:
        VectorInputError: the source has no CRS, or the file cannot be written.
        CommandCancelled: the feedback said so.
    """
    if not source.sourceCrs().isValid():
        raise VectorInputError(
            tr("A layer must have a CRS; {name} has none.").format(name=source.sourceName())
        )
    kept = [one for one in source.fields() if one.name().lower() != _KEPT_NAME]
    fields = QgsFields()
    for field in kept:
        fields.append(field)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = path.stem
    # All of it is read at once.
    options.layerOptions = ["SPATIAL_INDEX=NO"]
    kind = QgsWkbTypes.Type.MultiPolygon
    writer = QgsVectorFileWriter.create(
        str(path), fields, kind, source.sourceCrs(), context, options
    )
    count = 0
    for feature in source.getFeatures():
        if feedback.isCanceled():
            raise CommandCancelled(tr("Cancelled."))
        if feature.geometry().isEmpty():
            continue
        copy = QgsFeature(fields)
        copy.setGeometry(make_plain(feature.geometry()))
        copy.setAttributes([feature.attribute(field.name()) for field in kept])
        writer.addFeature(copy)
        count += 1
    problem = writer.errorMessage() if writer.hasError() else ""
    # Closes the file; without it, what was added is not on the disk.
    del writer
    if problem:
        raise VectorInputError(
            tr("{name} cannot be written to {path}: {why}").format(
                name=source.sourceName(), path=path, why=problem
            )
        )
    return count
