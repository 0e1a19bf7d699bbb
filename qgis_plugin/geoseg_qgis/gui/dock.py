"""The dock: asks what to do, and shows what is being done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qgis.gui import QgsDockWidget, QgsMapCanvas
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from geoseg_qgis.engine.errors import EngineError, EnvironmentMissing
from geoseg_qgis.extraction_request import ExtractionOptions, ExtractionRequest
from geoseg_qgis.gui.area_panel import AreaPanel
from geoseg_qgis.gui.building_panel import BuildingPanel
from geoseg_qgis.gui.choices import Choices, existing_files, find_file_problems, recall_choices
from geoseg_qgis.gui.environment_line import EnvironmentLine
from geoseg_qgis.gui.environment_wording import describe_environment
from geoseg_qgis.gui.log_panel import LogPanel
from geoseg_qgis.gui.output_panel import OutputPanel
from geoseg_qgis.gui.raster_panel import RasterPanel
from geoseg_qgis.gui.run_panel import RunPanel
from geoseg_qgis.gui.service_plan import plan_service
from geoseg_qgis.raster_export import ExportPlan
from geoseg_qgis.raster_input import RasterInput, read_layer
from geoseg_qgis.settings import Settings
from geoseg_qgis.translation import tr

_REMEMBERED = "dock"


class GeosegDock(QgsDockWidget):
    """The panels and what is chosen in them; `DockController` acts on it.

    Attributes:
        service_plan: What would be fetched of a service; None for a file, and where it is not
            possible or not known.

    Signals:
        changed: something is chosen otherwise; the problems are up to date.
        shown: the dock has become visible.
    """

    changed = pyqtSignal()
    shown = pyqtSignal()

    def __init__(
        self, canvas: QgsMapCanvas, settings: Settings, parent: QWidget | None = None
    ) -> None:
        """Make the dock with what was chosen last time.

        Args:
            canvas: The map.
            settings: Where choices are remembered.
            parent: Main window.
        """
        super().__init__(tr("geoseg"), parent)
        self.setObjectName("geoseg_dock")
        self._settings = settings
        self.service_plan: ExportPlan | None = None
        self._read: tuple[object, RasterInput | None, str] = (None, None, "")
        self.environment = EnvironmentLine()
        self.raster = RasterPanel()
        self.area = AreaPanel(canvas)
        self.buildings = BuildingPanel()
        self.outputs = OutputPanel()
        self.run = RunPanel()
        self.log = LogPanel()
        self._arrange()
        self._show_choices(recall_choices(settings.load_values(_REMEMBERED)))
        self.run.set_style_name(str(settings.load_values(_REMEMBERED).get("style")))
        for panel in (self.raster, self.area, self.buildings, self.outputs):
            panel.changed.connect(self.check)
        self.check()

    def choices(self) -> Choices:
        """What is chosen."""
        choices = self.outputs.fill(self.buildings.fill(Choices()))
        return replace(
            choices,
            area_kind=self.area.kind(),
            selected_only=self.area.selected_box.isChecked(),
        )

    def remember(self) -> None:
        """Keep what is chosen for the next time."""
        values = self.choices().to_remembered()
        values["style"] = self.run.style_name()
        self._settings.keep_values(_REMEMBERED, values)

    def check(self) -> None:
        """Say beside the fields what is wrong, and allow the start where nothing is."""
        layer = self.raster.layer()
        raster, raster_problem = self._read_raster()
        file = None if raster is None or raster.must_be_copied else Path(raster.source)
        self.outputs.suggest_beside(file if file is not None and file.is_file() else None)
        problems = find_file_problems(self.choices(), file)
        area_problem = "" if layer is None or raster is None else self.area.problem(layer)
        self.service_plan = None
        if layer is not None and raster is not None and raster.must_be_copied and not area_problem:
            extent = self.area.extent_on(layer)
            self.service_plan, why = plan_service(raster, extent)
            # Other weights may want larger pixels, of which there are fewer.
            area_problem = "" if self.choices().weights else why
        self.raster.note.say(raster_problem)
        self.area.note.say(area_problem)
        self.buildings.show_problems(problems)
        self.outputs.show_problems(problems)
        self.run.show_problem(self._summarise(raster_problem, area_problem, problems))
        self.changed.emit()

    def request(self, *, overwrite: bool) -> ExtractionRequest:
        """What is chosen, as a request.

        Args:
            overwrite: Whether files that exist may be replaced.

        Raises:
            EngineError: The raster cannot be handed over.
        """
        layer = self.raster.layer()
        if layer is None:
            raise EngineError(tr("Choose a raster layer."))
        choices = self.choices()
        return ExtractionRequest(
            raster=read_layer(layer),
            area=self.area.area(),
            options=ExtractionOptions(
                score=choices.score,
                views=choices.views,
                min_area_m2=choices.min_area_m2,
                tolerance_m=choices.tolerance_m,
                weights=choices.weights or None,
            ),
            outputs=choices.wanted_files(),
            overwrite=overwrite,
            is_live=True,
            jobs_folder=self._settings.jobs_folder,
        )

    def is_service(self) -> bool:
        """Whether the raster has to be fetched before buildings can be looked for."""
        raster, _ = self._read_raster()
        return raster is not None and raster.must_be_copied

    def estimate_key(self) -> tuple[object, ...]:
        """Equal as long as a run would take equally long."""
        self._read_raster()
        choices = self.choices()
        return (self._read[0], self.area.key(), choices.views, choices.weights)

    def files_to_replace(self) -> list[Path]:
        """Files that a run would replace."""
        return existing_files(self.choices())

    def show_busy(self, is_busy: bool) -> None:
        """Lock the fields while a run is going on."""
        for panel in (self.environment, self.raster, self.area, self.buildings, self.outputs):
            panel.setEnabled(not is_busy)

    def show_environment(self) -> bool:
        """Say whether geoseg is set up, and return it."""
        try:
            python = self._settings.find_python()
        except EnvironmentMissing:
            self.environment.show_missing()
            return False
        self.environment.show_ready(describe_environment(self._settings, python), str(python))
        return True

    def shut_down(self) -> None:
        """Let go of the map and the layers."""
        self.remember()
        self.area.shut_down()

    def _read_raster(self) -> tuple[RasterInput | None, str]:
        """The raster and what is wrong with it; looked at anew only where it is another one."""
        layer = self.raster.layer()
        if layer is None:
            return None, ""
        key = (layer.id(), layer.source(), layer.isValid(), layer.crs().toWkt())
        if key != self._read[0]:
            try:
                self._read = (key, read_layer(layer), "")
            except EngineError as error:
                self._read = (key, None, str(error))
        return self._read[1], self._read[2]

    def _summarise(self, raster: str, area: str, problems: dict[str, str]) -> str:
        """Why the start is not possible, in one line; what it is exactly stands at the field."""
        if self.raster.layer() is None:
            return tr("Choose a raster layer.")
        if raster:
            return tr("The raster cannot be used.")
        if area:
            return tr("Area: {problem}").format(problem=area)
        if "weights" in problems:
            return tr("Model weights: {problem}").format(problem=problems["weights"])
        return next((tr("Result: {problem}").format(problem=one) for one in problems.values()), "")

    def _show_choices(self, choices: Choices) -> None:
        self.area.set_kind(choices.area_kind)
        self.area.selected_box.setChecked(choices.selected_only)
        self.buildings.show_choices(choices)
        self.outputs.show_choices(choices)

    def _arrange(self) -> None:
        fields = QWidget()
        inner = QVBoxLayout(fields)
        for panel in (self.environment, self.raster, self.area, self.buildings, self.outputs):
            inner.addWidget(panel)
        inner.addWidget(self.log)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        scroll.setWidget(fields)
        root = QWidget()
        layout = QVBoxLayout(root)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        foot = QVBoxLayout()
        margin = self.fontMetrics().averageCharWidth()
        foot.setContentsMargins(margin, 0, margin, margin)
        foot.addWidget(self.run)
        layout.addLayout(foot)
        self.setWidget(root)
        self.visibilityChanged.connect(self._on_visibility)

    def _on_visibility(self, is_visible: bool) -> None:
        if is_visible:
            self.shown.emit()
