"""What all algorithms have in common: a command that runs in another Python."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterExtent,
)
from qgis.PyQt.QtGui import QIcon

from geoseg_qgis.area import Area, make_rectangle_area, make_source_area
from geoseg_qgis.command_line import CommandStarted, show_command
from geoseg_qgis.engine.errors import EngineError
from geoseg_qgis.engine.events import (
    Event,
    Resumed,
    StageFinished,
    StageProgress,
    StageStarted,
    WarningGiven,
)
from geoseg_qgis.engine.run import run_command
from geoseg_qgis.preparation import Preparation
from geoseg_qgis.raster_input import RasterInput, RasterInputError, read_layer
from geoseg_qgis.settings import Settings
from geoseg_qgis.stages import describe_stage
from geoseg_qgis.toolbox.parameters import polygons
from geoseg_qgis.translation import tr

ICON = Path(__file__).parents[1] / "icons" / "geoseg.svg"
AREA, EXTENT = "AREA", "EXTENT"


class CommandAlgorithm(QgsProcessingAlgorithm):
    """An algorithm that runs one command of geoseg.

    A subclass has `name`, `displayName`, `shortHelpString`, `initAlgorithm` (with `add` and
    `add_area`), and

    - `find_problem`: one sentence on parameters that do not do, or "";
    - `prepare_layers`: takes what belongs to layers, in the main thread;
    - `work`: runs the command, in any thread, and gives the outputs.

    Attributes:
        python: the interpreter, once prepared.
        variables: environment variables for it.
        folder: temporary folder while `work` runs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.python = Path()
        self.variables: dict[str, str] = {}
        self.folder = Path()

    def createInstance(self) -> CommandAlgorithm:  # noqa: N802, as QGIS calls it
        """Another one of the same kind."""
        return type(self)()

    def icon(self) -> QIcon:
        """The icon of geoseg."""
        return QIcon(str(ICON))

    def tags(self) -> list[str]:
        """Words that the search of the toolbox finds it by, besides its name."""
        return tr("geoseg,building,footprint,roof,house,deep learning,AI,OpenStreetMap").split(",")

    def find_problem(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the parameters, in one sentence; "" for nothing."""
        return ""

    def prepare_layers(self, parameters: Mapping[str, Any], context: QgsProcessingContext) -> None:
        """Take what belongs to layers; called in the main thread, may raise EngineError."""

    def work(
        self,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Run the command and give the outputs; may raise EngineError."""
        raise NotImplementedError

    def add(
        self,
        parameter: QgsProcessingParameterDefinition,
        explained: str,
        *,
        is_advanced: bool = False,
    ) -> None:
        """Declare a parameter together with its help."""
        parameter.setHelp(explained)
        if is_advanced:
            advanced = QgsProcessingParameterDefinition.Flag.FlagAdvanced
            parameter.setFlags(parameter.flags() | advanced)
        self.addParameter(parameter)

    def add_numbers(self, titles: Mapping[str, str]) -> None:
        """Declare outputs that are numbers, by their names in scripts."""
        for name, title in titles.items():
            self.addOutput(QgsProcessingOutputNumber(name, title))

    def add_area(self, explained: str) -> None:
        """Declare the two parameters for where to look, an extent and polygons."""
        self.add(
            QgsProcessingParameterExtent(EXTENT, tr("Extent"), optional=True),
            explained + " " + tr("As a rectangle; leave it empty for everything."),
        )
        self.add(
            polygons(AREA, tr("Area"), is_optional=True),
            explained + " " + tr("As polygons, in any CRS; instead of an extent."),
        )

    def has_two_areas(self, parameters: Mapping[str, Any]) -> bool:
        """Whether both an extent and polygons are given."""
        return bool(parameters.get(EXTENT)) and bool(parameters.get(AREA))

    def read_area(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Area | None:
        """Where to look, or None for everywhere; in the main thread; raises AreaError."""
        source = self.parameterAsSource(parameters, AREA, context)
        if source is not None:
            return make_source_area(source)
        if not parameters.get(EXTENT):
            return None
        rectangle = self.parameterAsExtent(parameters, EXTENT, context)
        crs = self.parameterAsExtentCrs(parameters, EXTENT, context)
        return make_rectangle_area(rectangle, crs, tr("Extent"))

    def read_raster(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> RasterInput:
        """A raster, in the main thread; raises RasterInputError."""
        layer = self.parameterAsRasterLayer(parameters, name, context)
        if layer is None:
            raise RasterInputError(
                tr("The raster {name} cannot be read.").format(name=parameters.get(name))
            )
        return read_layer(layer, context.transformContext())

    def checkParameterValues(  # noqa: N802, as QGIS calls it
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Whether the parameters do, and what is wrong with them."""
        is_good, problem = super().checkParameterValues(parameters, context)
        if not is_good:
            return is_good, problem
        try:
            problem = self.find_problem(parameters, context)
        except EngineError as error:
            problem = str(error)
        return not problem, problem

    def prepareAlgorithm(  # noqa: N802, as QGIS calls it
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> bool:
        """Find the Python, and take what belongs to layers."""
        with _failures_as_processing_has_them(feedback):
            settings = Settings()
            self.python, self.variables = settings.find_python(), settings.make_variables()
            self.prepare_layers(parameters, context)
        return True

    def processAlgorithm(  # noqa: N802, as QGIS calls it
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Run the command."""
        with _failures_as_processing_has_them(feedback):
            self.folder = Path(tempfile.mkdtemp(prefix="geoseg-"))
            try:
                return self.work(parameters, context, feedback)
            finally:
                shutil.rmtree(self.folder, ignore_errors=True)

    def preparation(self, feedback: QgsProcessingFeedback) -> Preparation:
        """For rasters and areas that the command needs as files; within `work`."""
        return Preparation(
            self.folder,
            self.python,
            FeedbackListener(feedback),
            feedback.isCanceled,
            self.variables,
        )

    def run_words(self, words: Sequence[str], feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Run a command, with `--progress json` added, and give its result; within `work`."""
        words = [*words, "--progress", "json"]
        listener = FeedbackListener(feedback)
        listener.on_event(CommandStarted(show_command(words)))
        return run_command(
            self.python,
            words,
            listener,
            is_cancelled=feedback.isCanceled,
            variables=self.variables,
        )


class FeedbackListener:
    """Tells the feedback of an algorithm what a command does."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        """Take the feedback."""
        self._feedback = feedback

    def on_event(self, event: Event) -> None:
        """Show progress, warnings, and the command itself."""
        feedback = self._feedback
        if isinstance(event, StageStarted):
            feedback.setProgressText(describe_stage(event.stage))
            feedback.setProgress(0)
        elif isinstance(event, StageProgress) and event.total:
            feedback.setProgress(100 * event.done / event.total)
        elif isinstance(event, StageFinished):
            feedback.setProgress(100)
        elif isinstance(event, WarningGiven):
            feedback.pushWarning(event.message)
        elif isinstance(event, CommandStarted):
            feedback.pushCommandInfo(event.text)
        elif isinstance(event, Resumed):
            feedback.pushInfo(
                tr("Going on after {done} of {total} parts.").format(
                    done=event.done, total=event.total
                )
            )

    def on_log(self, line: str) -> None:
        """Show a line of the command's own log."""
        self._feedback.pushConsoleInfo(line)


@contextlib.contextmanager
def _failures_as_processing_has_them(feedback: QgsProcessingFeedback) -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        details = str(getattr(error, "details", ""))
        if details:
            feedback.pushDebugInfo(details)
        raise QgsProcessingException(str(error)) from error


def find_folder_problem(name: str) -> str:
    """What is wrong with a folder to write into, in one sentence; "" for nothing.

    Args:
        name: of the folder; "" if it is not known yet.
    """
    folder = Path(name)
    if not name or not folder.exists():
        return ""
    if not folder.is_dir():
        return tr("The result must be a folder; {path} is a file.").format(path=folder)
    if any(folder.iterdir()):
        return tr("The folder of the result must be new or empty; {path} is not.").format(
            path=folder
        )
    return ""
