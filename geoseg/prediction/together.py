"""One result of several rasters: each is a job of its own, then their footprints are joined."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geoseg.errors import OutputError
from geoseg.prediction.means import Means, telling_of_finished
from geoseg.prediction.survey import SurveyedRaster
from geoseg.prediction.targets import SetResult, made_folder
from geoseg.prediction.to_files import Targets, check_targets
from geoseg.types import Origin, RasterOrigin

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoseg.footprints.mosaic import MosaicFootprints
    from geoseg.jobs import FootprintSpool, JobFolder
    from geoseg.prediction.one_raster import PredictionRequest, ScanSummary

# Folders in the job folder of the whole: one for the outputs, and one for each raster.
_WHOLE = "whole"
_PART = "raster "

# Half a cell of a mask, and rounding.
_MARGIN_PX = 2.0


@dataclass(frozen=True)
class _Part:
    """What is found on one raster of several.

    Attributes:
        raster: the raster.
        spool: its footprints.
        summary: what was looked at.
        origin: of a result of this raster alone.
    """

    raster: SurveyedRaster
    spool: FootprintSpool
    summary: ScanSummary
    origin: Origin


def predict_together(
    rasters: Sequence[SurveyedRaster], targets: Targets, means: Means
) -> SetResult:
    """Find the buildings of several rasters, and write one result of all.

    The job folder holds one of each raster, so that the run goes on at the raster, and in it at
    the shard, where it was killed. The parts are kept until the whole is written.

    Args:
        rasters: at least one.
        targets: what to write; no preview.
        means: what does the work, and who is told of it.

    Raises:
        GeosegError: the subclass says what is wrong; finished shards are kept.
        KeyboardInterrupt: the user has had enough; its text says how to go on.
    """
    from geoseg.jobs import JobFolder, choose_place

    output = targets.outputs[0]
    place = choose_place(output, targets.job)
    names = [_PART + raster.listed.label for raster in rasters]
    has_begun = place.exists()
    with made_folder(place):
        _check_content(place, {_WHOLE, *names}, output)
        with JobFolder(place / _WHOLE, output, {"shards": 0}) as whole:
            # It has no shards itself: what goes on are the parts.
            whole.check(resume=False, overwrite=True)
            inputs = tuple(raster.request.raster for raster in rasters)
            may_exist = targets.overwrite or (targets.resume and has_begun)
            check_targets(targets, inputs, may_exist=may_exist)
            parts = _scan_all(rasters, [place / name for name in names], targets, means)
            origin = _join_origins(parts)
            joined, written = _write(parts, origin, targets, whole)
            for name in names:
                shutil.rmtree(place / name, ignore_errors=True)
            whole.finish()
    summaries = tuple(part.summary for part in parts)
    return SetResult(len(joined), summaries, tuple(written), origin=origin)


def _check_content(place: Path, expected: set[str], output: Path) -> None:
    other = min({path.name for path in place.iterdir()} - expected, default=None)
    if other is not None:
        raise OutputError(
            f"{output}: {place} is of a run over other rasters, or of something else: it holds "
            f"{other}. Go on with the same rasters, or remove the folder."
        )


def _scan_all(
    rasters: Sequence[SurveyedRaster], places: Sequence[Path], targets: Targets, means: Means
) -> list[_Part]:
    parts: list[_Part] = []
    for number, (raster, place) in enumerate(zip(rasters, places, strict=True), start=1):
        means.on_raster(number, len(rasters), raster.listed.title)
        with telling_of_finished(len(parts), len(rasters)):
            parts.append(_scan(raster, place, targets, means))
    return parts


def _scan(raster: SurveyedRaster, place: Path, targets: Targets, means: Means) -> _Part:
    """Find the buildings of one raster, and leave them in its job folder."""
    from geoseg.jobs import JobFolder
    from geoseg.prediction.one_raster import PredictionRun

    with (
        PredictionRun(raster.request) as run,
        JobFolder(place, targets.outputs[0], run.describe()) as job,
    ):
        job.check(resume=targets.resume, overwrite=targets.overwrite)
        if job.num_done and means.on_resume is not None:
            means.on_resume(job.num_done, job.num_shards)
        spool = job.open_spool(run.metric_crs)
        store = job.open_shards(run.metric_crs)
        try:
            for found in run.scan(runner=means.runner, store=store, progress=means.progress):
                spool.append(found)
            spool.flush()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(job.describe_interruption()) from None
        return _Part(raster, spool, run.summary, run.make_origin(job.created))


def _write(
    parts: Sequence[_Part], origin: Origin, targets: Targets, whole: JobFolder
) -> tuple[MosaicFootprints, list[Path]]:
    from geoseg.export import write_footprints
    from geoseg.export.outputs import holds_any_crs

    joined = _join(parts)
    written: list[Path] = []
    for path in targets.outputs:

        def write(place: Path) -> list[Path]:
            crs = joined.crs if holds_any_crs(place) else None
            return write_footprints(place, joined, origin, crs=crs)

        written += whole.publish(path, write, overwrite=targets.overwrite)
    return joined, written


def _join(parts: Sequence[_Part]) -> MosaicFootprints:
    from geoseg.footprints.mosaic import MosaicFootprints, RasterFootprints

    config = parts[0].raster.request.config.footprints
    gsd_m = max(part.raster.gsd_m for part in parts)
    return MosaicFootprints(
        [
            RasterFootprints(
                part.spool,
                part.raster.outline,
                part.raster.crs,
                part.raster.raster_gsd_m,
                part.raster.date,
                _make_finder(part.raster.request, part.spool.crs),
            )
            for part in parts
        ],
        _choose_crs(parts),
        reach_m=2 * config.tolerance_m + _MARGIN_PX * gsd_m,
        min_area_m2=config.min_area_m2,
    )


def _choose_crs(parts: Sequence[_Part]) -> CRS:
    """That of the rasters where they have the same, else WGS 84."""
    from geoseg.crs import parse_crs

    first = parts[0].raster.crs
    is_shared = all(part.raster.crs == first for part in parts)
    return first if is_shared else parse_crs("EPSG:4326")


def _make_finder(
    request: PredictionRequest, crs: CRS
) -> Callable[[NDArray[np.object_]], NDArray[np.bool_]]:
    """Tells which polygons of a raster, in `crs`, are cut by the edge of its data."""

    def find(polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
        from geoseg.crs import transform_polygons
        from geoseg.prediction.one_raster import PredictionRun
        from geoseg.raster.edges import find_cut, to_grid

        with warnings.catch_warnings():
            # They came when the raster was looked at.
            warnings.simplefilter("ignore")
            with PredictionRun(request) as run:
                on_raster = transform_polygons(polygons, crs, run.source.crs)
                return find_cut(run.source, to_grid(on_raster, run.source.transform))

    return find


def _join_origins(parts: Sequence[_Part]) -> Origin:
    """The origin of the whole: that of the first raster, with the names and dates of all."""
    rasters = tuple(RasterOrigin(part.raster.listed.title, part.raster.date) for part in parts)
    dates = sorted({raster.date for raster in rasters if raster.date})
    return replace(
        parts[0].origin,
        raster=", ".join(raster.name for raster in rasters),
        raster_date="/".join(dict.fromkeys(dates[:1] + dates[-1:])),
        rasters=rasters,
    )
