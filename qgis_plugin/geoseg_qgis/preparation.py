"""A raster and an area as words of a command, with the files that these need."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geoseg_qgis.area import Area, write_area
from geoseg_qgis.command_line import find_model_gsd
from geoseg_qgis.engine.events import StageFinished, StageProgress, StageStarted, WarningGiven
from geoseg_qgis.engine.run import Listener
from geoseg_qgis.raster_export import ExportPlan, export_raster, plan_export
from geoseg_qgis.raster_input import RasterInput
from geoseg_qgis.stages import FETCH_STAGE

_FETCH_STEPS = 1000
_MAX_PROBLEMS = 3


@dataclass(frozen=True)
class Preparation:
    """Writes the files of one command into a folder; used in any thread.

    Attributes:
        folder: temporary, exists.
        python: interpreter that has geoseg.
        listener: is told how far the copy of a service is.
        is_cancelled: asked at least ten times a second.
        variables: environment variables to set besides those of this process.
    """

    folder: Path
    python: Path
    listener: Listener
    is_cancelled: Callable[[], bool]
    variables: Mapping[str, str] = field(default_factory=dict)

    def write_raster(
        self, raster: RasterInput, area: Area | None, gsd_m: float | None, weights: str | None
    ) -> str:
        """What the command opens: the raster itself, or a copy of it.

        Args:
            raster: the raster.
            area: where on it; None for all of it.
            gsd_m: ground metres per pixel of a copy; None for those of the model.
            weights: the model; None for the bundled one.

        Raises:
            EngineError: the copy cannot be made, or was cancelled.
        """
        if not raster.must_be_copied:
            return raster.source
        return str(self.fetch(raster, self.plan(raster, area, gsd_m, weights)))

    def make_words(
        self, raster: RasterInput, area: Area | None, gsd_m: float | None, weights: str | None
    ) -> list[str]:
        """The raster, its CRS and the area as words of `predict` or `tile`; as `write_raster`."""
        words = [self.write_raster(raster, area, gsd_m, weights)]
        if raster.given_crs:
            words += ["--crs", raster.given_crs]
        if area is not None:
            words += ["--aoi", self.write_area(area, raster)]
        return words

    def write_area(self, area: Area, raster: RasterInput, name: str = "area") -> str:
        """Write polygons to a file of a name of its own; raises AreaError."""
        path = self.folder / f"{name}.gpkg"
        write_area(area, path, raster.transform_context)
        return str(path)

    def plan(
        self, raster: RasterInput, area: Area | None, gsd_m: float | None, weights: str | None
    ) -> ExportPlan:
        """What the copy of a service will be; raises EngineError where there can be none."""
        wanted_m = gsd_m or find_model_gsd(
            self.python, weights, is_cancelled=self.is_cancelled, variables=self.variables
        )
        extent = None
        if area is not None:
            extent = area.find_extent(raster.crs, raster.transform_context)
        plan = plan_export(raster, extent, wanted_m)
        if plan.warning:
            self.listener.on_event(WarningGiven(plan.warning))
        return plan

    def fetch(self, raster: RasterInput, plan: ExportPlan) -> Path:
        """Copy a service, which is a stage of its own; raises as `export_raster`."""
        path = self.folder / f"{_make_file_name(raster.name)}.tif"
        start = time.monotonic()
        self.listener.on_event(StageStarted(FETCH_STAGE, _FETCH_STEPS))

        def on_share(share: float) -> None:
            seconds = time.monotonic() - start
            eta_s = seconds / share * (1 - share) if share > 0 else None
            done = round(share * _FETCH_STEPS)
            self.listener.on_event(StageProgress(FETCH_STAGE, done, _FETCH_STEPS, eta_s, 0))

        problems = export_raster(
            raster, plan, path, on_share=on_share, is_cancelled=self.is_cancelled
        )
        for problem in problems[:_MAX_PROBLEMS]:
            self.listener.on_event(WarningGiven(problem))
        seconds = time.monotonic() - start
        self.listener.on_event(StageFinished(FETCH_STAGE, _FETCH_STEPS, _FETCH_STEPS, 0, seconds))
        return path


def _make_file_name(name: str) -> str:
    """The name of a layer as that of a file; results name their raster by it."""
    kept = "".join(one if one.isalnum() or one in " -_." else "_" for one in name).strip(" .")
    return kept[:80] or "raster"
