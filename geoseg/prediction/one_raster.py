"""One raster, from opening it to its last footprint."""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geoseg.config import PredictConfig
from geoseg.crs import pixel_to_xy
from geoseg.errors import RasterError
from geoseg.provenance import describe_weights, make_origin
from geoseg.types import Footprints, Origin, Progress, Runner, Window

if TYPE_CHECKING:
    from types import TracebackType

    from pyproj import CRS

    from geoseg.pipeline import ResultStore, Scan, ShardWork
    from geoseg.pipeline.shard_work import DetectorLoader
    from geoseg.raster import GdalSource, Overview
    from geoseg.tiles import ShardPlan


@dataclass(frozen=True)
class PredictionRequest:
    """What is asked of a run over one raster.

    Attributes:
        raster: whatever GDAL opens: a path, an address, a description file.
        config: all settings; the size of the tiles is the model's.
        weights: a weights file; None takes the bundled model.
        engine: "auto", "keras" or "onnx", see `geoseg.detections.engines`.
        device: "auto", "cpu", "gpu" or "gpu:N".
        aoi: a vector file; only what lies inside is looked at.
        bbox: the same as west, south, east, north in degrees.
        skips_unreadable: windows that cannot be read are left out; otherwise the first one ends
            the run.
        title: how results call the raster; None takes its name without the folder.
        date: ISO date of the raster where it does not tell its own, or "".
    """

    raster: str
    config: PredictConfig
    weights: Path | None = None
    engine: str = "auto"
    device: str = "auto"
    aoi: Path | None = None
    bbox: Sequence[float] | None = None
    skips_unreadable: bool = False
    title: str | None = None
    date: str = ""


@dataclass(frozen=True)
class ScanSummary:
    """What was looked at.

    Attributes:
        num_tiles: tiles of the run.
        area_km2: ground: the valid part of the raster, or the whole area.
        unread: ground that could not be read, boxes (west, south, east, north) in the CRS of
            the raster.
        seconds: from the first tile to the last footprint.
    """

    num_tiles: int
    area_km2: float
    unread: tuple[tuple[float, float, float, float], ...]
    seconds: float


class PredictionRun:
    """A run over one raster, checked before the network is loaded; a context manager.

    Attributes:
        source: the opened raster.
        engine: "keras" or "onnx".
        config: all settings, with the tiles of the model.
        weights_sha256: hex digest of the weights file.
        num_shards: parts that the work is done in.
        metric_crs: CRS of the footprints.
    """

    def __init__(self, request: PredictionRequest) -> None:
        """Open the raster and describe the model.

        Raises:
            GeosegError: the subclass says what is wrong with raster, area, weights or settings.
        """
        from geoseg.detections.engines import choose_engine
        from geoseg.pipeline import make_frame
        from geoseg.raster import open_raster, warn_of_gsd_range
        from geoseg.raster.aoi import find_area_centre, read_area_px
        from geoseg.raster.gdal import short_name
        from geoseg.tiles import ShardPlan, make_grid

        self._request = request
        self.engine = choose_engine(request.engine)
        model, self.model_name, self.weights_sha256 = describe_weights(request.weights)
        self.config = request.config.fit_tiles(model.tile_size_px)
        centre = find_area_centre(request.aoi, request.bbox)
        with ExitStack() as stack:
            self.source: GdalSource = stack.enter_context(
                open_raster(
                    request.raster,
                    self.config.raster,
                    model_gsd_m=model.gsd_m,
                    at_lonlat=centre,
                )
            )
            self._area_px = read_area_px(self.source, request.aoi, request.bbox)
            self.raster_name = request.title or short_name(request.raster)
            warn_of_gsd_range(self.source.gsd_m, self.raster_name, model.gsd_range_m)
            self._frame = make_frame(self.source, self._area_px)
            grid = make_grid(self.source.shape_hw, self.config.tiles)
            self._plan = ShardPlan(grid, self._area_px)
            self._files = stack.pop_all()
        self._summary: ScanSummary | None = None

    @property
    def num_shards(self) -> int:
        """Parts that the work is done in."""
        return len(self._plan)

    @property
    def num_tiles(self) -> int:
        """Tiles in all shards."""
        return self._plan.num_tiles

    @property
    def has_area(self) -> bool:
        """Whether only a part of the raster is asked for."""
        return self._area_px is not None

    @property
    def area_km2(self) -> float:
        """Ground of the area, else of the whole raster, data or not."""
        height, width = self.source.shape_hw
        area_px = height * width if self._area_px is None else self._area_px.area
        return area_px * self.source.gsd_m**2 / 1e6

    @property
    def skips_unreadable(self) -> bool:
        """Whether windows that cannot be read are left out."""
        return self._request.skips_unreadable

    @property
    def metric_crs(self) -> CRS:
        """CRS of the footprints: metric round the middle of the raster, or of the area."""
        return self._frame.metric_crs

    @property
    def summary(self) -> ScanSummary:
        """What was looked at; known once `scan` has ended."""
        if self._summary is None:
            raise RuntimeError("A run has a summary once it is scanned.")
        return self._summary

    def make_origin(self, created: str) -> Origin:
        """Where the footprints come from; `created` is the ISO time of the run."""
        return make_origin(
            self.config,
            model=self.model_name,
            weights_sha256=self.weights_sha256,
            raster=self.raster_name,
            raster_date=self.source.facts.date or self._request.date,
            created=created,
        )

    def describe(self) -> dict[str, object]:
        """What decides the footprints, by name; see `geoseg.jobs.describe_run`.

        Raises:
            RasterError: the raster's header cannot be read.
        """
        from geoseg.jobs import describe_run, digest_area
        from geoseg.raster.fingerprint import fingerprint_raster

        return describe_run(
            self.config,
            weights_sha256=self.weights_sha256,
            engine=self.engine,
            raster=fingerprint_raster(self._request.raster),
            area=digest_area(self._area_px),
            shape_hw=self.source.shape_hw,
            num_shards=self.num_shards,
        )

    def read_overview(self, max_side_px: int) -> Overview | None:
        """A small picture of the raster.

        Returns:
            None where it cannot be read and that may be left out.

        Raises:
            RasterError: it cannot be read.

        Warns:
            UserWarning: it is left out.
        """
        try:
            return self.source.read_overview(max_side_px)
        except RasterError as error:
            if not self.skips_unreadable:
                raise
            warnings.warn(f"left out the preview: {error}", stacklevel=2)
            return None

    def scan(
        self, *, runner: Runner, store: ResultStore, progress: Progress
    ) -> Iterator[Footprints]:
        """Load the network, and find the buildings.

        Args:
            runner: does the work of the shards.
            store: keeps their results; what it holds already is not done again.
            progress: is told of every tile.

        Yields:
            Batches of footprints in `metric_crs`: a `geoseg.types.FootprintBatches` in time.
            They do not depend on the runner.

        Raises:
            GeosegError: the subclass says what went wrong; what the store holds is good.
        """
        from geoseg.pipeline import Scan, SeamJoiner

        work = self.make_work(self._plan, self._make_loader(), progress)
        scan = Scan(self._plan, SeamJoiner(self._plan, self._frame, self.config), store)
        if runner.is_local and scan.num_done < len(self._plan):
            work.load()
        started = time.monotonic()
        yield from scan.run(work, runner, progress)
        self._summary = self._summarize(scan, time.monotonic() - started)

    def make_plan(self, tiles_per_side: int) -> ShardPlan:
        """The same tiles in shards of another size."""
        from geoseg.tiles import ShardPlan

        return ShardPlan(self._plan.grid, self._area_px, tiles_per_side)

    def load_detector(self) -> Any:
        """Load the network.

        Raises:
            GeosegError: the subclass says what is wrong with weights or device.
        """
        return self._make_loader()()

    def make_work(
        self, plan: ShardPlan, load: DetectorLoader, progress: Progress | None = None
    ) -> ShardWork:
        """What is done with each shard of a plan.

        Args:
            plan: shards of this raster.
            load: loads the network.
            progress: is told of every tile.
        """
        from geoseg.pipeline import ShardWork

        return ShardWork(
            self.source,
            load,
            plan,
            self._frame,
            self.config,
            skips_unreadable=self.skips_unreadable,
            progress=progress,
        )

    def _make_loader(self) -> DetectorLoader:
        from geoseg.detections.views import load_views

        return functools.partial(
            load_views,
            self.config.detect,
            self._request.weights,
            engine=self.engine,
            device=self._request.device,
        )

    def _summarize(self, scan: Scan, seconds: float) -> ScanSummary:
        area_km2 = self.area_km2
        if not self.has_area:
            area_km2 = scan.num_valid_px * self.source.gsd_m**2 / 1e6
        return ScanSummary(
            num_tiles=self.num_tiles,
            area_km2=area_km2,
            unread=tuple(self._place(window) for window in scan.unread),
            seconds=seconds,
        )

    def _place(self, window: Window) -> tuple[float, float, float, float]:
        """The box round a window in the CRS of the raster."""
        y1, x1, y2, x2 = window.box_yx
        xs, ys = pixel_to_xy(
            self.source.transform, np.array([x1, x2, x2, x1]), np.array([y1, y1, y2, y2])
        )
        return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())

    def close(self) -> None:
        """Release the raster."""
        self._files.close()

    def __enter__(self) -> PredictionRun:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
