"""Evaluate: `geoseg evaluate` of footprints against true ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
)

from geoseg_qgis.area import Area, make_source_area, write_area
from geoseg_qgis.raster_input import RasterInput
from geoseg_qgis.toolbox.command_algorithm import CommandAlgorithm
from geoseg_qgis.toolbox.parameters import further_file, polygons, raster, real
from geoseg_qgis.toolbox.vector_input import write_features
from geoseg_qgis.translation import tr

# Outputs, by the names that the command gives to scores; those of outlines are one level deeper.
_SCORES = {
    "PRECISION": ("precision",),
    "RECALL": ("recall",),
    "F1": ("f1",),
    "AP": ("ap",),
    "MEAN_IOU": ("mean_iou",),
    "NUM_FOUND": ("num_pred",),
    "NUM_TRUE": ("num_truth",),
    "NUM_MATCHED": ("num_matched",),
    "C_IOU": ("polygons", "c_iou"),
    "BOUNDARY_IOU": ("polygons", "boundary_iou"),
    "POLIS_M": ("polygons", "polis_m"),
    "NUM_SPLITS": ("polygons", "num_splits"),
    "NUM_MERGES": ("polygons", "num_merges"),
}


class EvaluateBuildings(CommandAlgorithm):
    """How good footprints are."""

    def __init__(self) -> None:
        super().__init__()
        self._found: QgsProcessingFeatureSource | None = None
        self._true: QgsProcessingFeatureSource | None = None
        self._area: Area | None = None
        self._raster: RasterInput | None = None

    def name(self) -> str:
        """Its name in scripts."""
        return "evaluate"

    def displayName(self) -> str:  # noqa: N802, as QGIS calls it
        """Its name in the toolbox."""
        return tr("Evaluate buildings")

    def shortHelpString(self) -> str:  # noqa: N802, as QGIS calls it
        """What it does."""
        return tr(
            "Matches footprints one to one with true ones, the best score first, and tells "
            "precision, recall and F1, and how well the outlines of the matches follow the truth: "
            "IoU, C-IoU, boundary IoU, PoLiS, splits and merges.\n\n"
            "The two layers may be in different CRSs. Give the area in which the true buildings "
            "are complete, or everything outside of it counts as a mistake."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            polygons("INPUT", tr("Buildings found")),
            tr("Footprints to judge; with a field score, the best are matched first."),
        )
        self.add(polygons("TRUTH", tr("True buildings")), tr("What is there in truth."))
        self.add(
            polygons("AREA", tr("Area"), is_optional=True),
            tr("Only buildings with their centre in these polygons count, on both sides."),
        )
        self.add(
            real("IOU", tr("Least IoU of a match"), 0.5, least=0.01, most=1.0),
            tr("Intersection over union that two outlines need to be the same building."),
        )
        self.add(
            raster("RASTER", tr("Imagery"), is_optional=True),
            tr("What the buildings were found in, for the pictures of the report; a file."),
            is_advanced=True,
        )
        self.add(
            further_file("REPORT", tr("Report"), tr("HTML files (*.html)")),
            tr("A page with scores, charts and pictures, which needs no other file."),
        )
        self.add(
            further_file("CSV", tr("Table of buildings"), tr("CSV files (*.csv)")),
            tr("One line for each building, with its partner."),
        )
        self.add_numbers(_describe_scores())

    def find_problem(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the parameters, in one sentence."""
        self.prepare_layers(parameters, context)
        for name, source in (("INPUT", self._found), ("TRUTH", self._true)):
            if source is None:
                return tr("The layer {name} cannot be read.").format(name=parameters.get(name))
            if not source.sourceCrs().isValid():
                return tr("A layer must have a CRS; {name} has none.").format(
                    name=source.sourceName()
                )
        if self._raster is not None and self._raster.must_be_copied:
            return tr("The imagery of a report must be a file; {name} is a service.").format(
                name=self._raster.name
            )
        return ""

    def prepare_layers(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> None:
        """Take the layers."""
        parameters = dict(parameters)
        self._found = self.parameterAsSource(parameters, "INPUT", context)
        self._true = self.parameterAsSource(parameters, "TRUTH", context)
        area = self.parameterAsSource(parameters, "AREA", context)
        self._area = None if area is None else make_source_area(area)
        self._raster = None
        if parameters.get("RASTER"):
            self._raster = self.read_raster(parameters, "RASTER", context)

    def work(
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Compare the layers."""
        parameters = dict(parameters)
        transforms = context.transformContext()
        words = ["evaluate"]
        for source, name in ((self._found, "found"), (self._true, "true")):
            path = self.folder / f"{name}.gpkg"
            write_features(source, path, transforms, feedback)
            words.append(str(path))
        words += ["--iou", str(self.parameterAsDouble(parameters, "IOU", context))]
        if self._area is not None:
            write_area(self._area, self.folder / "area.gpkg", transforms)
            words += ["--aoi", str(self.folder / "area.gpkg")]
        values: dict[str, Any] = {}
        for option, name in (("--report", "REPORT"), ("--csv", "CSV")):
            file = self.parameterAsFileOutput(parameters, name, context)
            if file:
                words += [option, file]
                values[name] = file
        if self._raster is not None and "REPORT" in values:
            words += ["--raster", self._raster.source]
        result = self.run_words([*words, "--overwrite"], feedback)
        for output, keys in _SCORES.items():
            values[output] = _find(result, keys)
        _tell(values, feedback)
        return values


def _find(result: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    """A score; None where there is none, as for an empty layer."""
    value: Any = result
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _tell(values: Mapping[str, Any], feedback: QgsProcessingFeedback) -> None:
    for output, title in _describe_scores().items():
        value = values[output]
        text = "-" if value is None else f"{value:.4g}"
        feedback.pushInfo(f"{title}: {text}")


def _describe_scores() -> dict[str, str]:
    return {
        "PRECISION": tr("Precision"),
        "RECALL": tr("Recall"),
        "F1": tr("F1"),
        "AP": tr("Average precision"),
        "MEAN_IOU": tr("Mean IoU of the matches"),
        "NUM_FOUND": tr("Buildings found"),
        "NUM_TRUE": tr("True buildings"),
        "NUM_MATCHED": tr("Matches"),
        "C_IOU": tr("C-IoU"),
        "BOUNDARY_IOU": tr("Boundary IoU"),
        "POLIS_M": tr("PoLiS, metres"),
        "NUM_SPLITS": tr("Splits"),
        "NUM_MERGES": tr("Merges"),
    }
