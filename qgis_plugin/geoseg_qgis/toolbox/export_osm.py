"""Export OSM: `geoseg export` of footprints that somebody has looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingOutputString,
    QgsProcessingParameterFileDestination,
)

from geoseg_qgis.features import ACCEPTED, EDITED, REJECTED, REVIEW_FIELD
from geoseg_qgis.toolbox.command_algorithm import CommandAlgorithm
from geoseg_qgis.toolbox.parameters import choice, polygons, real
from geoseg_qgis.toolbox.vector_input import write_features
from geoseg_qgis.translation import tr

_SCORE_FIELD = "score"
# Values of the parameter REVIEW, and what they let through.
_WHERE = {
    "accepted": f"\"{REVIEW_FIELD}\" IN ('{ACCEPTED}', '{EDITED}')",
    "not rejected": f'"{REVIEW_FIELD}" IS NULL OR "{REVIEW_FIELD}" <> \'{REJECTED}\'',
    "all": "",
}


class ExportOsm(CommandAlgorithm):
    """Footprints as OSM XML for JOSM."""

    # Known from `prepare_layers` on.
    _source: QgsProcessingFeatureSource

    def name(self) -> str:
        """Its name in scripts."""
        return "exportosm"

    def displayName(self) -> str:  # noqa: N802, as QGIS calls it
        """Its name in the toolbox."""
        return tr("Export OSM")

    def shortHelpString(self) -> str:  # noqa: N802, as QGIS calls it
        """What it does."""
        return tr(
            "Writes footprints as OSM files for JOSM: neighbours share nodes, buildings with "
            "holes are multipolygons, and what would not fit into one upload is split.\n\n"
            "The files are marked not to be uploaded as they are. Before an import, discuss it "
            "with the local community, look at every building, leave alone what mappers drew, and "
            "make sure that the licence of the imagery allows it."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(polygons("INPUT", tr("Buildings")), tr("Footprints, in any CRS."))
        self.add(
            choice("REVIEW", tr("Reviewed as"), list(_WHERE), "accepted"),
            tr(
                "Which buildings to take, by the field review: those that were accepted or edited, "
                "those that were not rejected, or all. A layer without that field has to be "
                "exported as all."
            ),
        )
        self.add(
            real("SCORE", tr("Least score"), most=1.0),
            tr("Buildings with a lower score are left out. Empty to take every score."),
        )
        self.add(
            real("MIN_AREA", tr("Least area, square metres"), 0.0),
            tr("Smaller buildings are left out."),
        )
        self.add(
            QgsProcessingParameterFileDestination(
                "OUTPUT", tr("OpenStreetMap file"), tr("OpenStreetMap files (*.osm)")
            ),
            tr("File to write. Of many buildings there are several files, with numbers."),
        )
        self.add_numbers(
            {"BUILDINGS": tr("Number of buildings"), "LEFT_OUT": tr("Buildings left out")}
        )
        self.addOutput(QgsProcessingOutputString("FILES", tr("Files, one a line")))

    def find_problem(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the parameters, in one sentence."""
        parameters = dict(parameters)
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            return tr("The layer {name} cannot be read.").format(name=parameters.get("INPUT"))
        name = source.sourceName()
        if not source.sourceCrs().isValid():
            return tr("A layer must have a CRS; {name} has none.").format(name=name)
        names = source.fields().names()
        review = self.parameterAsString(parameters, "REVIEW", context)
        if _WHERE.get(review) and REVIEW_FIELD not in names:
            return tr(
                "The layer {name} has no field review; choose all to export it as it is."
            ).format(name=name)
        if parameters.get("SCORE") is not None and _SCORE_FIELD not in names:
            return tr("The layer {name} has no field score; leave the least score empty.").format(
                name=name
            )
        output = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        if output and not output.lower().endswith(".osm"):
            return tr("The name of the result must end in .osm; got {file}.").format(file=output)
        return ""

    def prepare_layers(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> None:
        """Take the footprints."""
        self._source = self.parameterAsSource(dict(parameters), "INPUT", context)

    def work(
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Write the files."""
        parameters = dict(parameters)
        feedback.pushWarning(
            tr(
                "Rules for imports into OpenStreetMap apply: discuss it first, look at every "
                "building, and check the licence of the imagery."
            )
        )
        found = self.folder / "buildings.gpkg"
        write_features(self._source, found, context.transformContext(), feedback)
        output = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        words = ["export", str(found), "-o", output, "--overwrite"]
        where = _WHERE[self.parameterAsString(parameters, "REVIEW", context)]
        if where:
            words += ["--where", where]
        if parameters.get("SCORE") is not None:
            words += ["--score", str(self.parameterAsDouble(parameters, "SCORE", context))]
        min_area_m2 = self.parameterAsDouble(parameters, "MIN_AREA", context)
        if min_area_m2 > 0:
            words += ["--min-area", str(min_area_m2)]
        result = self.run_words(words, feedback)
        files = [Path(one) for one in result.get("outputs", [])]
        # Of a result in several files the first one stands for all.
        return {
            "OUTPUT": str(files[0]) if files else output,
            "BUILDINGS": result.get("buildings"),
            "LEFT_OUT": result.get("left_out"),
            "FILES": "\n".join(map(str, files)),
        }
