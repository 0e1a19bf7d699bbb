"""How a result of the toolbox looks when QGIS has loaded it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsVectorLayer,
)

from geoseg_qgis.result_layers import apply_style, ensure_review_field, write_origin


class ResultStyling(QgsProcessingLayerPostProcessorInterface):
    """Styles one layer by score and writes its origin; QGIS calls it in the main thread."""

    # QGIS keeps no reference: without one of ours it would call what is gone.
    _waiting: list[ResultStyling] = []

    def __init__(self, origin: Mapping[str, Any]) -> None:
        """Take the origin of the result."""
        super().__init__()
        self._origin = dict(origin)

    @classmethod
    def prepare(cls, path: Path, origin: Mapping[str, Any], context: QgsProcessingContext) -> None:
        """Have a result styled, if it is going to be loaded at all.

        A GeoPackage gets the field for reviewing.

        Args:
            path: file of the result, as QGIS knows it.
            origin: of the result.
            context: of the algorithm.
        """
        if not context.willLoadLayerOnCompletion(str(path)):
            return
        if path.suffix.lower() == ".gpkg":
            ensure_review_field(path)
        styling = cls(origin)
        cls._waiting.append(styling)
        context.layerToLoadOnCompletionDetails(str(path)).setPostProcessor(styling)

    def postProcessLayer(  # noqa: N802, as QGIS calls it
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Style the layer."""
        if isinstance(layer, QgsVectorLayer):
            apply_style(layer, "score")
            write_origin(layer, self._origin)
        if self in self._waiting:
            self._waiting.remove(self)
