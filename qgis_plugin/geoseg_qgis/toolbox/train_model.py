"""Train: `geoseg train` on folders of tiles, or on a raster and the buildings drawn on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
)

from geoseg_qgis.area import Area, make_source_area
from geoseg_qgis.raster_input import RasterInput
from geoseg_qgis.toolbox.command_algorithm import CommandAlgorithm, find_folder_problem
from geoseg_qgis.toolbox.parameters import (
    choice,
    existing_file,
    existing_folder,
    polygons,
    raster,
    whole,
)
from geoseg_qgis.translation import tr

_STARTS = ["bundled", "imagenet", "none"]


class TrainModel(CommandAlgorithm):
    """A model that knows the user's own imagery."""

    def __init__(self) -> None:
        super().__init__()
        self._raster: RasterInput | None = None
        self._labels: Area | None = None
        self._area: Area | None = None

    def name(self) -> str:
        """Its name in scripts."""
        return "train"

    def displayName(self) -> str:  # noqa: N802, as QGIS calls it
        """Its name in the toolbox."""
        return tr("Train model")

    def shortHelpString(self) -> str:  # noqa: N802, as QGIS calls it
        """What it does."""
        return tr(
            "Goes on training the bundled model, or another one, with your own labels: a folder "
            "that Tile raster with labels has made, or a raster with the buildings that you drew "
            "on it and the area in which they are complete. The weights that come of it are what "
            "Extract buildings takes as its model.\n\n"
            "Training needs the full set-up with TensorFlow, and time: hours without a GPU. One "
            "that was cancelled goes on if Go on is ticked."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self._add_data()
        self._add_training()
        self.add(
            QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder of the run")),
            tr("New folder for settings, log, checkpoints and the weights, model.npz."),
        )
        self.addOutput(QgsProcessingOutputFile("WEIGHTS", tr("Weights")))
        self.add_numbers({"NUM_STEPS": tr("Steps done")})

    def _add_data(self) -> None:
        self.add(
            existing_folder("DATA", tr("Folder of tiles")),
            tr("Labelled tiles: a folder with images/ and annotation.json."),
        )
        self.add(
            raster("RASTER", tr("Imagery"), is_optional=True),
            tr("A raster file with labels, instead of tiles or besides them."),
        )
        self.add(
            polygons("LABELS", tr("Buildings"), is_optional=True),
            tr("Outlines of the buildings on the raster, in any CRS."),
        )
        self.add(
            polygons("AREA", tr("Area"), is_optional=True),
            tr("Where all buildings of the raster are drawn. Empty for everywhere."),
        )
        self.add(
            existing_folder("VAL", tr("Tiles to score on")),
            tr("Labelled tiles of other places; the weights that do best on them are kept."),
        )

    def _add_training(self) -> None:
        self.add(
            choice("START", tr("Start from"), _STARTS, "bundled"),
            tr("The bundled model, a network that knows photographs (imagenet), or nothing."),
        )
        self.add(
            existing_file("START_WEIGHTS", tr("Start from a file")),
            tr("Weights of your own to start from, in the place of the choice above."),
            is_advanced=True,
        )
        self.add(
            whole("STEPS", tr("Steps"), 2000, least=1),
            tr("How long to train. A step looks at as many samples as the batch size says."),
        )
        self.add(
            whole("BATCH_SIZE", tr("Batch size"), least=1),
            tr("Samples in a step: more need more memory. Empty for the usual value."),
            is_advanced=True,
        )
        self.add(
            QgsProcessingParameterBoolean("RESUME", tr("Go on"), defaultValue=False),
            tr("Go on with the run in the folder, which was interrupted."),
            is_advanced=True,
        )

    def find_problem(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the parameters, in one sentence."""
        parameters = dict(parameters)
        self.prepare_layers(parameters, context)
        if not parameters.get("DATA") and self._raster is None:
            return tr("There must be something to learn from: a folder of tiles, or a raster.")
        if (self._raster is None) != (self._labels is None):
            return tr("A raster and its buildings belong together; one of them is missing.")
        if self._area is not None and self._raster is None:
            return tr("The area belongs to a raster; there is none.")
        for name in ("DATA", "VAL"):
            folder = self.parameterAsString(parameters, name, context)
            if folder and not (Path(folder) / "annotation.json").is_file():
                return tr("A folder of tiles must hold annotation.json; {path} does not.").format(
                    path=folder
                )
        weights = self.parameterAsString(parameters, "START_WEIGHTS", context)
        if weights and not Path(weights).exists():
            return tr("There are no weights at {path}.").format(path=weights)
        if self._raster is not None and "," in self._raster.source:
            return tr("The path of a raster to train on must have no comma; got {path}.").format(
                path=self._raster.source
            )
        if self.parameterAsBool(parameters, "RESUME", context):
            return ""
        return find_folder_problem(self.parameterAsString(parameters, "OUTPUT", context))

    def prepare_layers(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> None:
        """Take the raster, its labels and the area."""
        parameters = dict(parameters)
        self._raster = None
        if parameters.get("RASTER"):
            self._raster = self.read_raster(parameters, "RASTER", context)
        labels = self.parameterAsSource(parameters, "LABELS", context)
        self._labels = None if labels is None else make_source_area(labels)
        area = self.parameterAsSource(parameters, "AREA", context)
        self._area = None if area is None else make_source_area(area)

    def work(
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Train."""
        parameters = dict(parameters)
        folder = Path(self.parameterAsString(parameters, "OUTPUT", context))
        words = ["train", "-o", str(folder), *self._scene_words(feedback)]
        for option, name in (("--data", "DATA"), ("--val", "VAL")):
            path = self.parameterAsString(parameters, name, context)
            if path:
                words += [option, path]
        start = self.parameterAsString(parameters, "START_WEIGHTS", context)
        words += ["--start", start or self.parameterAsString(parameters, "START", context)]
        words += ["--steps", str(self.parameterAsInt(parameters, "STEPS", context))]
        if parameters.get("BATCH_SIZE") is not None:
            words += ["--batch-size", str(self.parameterAsInt(parameters, "BATCH_SIZE", context))]
        if self.parameterAsBool(parameters, "RESUME", context):
            words.append("--resume")
        result = self.run_words(words, feedback)
        return {
            "OUTPUT": str(folder),
            "WEIGHTS": result.get("weights"),
            "NUM_STEPS": result.get("steps"),
        }

    def _scene_words(self, feedback: QgsProcessingFeedback) -> list[str]:
        if self._raster is None or self._labels is None:
            return []
        preparation = self.preparation(feedback)
        words = [preparation.write_raster(self._raster, self._area, None, None)]
        words.append(preparation.write_area(self._labels, self._raster, "labels"))
        if self._area is not None:
            words.append(preparation.write_area(self._area, self._raster))
        return ["--scene", ",".join(words)]
