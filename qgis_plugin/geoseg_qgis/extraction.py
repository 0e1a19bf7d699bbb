"""One extraction of buildings, from the layer to the files: for the toolbox and for the dock."""

from __future__ import annotations

import contextlib
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoseg_qgis.area import Area
from geoseg_qgis.command_line import CommandStarted, show_command
from geoseg_qgis.engine.errors import CommandFailed
from geoseg_qgis.engine.events import Event, Resumed, StageStarted, WarningGiven
from geoseg_qgis.engine.run import Listener, run_command
from geoseg_qgis.extraction_request import ExtractionRequest
from geoseg_qgis.jobs import choose_job, open_jobs_folder
from geoseg_qgis.preparation import Preparation
from geoseg_qgis.raster_input import RasterInput
from geoseg_qgis.translation import tr

_TILE_PX = 300
# Side of what is fetched of a service to see how quick it is.
_PROBE_PX = 600


@dataclass(frozen=True)
class Estimate:
    """What a run is likely to take.

    Attributes:
        tiles: to look at.
        area_km2: of these.
        gsd_m: ground metres per pixel that they are looked at with.
        tiles_per_s: as measured on some of them.
        seconds: for all tiles.
        fetch_px: pixels that QGIS copies from a service before; 0 for a file.
        fetch_s: seconds for that.
        warnings: what the command and the copying had to say; lines.
    """

    tiles: int
    area_km2: float
    gsd_m: float
    tiles_per_s: float
    seconds: float
    fetch_px: int
    fetch_s: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ExtractionResult:
    """What a run gave.

    Attributes:
        buildings: how many.
        area_km2: that was looked at.
        tiles: that were looked at.
        seconds: that it took, without loading the model.
        outputs: files that are there now; an OSM result may be several.
        origin: where the result comes from.
        warnings: lines.
    """

    buildings: int
    area_km2: float
    tiles: int
    seconds: float
    outputs: tuple[Path, ...]
    origin: Mapping[str, Any]
    warnings: tuple[str, ...]


class Extraction:
    """Runs requests; may be used in any thread, one at a time."""

    def __init__(
        self,
        request: ExtractionRequest,
        python: Path,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Take the request.

        Args:
            request: what to do.
            python: interpreter that has geoseg.
            variables: environment variables to set besides those of this process.
        """
        self._request = request
        self._python = python
        self._variables = dict(variables or {})

    def run(self, listener: Listener, is_cancelled: Callable[[], bool]) -> ExtractionResult:
        """Find the buildings and write the files.

        A service is copied first, which is a stage of its own. Nothing is left behind but the
        outputs and, of a run for files that was interrupted, what it has finished.

        Args:
            listener: is told everything as it comes, in this thread.
            is_cancelled: asked at least ten times a second.

        Raises:
            EngineError: the request cannot be done, failed, or was cancelled.
        """
        request, told = self._request, _Told(listener)
        with _make_temporary_folder() as folder:
            raster_words = self._prepare(folder, told, is_cancelled).make_words(*self._what())
            words = ["predict", *raster_words, *request.options.words(), "--progress", "json"]
            if request.is_live:
                words.append("--live")
            for output in request.outputs or (folder / "buildings.parquet",):
                words += ["-o", str(output)]
            if request.overwrite:
                words.append("--overwrite")
            values = self._predict(words, folder, told, is_cancelled)
        return _read_result(values, told, has_outputs=bool(request.outputs))

    def estimate(self, listener: Listener, is_cancelled: Callable[[], bool]) -> Estimate:
        """Find out what a run takes, by looking at some tiles. Writes nothing.

        Args:
            listener: is told everything as it comes, in this thread.
            is_cancelled: asked at least ten times a second.

        Raises:
            EngineError: the request cannot be done, or was cancelled.
        """
        told = _Told(listener)
        with _make_temporary_folder() as folder:
            if self._request.raster.must_be_copied:
                return self._estimate_service(folder, told, is_cancelled)
            raster_words = self._prepare(folder, told, is_cancelled).make_words(*self._what())
            values = self._run_estimate(raster_words, told, is_cancelled)
        return _read_estimate(values, told)

    def _predict(
        self, words: list[str], folder: Path, told: _Told, is_cancelled: Callable[[], bool]
    ) -> dict[str, Any]:
        job = choose_job(self._request)
        if job is None or not open_jobs_folder(job.parent):
            return self._run([*words, "--job", str(folder / "job")], told, is_cancelled)
        was_there = job.is_dir()
        try:
            return self._run([*words, "--job", str(job), "--resume"], told, is_cancelled)
        except CommandFailed as error:
            if not was_there or told.has_begun:
                raise
            # The raster or geoseg is another one now: what was kept is of no use. The folder stays,
            # as it may be another QGIS that is at work in it.
            told.on_log(tr("What was kept is not used: {why}").format(why=error))
            return self._run([*words, "--job", str(folder / "job")], told, is_cancelled)

    def _run(
        self, words: list[str], told: _Told, is_cancelled: Callable[[], bool]
    ) -> dict[str, Any]:
        told.on_event(CommandStarted(show_command(words)))
        return run_command(
            self._python, words, told, is_cancelled=is_cancelled, variables=self._variables
        )

    def _run_estimate(
        self, raster_words: list[str], told: _Told, is_cancelled: Callable[[], bool]
    ) -> dict[str, Any]:
        options = self._request.options.words()
        words = ["predict", *raster_words, *options, "--estimate", "--progress", "json"]
        return self._run(words, told, is_cancelled)

    def _prepare(self, folder: Path, told: _Told, is_cancelled: Callable[[], bool]) -> Preparation:
        return Preparation(folder, self._python, told, is_cancelled, self._variables)

    def _estimate_service(
        self, folder: Path, told: _Told, is_cancelled: Callable[[], bool]
    ) -> Estimate:
        preparation = self._prepare(folder, told, is_cancelled)
        plan = preparation.plan(*self._what())
        probe = plan.take_middle(_PROBE_PX)
        start = time.monotonic()
        path = preparation.fetch(self._request.raster, probe)
        probe_s = time.monotonic() - start
        values = self._run_estimate([str(path)], told, is_cancelled)
        measured = _read_estimate(values, told)
        shrink = plan.gsd_m / measured.gsd_m
        stride_px = _TILE_PX - self._request.options.overlap_px
        share = self._area_share()
        tiles = math.ceil(
            share
            * math.prod(
                max(1, math.ceil((side * shrink - _TILE_PX) / stride_px) + 1)
                for side in plan.size_wh
            )
        )
        return Estimate(
            tiles=tiles,
            area_km2=share * plan.num_px * plan.gsd_m**2 / 1e6,
            gsd_m=measured.gsd_m,
            tiles_per_s=measured.tiles_per_s,
            seconds=tiles / max(measured.tiles_per_s, 1e-6),
            fetch_px=plan.num_px,
            fetch_s=probe_s * plan.num_px / probe.num_px,
            warnings=measured.warnings,
        )

    def _what(self) -> tuple[RasterInput, Area | None, float | None, str | None]:
        """What the preparation is for."""
        request = self._request
        return request.raster, request.area, request.options.gsd_m, request.options.weights

    def _area_share(self) -> float:
        """How much of the rectangle that is fetched belongs to the area."""
        area = self._request.area
        if area is None:
            return 1.0
        outside = area.find_extent(area.crs, self._request.raster.transform_context)
        inside = sum(geometry.area() for geometry in area.iterate())
        whole = outside.width() * outside.height()
        return min(1.0, inside / whole) if whole > 0 else 1.0


class _Told:
    """Hands everything on, and keeps what the result has to name."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.warnings: list[str] = []
        self.has_begun = False

    def on_event(self, event: Event) -> None:
        if isinstance(event, WarningGiven):
            self.warnings.append(event.message)
        elif isinstance(event, (Resumed, StageStarted)):
            self.has_begun = True
        self._listener.on_event(event)

    def on_log(self, line: str) -> None:
        self._listener.on_log(line)


def _read_result(values: Mapping[str, Any], told: _Told, *, has_outputs: bool) -> ExtractionResult:
    with _understanding():
        return ExtractionResult(
            buildings=int(values["buildings"]),
            area_km2=float(values["area_km2"]),
            tiles=int(values["tiles"]),
            seconds=float(values["seconds"]),
            outputs=tuple(Path(one) for one in values["outputs"]) if has_outputs else (),
            origin=values.get("origin") or {},
            warnings=tuple(told.warnings),
        )


def _read_estimate(values: Mapping[str, Any], told: _Told) -> Estimate:
    with _understanding():
        return Estimate(
            tiles=int(values["tiles"]),
            area_km2=float(values["area_km2"]),
            gsd_m=float(values["gsd_m"]),
            tiles_per_s=float(values["tiles_per_s"]),
            seconds=float(values["seconds"]),
            fetch_px=0,
            fetch_s=0.0,
            warnings=tuple(told.warnings),
        )


@contextlib.contextmanager
def _understanding() -> Iterator[None]:
    """Errors for what a geoseg of another version may answer."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise CommandFailed(
            tr("geoseg answered something that the plugin does not understand: {what}").format(
                what=error
            )
        ) from error


@contextlib.contextmanager
def _make_temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="geoseg-"))
    try:
        yield folder
    finally:
        # On Windows something may still hold a file; it is the system's to remove, then.
        shutil.rmtree(folder, ignore_errors=True)
