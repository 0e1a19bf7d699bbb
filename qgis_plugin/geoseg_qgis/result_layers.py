"""Layers of results: where they stand in the project, how they look, what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from osgeo import ogr
from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsDefaultValue,
    QgsEditorWidgetSetup,
    QgsGraduatedSymbolRenderer,
    QgsLayerMetadata,
    QgsLayerTreeGroup,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from geoseg_qgis.features import REVIEW_FIELD, REVIEW_VALUES, TO_REVIEW, make_footprint_layer
from geoseg_qgis.translation import tr

STYLES_FOLDER = Path(__file__).parent / "styles"
# Formats for an OpenStreetMap editor, which QGIS would show as points and lines.
_NOT_SHOWN = (".osm",)


def make_live_layer(crs: QgsCoordinateReferenceSystem) -> QgsVectorLayer:
    """The layer in memory that footprints appear in while the command runs, styled by score.

    Args:
        crs: of the footprints.
    """
    layer = make_footprint_layer(crs, tr("Buildings"))
    apply_style(layer, "score")
    return layer


def load_results(outputs: Sequence[Path]) -> tuple[list[QgsVectorLayer], list[Path]]:
    """Open files of results.

    A GeoPackage gets the field for reviewing, if it has none.

    Args:
        outputs: files that the command has written.

    Returns:
        The layers, styled by score; and the files that are there and that QGIS does not show: OSM
        files, and formats that this QGIS has no driver for.
    """
    layers, others = [], []
    for path in outputs:
        if path.suffix.lower() in _NOT_SHOWN:
            others.append(path)
            continue
        if path.suffix.lower() == ".gpkg":
            ensure_review_field(path)
        layer = QgsVectorLayer(str(path), path.stem, "ogr")
        if layer.isValid():
            apply_style(layer, "score")
            layers.append(layer)
        else:
            others.append(path)
    return layers, others


def ensure_review_field(path: Path) -> bool:
    """Give a GeoPackage of footprints the field `review`, with "to review" in every row.

    The value is the default of the column, so that no row is written, however many there are.

    Returns:
        Whether the field is there now; False where the file cannot be written.
    """
    try:
        dataset = ogr.Open(str(path), 1)
    except RuntimeError:
        return False
    layer = None if dataset is None else dataset.GetLayer(0)
    if layer is None:
        return False
    if layer.GetLayerDefn().GetFieldIndex(REVIEW_FIELD) >= 0:
        return True
    definition = ogr.FieldDefn(REVIEW_FIELD, ogr.OFTString)
    definition.SetWidth(20)
    definition.SetDefault(f"'{TO_REVIEW}'")
    try:
        return bool(layer.CreateField(definition) == ogr.OGRERR_NONE)
    except RuntimeError:
        return False


def add_result_group(
    project: QgsProject,
    title: str,
    layers: Sequence[QgsVectorLayer],
    raster: QgsRasterLayer | None,
) -> QgsLayerTreeGroup:
    """Add layers to a project, in a group of their own right above the raster.

    Args:
        project: to add to.
        title: of the group.
        layers: the first one on top.
        raster: what they were found in; None, or one that is not in the project, for the top.
    """
    root = project.layerTreeRoot()
    node = None if raster is None else root.findLayer(raster.id())
    if node is None:
        group = root.insertGroup(0, title)
    else:
        parent = node.parent()
        group = parent.insertGroup(parent.children().index(node), title)
    for layer in layers:
        project.addMapLayer(layer, False)
        group.addLayer(layer)
    return group


def apply_style(layer: QgsVectorLayer, style: str) -> bool:
    """Show footprints by what is known of them, with a legend in the user's language.

    Args:
        layer: with the fields of footprints.
        style: "score" or "review".

    Returns:
        Whether it could be done; False for "review" without the field `review`.
    """
    has_review = layer.fields().lookupField(REVIEW_FIELD) >= 0
    if style == "review" and not has_review:
        return False
    _, is_loaded = layer.loadNamedStyle(str(STYLES_FOLDER / f"{style}.qml"))
    renderer = layer.renderer()
    if isinstance(renderer, QgsGraduatedSymbolRenderer):
        for index, label in enumerate(_score_labels()):
            renderer.updateRangeLabel(index, label)
    elif isinstance(renderer, QgsCategorizedSymbolRenderer):
        labels = review_labels()
        for index, category in enumerate(renderer.categories()):
            renderer.updateCategoryLabel(index, labels.get(category.value(), category.label()))
    if has_review:
        _set_up_review_form(layer)
    layer.triggerRepaint()
    return bool(is_loaded)


def write_origin(layer: QgsVectorLayer, origin: Mapping[str, Any]) -> None:
    """Put where a result comes from into the metadata of its layer.

    Args:
        layer: of the result.
        origin: as in the result of the command; empty, or with keys missing, is fine.
    """
    metadata = QgsLayerMetadata(layer.metadata())
    raster = str(origin.get("raster", ""))
    metadata.setTitle(tr("Buildings in {raster}").format(raster=raster) if raster else layer.name())
    metadata.setType("dataset")
    metadata.setLanguage(QgsApplication.locale())
    metadata.setAbstract(
        tr(
            "Building footprints found by geoseg {version} with the model {model}. They were found "
            "by a program: each has a score from 0 to 1, and none was looked at by a person yet."
        ).format(
            version=origin.get("geoseg_version", "?"),
            model=origin.get("model", "?"),
        )
    )
    metadata.setHistory(_make_history(origin))
    metadata.setRights(
        [
            tr(
                "The licence of the imagery is not known to geoseg. It may restrict what may be "
                "done with footprints that were drawn from it."
            )
        ]
    )
    metadata.setKeywords({"gmd:topicCategory": ["structure"], "geoseg": ["building", "footprint"]})
    metadata.setCrs(layer.crs())
    layer.setMetadata(metadata)


def review_labels() -> dict[str, str]:
    """What the values of the field `review` are called in the user's language."""
    labels = (tr("to review"), tr("accepted"), tr("rejected"), tr("edited"))
    return dict(zip(REVIEW_VALUES, labels))


def _score_labels() -> tuple[str, ...]:
    return (
        tr("up to 0.50: look closely"),
        tr("0.50 to 0.65: doubtful"),
        tr("0.65 to 0.80: fair"),
        tr("0.80 to 0.90: good"),
        tr("above 0.90: sure"),
    )


def _set_up_review_form(layer: QgsVectorLayer) -> None:
    index = layer.fields().lookupField(REVIEW_FIELD)
    choices = [{label: value} for value, label in review_labels().items()]
    layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("ValueMap", {"map": choices}))
    layer.setFieldAlias(index, tr("Review"))
    layer.setDefaultValueDefinition(index, QgsDefaultValue(f"'{TO_REVIEW}'"))


def _make_history(origin: Mapping[str, Any]) -> list[str]:
    names = {
        "created": tr("Run of"),
        "raster": tr("Raster"),
        "raster_date": tr("Date of the raster"),
        "model": tr("Model"),
        "weights_sha256": tr("SHA-256 of the weights"),
        "geoseg_version": tr("Version of geoseg"),
    }
    lines = [f"{name}: {origin[key]}" for key, name in names.items() if origin.get(key)]
    config = origin.get("config")
    if isinstance(config, dict):
        lines += [f"{key}: {value}" for key, value in sorted(config.items())]
    return lines
