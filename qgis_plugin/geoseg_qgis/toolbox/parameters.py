"""Parameters of the kinds that the algorithms have, in one line each."""

from __future__ import annotations

from collections.abc import Sequence

from osgeo import ogr
from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
)


def real(
    name: str,
    title: str,
    value: float | None = None,
    *,
    least: float = 0.0,
    most: float | None = None,
) -> QgsProcessingParameterNumber:
    """A number with a fraction; optional where it has no usual value."""
    kind = QgsProcessingParameterNumber.Type.Double
    return _number(name, title, kind, value, least, most)


def whole(
    name: str, title: str, value: int | None = None, *, least: int = 0, most: int | None = None
) -> QgsProcessingParameterNumber:
    """A whole number; optional where it has no usual value."""
    kind = QgsProcessingParameterNumber.Type.Integer
    return _number(name, title, kind, value, least, most)


def choice(name: str, title: str, words: Sequence[str], usual: str) -> QgsProcessingParameterEnum:
    """One of some words, which are what scripts give, too."""
    return QgsProcessingParameterEnum(
        name, title, list(words), defaultValue=usual, usesStaticStrings=True
    )


def raster(
    name: str, title: str, *, is_optional: bool = False
) -> QgsProcessingParameterRasterLayer:
    """A raster layer."""
    return QgsProcessingParameterRasterLayer(name, title, optional=is_optional)


def polygons(
    name: str, title: str, *, is_optional: bool = False
) -> QgsProcessingParameterFeatureSource:
    """A layer of polygons, or what is selected of it."""
    kinds = [QgsProcessing.SourceType.TypeVectorPolygon]
    return QgsProcessingParameterFeatureSource(name, title, kinds, optional=is_optional)


def existing_file(name: str, title: str) -> QgsProcessingParameterFile:
    """A file that is there; optional."""
    return QgsProcessingParameterFile(name, title, optional=True)


def existing_folder(name: str, title: str) -> QgsProcessingParameterFile:
    """A folder that is there; optional."""
    kind = QgsProcessingParameterFile.Behavior.Folder
    return QgsProcessingParameterFile(name, title, kind, optional=True)


def further_file(name: str, title: str, kinds: str) -> QgsProcessingParameterFileDestination:
    """A file that is written only if somebody gives it a name.

    Args:
        name: of the parameter.
        title: for people.
        kinds: as file dialogs have them, such as "CSV files (*.csv)".
    """
    return QgsProcessingParameterFileDestination(
        name, title, kinds, optional=True, createByDefault=False
    )


def list_vector_endings() -> list[str]:
    """Endings of the formats that geoseg writes and that this QGIS shows as one layer."""
    endings = ["gpkg", "geojson", "fgb", "shp"]
    if ogr.GetDriverByName("Parquet") is not None:
        endings.append("parquet")
    return endings


def _number(
    name: str,
    title: str,
    kind: QgsProcessingParameterNumber.Type,
    value: float | None,
    least: float,
    most: float | None,
) -> QgsProcessingParameterNumber:
    parameter = QgsProcessingParameterNumber(
        name, title, kind, defaultValue=value, optional=value is None
    )
    parameter.setMinimum(least)
    if most is not None:
        parameter.setMaximum(most)
    return parameter
