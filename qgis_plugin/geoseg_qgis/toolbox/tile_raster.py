"""Tile raster with labels: `geoseg tile`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFolderDestination,
)

from geoseg_qgis.area import Area, make_source_area
from geoseg_qgis.raster_input import RasterInput
from geoseg_qgis.toolbox.command_algorithm import CommandAlgorithm, find_folder_problem
from geoseg_qgis.toolbox.parameters import polygons, raster, real, whole
from geoseg_qgis.translation import tr


class TileRaster(CommandAlgorithm):
    """A training set made of a raster and the buildings that somebody drew on it."""

    # Known from `prepare_layers` on.
    _raster: RasterInput

    def __init__(self) -> None:
        super().__init__()
        self._area: Area | None = None
        self._labels: Area | None = None

    def name(self) -> str:
        """Its name in scripts."""
        return "tileraster"

    def displayName(self) -> str:  # noqa: N802, as QGIS calls it
        """Its name in the toolbox."""
        return tr("Tile raster with labels")

    def shortHelpString(self) -> str:  # noqa: N802, as QGIS calls it
        """What it does."""
        return tr(
            "Cuts a raster into georeferenced tiles for labelling or for training: images/ "
            "(GeoTIFF), annotation.json (COCO) and tiles.gpkg (an index).\n\n"
            "With labels, give the area in which all buildings are drawn: a building that is "
            "missing there teaches the model that it is none."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(raster("INPUT", tr("Imagery")), tr("The raster to cut."))
        self.add(
            polygons("LABELS", tr("Buildings"), is_optional=True),
            tr("Outlines of buildings, in any CRS. Without them the tiles have no labels."),
        )
        self.add_area(tr("Where all buildings are drawn; tiles that touch it are written."))
        self.add(
            whole("TILE_SIZE", tr("Side of a tile, pixels"), 300, least=32),
            tr("300 is what the bundled model was trained with."),
        )
        self.add(
            whole("OVERLAP", tr("Overlap, pixels"), 64),
            tr("Pixels that two neighbouring tiles share; less than the side of a tile."),
        )
        self.add(
            real("GSD", tr("Pixel size, metres")),
            tr("Size of the tiles' pixels on the ground. Empty for the raster's own pixels."),
            is_advanced=True,
        )
        self.add(
            real("MIN_VISIBLE", tr("Least visible share"), 0.1, most=1.0),
            tr("A building of which less lies in a tile is left out of that tile."),
            is_advanced=True,
        )
        self.add(
            QgsProcessingParameterFolderDestination("OUTPUT", tr("Tiles")),
            tr("Folder for the tiles, new or empty."),
        )
        self.add_numbers(
            {
                "TILES": tr("Number of tiles"),
                "NUM_LABELS": tr("Number of labels"),
                "SKIPPED": tr("Tiles without data"),
            }
        )

    def find_problem(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the parameters, in one sentence."""
        parameters = dict(parameters)
        self.prepare_layers(parameters, context)
        if self.has_two_areas(parameters):
            return tr("Give an extent or an area, not both.")
        side_px = self.parameterAsInt(parameters, "TILE_SIZE", context)
        overlap_px = self.parameterAsInt(parameters, "OVERLAP", context)
        if overlap_px >= side_px:
            return tr("The overlap must be less than a tile; got {overlap} and {side}.").format(
                overlap=overlap_px, side=side_px
            )
        return find_folder_problem(self.parameterAsString(parameters, "OUTPUT", context))

    def prepare_layers(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> None:
        """Take the raster, the labels and the area."""
        parameters = dict(parameters)
        self._raster = self.read_raster(parameters, "INPUT", context)
        self._area = self.read_area(parameters, context)
        labels = self.parameterAsSource(parameters, "LABELS", context)
        self._labels = None if labels is None else make_source_area(labels)

    def work(
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Cut the raster."""
        parameters = dict(parameters)
        folder = Path(self.parameterAsString(parameters, "OUTPUT", context))
        gsd_m = self.parameterAsDouble(parameters, "GSD", context) or None
        preparation = self.preparation(feedback)
        words = ["tile", *preparation.make_words(self._raster, self._area, gsd_m, None)]
        words += ["-o", str(folder)]
        if self._labels is not None:
            words += ["--labels", preparation.write_area(self._labels, self._raster, "labels")]
        if gsd_m is not None:
            words += ["--gsd", str(gsd_m)]
        for option, name in (("--tile-size", "TILE_SIZE"), ("--overlap", "OVERLAP")):
            words += [option, str(self.parameterAsInt(parameters, name, context))]
        words += ["--min-visible", str(self.parameterAsDouble(parameters, "MIN_VISIBLE", context))]
        result = self.run_words(words, feedback)
        return {
            "OUTPUT": str(folder),
            "TILES": result.get("tiles"),
            "NUM_LABELS": result.get("labels"),
            "SKIPPED": result.get("skipped"),
        }
