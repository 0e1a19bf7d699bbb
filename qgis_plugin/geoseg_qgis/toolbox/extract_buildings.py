"""Extract buildings: `geoseg predict`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorDestination,
    QgsProcessingUtils,
)

from geoseg_qgis.area import Area
from geoseg_qgis.extraction import Extraction
from geoseg_qgis.extraction_request import ExtractionOptions, ExtractionRequest
from geoseg_qgis.raster_input import RasterInput
from geoseg_qgis.settings import Settings
from geoseg_qgis.toolbox.command_algorithm import CommandAlgorithm, FeedbackListener
from geoseg_qgis.toolbox.parameters import (
    choice,
    existing_file,
    further_file,
    list_vector_endings,
    raster,
    real,
    whole,
)
from geoseg_qgis.toolbox.result_styling import ResultStyling
from geoseg_qgis.translation import tr

_VIEWS = ["1", "2", "4", "8"]
_ENGINES = ["auto", "onnx", "keras"]
_DEVICE = re.compile(r"auto|cpu|gpu(:\d+)?")


class ExtractBuildings(CommandAlgorithm):
    """Building footprints of a raster as a vector layer."""

    # Known from `prepare_layers` on.
    _raster: RasterInput

    def __init__(self) -> None:
        super().__init__()
        self._area: Area | None = None
        self._jobs_folder = Path()

    def name(self) -> str:
        """Its name in scripts."""
        return "extractbuildings"

    def displayName(self) -> str:  # noqa: N802, as QGIS calls it
        """Its name in the toolbox."""
        return tr("Extract buildings")

    def shortHelpString(self) -> str:  # noqa: N802, as QGIS calls it
        """What it does."""
        return tr(
            "Finds the buildings in aerial or satellite imagery and writes their footprints, each "
            "with a score from 0 to 1 and its area in square metres.\n\n"
            "The raster may be a file or a service (XYZ, WMS, WMTS); of a service, the part inside "
            "the extent or area is fetched first. Pixels of 0.15 to 0.4 m work best. A run that "
            "was cancelled goes on where it stopped if it is started again with the same "
            "parameters and a result that is not temporary.\n\n"
            "The program does not know whether the licence of the imagery allows what you want to "
            "do with the footprints."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            raster("INPUT", tr("Imagery")),
            tr("The raster to look at: any bands and bit depth, in any CRS."),
        )
        self.add_area(tr("Where to look."))
        self._add_quality()
        self._add_model()
        self.add(
            QgsProcessingParameterVectorDestination(
                "OUTPUT", tr("Buildings"), QgsProcessing.SourceType.TypeVectorPolygon
            ),
            tr("The footprints; the ending of the file chooses the format."),
        )
        self.add(
            further_file("OSM", tr("OpenStreetMap file"), tr("OpenStreetMap files (*.osm)")),
            tr(
                "The same buildings for JOSM, marked not to be uploaded as they are; several files "
                "if there are many."
            ),
        )
        self.add_numbers(
            {
                "BUILDINGS": tr("Number of buildings"),
                "AREA_KM2": tr("Area looked at, km2"),
                "TILES": tr("Tiles looked at"),
                "SECONDS": tr("Seconds"),
            }
        )

    def _add_quality(self) -> None:
        self.add(
            real("SCORE", tr("Least score"), most=1.0),
            tr(
                "Buildings with a lower score are dropped: higher means fewer mistakes and more "
                "buildings that are missed. Empty for the value that suits the model."
            ),
        )
        self.add(
            choice("VIEWS", tr("Views"), _VIEWS, "1"),
            tr(
                "How often each place is looked at, mirrored and turned: more is better, and as "
                "much slower."
            ),
        )
        self.add(
            real("MIN_AREA", tr("Least area, square metres"), 4.0),
            tr("Smaller buildings are dropped. True area on the ground, whatever the CRS."),
        )
        self.add(
            real("TOLERANCE", tr("Tolerance, metres"), 0.5),
            tr(
                "How far a simplified outline may be from the detected one: larger gives fewer "
                "vertices."
            ),
        )

    def _add_model(self) -> None:
        self.add(
            real("GSD", tr("Pixel size, metres")),
            tr(
                "The size on the ground of the pixels that the imagery is looked at with. Empty "
                "for that of the model."
            ),
            is_advanced=True,
        )
        self.add(
            whole("OVERLAP", tr("Overlap, pixels"), 64, most=280),
            tr("Pixels that two neighbouring tiles of 300 x 300 share."),
            is_advanced=True,
        )
        self.add(
            QgsProcessingParameterString("BANDS", tr("Bands"), optional=True),
            tr(
                "Numbers of the bands for red, green and blue, such as 4,3,2; one number for grey. "
                "Empty for the bands that the raster calls so, otherwise the first three."
            ),
            is_advanced=True,
        )
        self.add(
            existing_file("WEIGHTS", tr("Model")),
            tr("File of weights, such as a training gives. Empty for the bundled model."),
            is_advanced=True,
        )
        self.add(
            choice("ENGINE", tr("Engine"), _ENGINES, "auto"),
            tr("What runs the model: ONNX Runtime or Keras. auto takes Keras only for a GPU."),
            is_advanced=True,
        )
        self.add(
            QgsProcessingParameterString("DEVICE", tr("Device"), defaultValue="auto"),
            tr("Where the model runs: auto, cpu, gpu, or gpu:N for one of several."),
            is_advanced=True,
        )

    def find_problem(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the parameters, in one sentence."""
        parameters = dict(parameters)
        imagery = self.read_raster(parameters, "INPUT", context)
        if self.has_two_areas(parameters):
            return tr("Give an extent or an area, not both.")
        self.read_area(parameters, context)
        options = self._read_options(parameters, context)
        if options.bands is None and parameters.get("BANDS"):
            return tr("Bands must be one number or three, such as 4,3,2; got {bands}.").format(
                bands=parameters["BANDS"]
            )
        if options.weights is not None and not Path(options.weights).is_file():
            return tr("There is no model {file}.").format(file=options.weights)
        if not _DEVICE.fullmatch(options.device):
            return tr("Device must be auto, cpu, gpu or gpu:N; got {device}.").format(
                device=options.device
            )
        return _find_output_problem(self._read_outputs(parameters, context), imagery)

    def prepare_layers(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> None:
        """Take the raster and the area."""
        self._raster = self.read_raster(dict(parameters), "INPUT", context)
        self._area = self.read_area(dict(parameters), context)
        self._jobs_folder = Settings().jobs_folder

    def work(
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Find the buildings."""
        parameters = dict(parameters)
        outputs = self._read_outputs(parameters, context)
        # The name of a temporary result is another one each time: nothing goes on with it.
        is_temporary = Path(QgsProcessingUtils.tempFolder()) in outputs[0].parents
        request = ExtractionRequest(
            raster=self._raster,
            area=self._area,
            options=self._read_options(parameters, context),
            outputs=outputs,
            overwrite=True,
            jobs_folder=None if is_temporary else self._jobs_folder,
        )
        extraction = Extraction(request, self.python, self.variables)
        result = extraction.run(FeedbackListener(feedback), feedback.isCanceled)
        feedback.pushInfo(tr("{n} buildings.").format(n=result.buildings))
        ResultStyling.prepare(outputs[0], result.origin, context)
        values: dict[str, Any] = {
            "OUTPUT": str(outputs[0]),
            "BUILDINGS": result.buildings,
            "AREA_KM2": result.area_km2,
            "TILES": result.tiles,
            "SECONDS": result.seconds,
        }
        if len(outputs) > 1:
            # Of a result in several files the first one stands for all.
            files = [path for path in result.outputs if path.suffix.lower() == ".osm"]
            values["OSM"] = str(files[0] if files else outputs[1])
        return values

    def _read_outputs(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[Path, ...]:
        names = [self.parameterAsOutputLayer(parameters, "OUTPUT", context)]
        names.append(self.parameterAsFileOutput(parameters, "OSM", context))
        return tuple(Path(name) for name in names if name)

    def _read_options(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> ExtractionOptions:
        def read_number(name: str) -> float | None:
            if parameters.get(name) is None:
                return None
            return float(self.parameterAsDouble(parameters, name, context))

        gsd_m = read_number("GSD")
        return ExtractionOptions(
            score=read_number("SCORE"),
            views=int(self.parameterAsString(parameters, "VIEWS", context)),
            min_area_m2=self.parameterAsDouble(parameters, "MIN_AREA", context),
            tolerance_m=self.parameterAsDouble(parameters, "TOLERANCE", context),
            overlap_px=self.parameterAsInt(parameters, "OVERLAP", context),
            gsd_m=gsd_m or None,
            bands=_read_bands(self.parameterAsString(parameters, "BANDS", context)),
            weights=self.parameterAsFile(parameters, "WEIGHTS", context) or None,
            engine=self.parameterAsString(parameters, "ENGINE", context),
            device=self.parameterAsString(parameters, "DEVICE", context).strip() or "auto",
        )


def _read_bands(text: str) -> tuple[int, ...] | None:
    """Numbers from 1, one or three; None where there are none such."""
    words = [word.strip() for word in text.split(",")]
    if len(words) not in (1, 3) or not all(re.fullmatch(r"[1-9]\d{0,3}", word) for word in words):
        return None
    return tuple(int(word) for word in words)


def _find_output_problem(outputs: tuple[Path, ...], imagery: RasterInput) -> str:
    endings = list_vector_endings()
    if outputs[0].suffix.lower()[1:] not in endings:
        return tr("The name of the result must end in one of {endings}; got {file}.").format(
            endings=", ".join(f".{one}" for one in endings), file=outputs[0]
        )
    if any(path.suffix.lower() != ".osm" for path in outputs[1:]):
        return tr("The name of the OpenStreetMap file must end in .osm; got {file}.").format(
            file=outputs[1]
        )
    if imagery.source in map(str, outputs):
        return tr("The result must not replace the raster itself.")
    for path in outputs:
        if not path.parent.is_dir():
            return tr("The folder of the result must exist; there is none at {path}.").format(
                path=path.parent
            )
    return ""
