"""A prediction that is written to files, and goes on where it was killed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geoseg.errors import OutputError
from geoseg.types import Footprints, Origin, Progress, Runner

if TYPE_CHECKING:
    from geoseg.jobs import JobFolder
    from geoseg.prediction.one_raster import PredictionRequest, PredictionRun, ScanSummary
    from geoseg.raster import Overview
    from geoseg.types import FootprintBatches

_OVERVIEW_SIDE_PX = 1600

# Writes a result under a path, and returns its files.
Writer = Callable[[Path], list[Path]]

FootprintsListener = Callable[[int, Footprints], None]
"""Takes a batch that is final, in the CRS of the raster, after the `id` that its first one has."""


@dataclass(frozen=True)
class Targets:
    """Where the results of a run go.

    Attributes:
        outputs: files of footprints, at least one.
        preview: a picture of the raster with the outlines.
        job: where finished shards are kept until the end; None is beside the first output.
        resume: go on with a run that was interrupted.
        overwrite: results that exist may be replaced, and an interrupted run be lost.
    """

    outputs: tuple[Path, ...]
    preview: Path | None = None
    job: Path | None = None
    resume: bool = False
    overwrite: bool = False


@dataclass(frozen=True)
class JobResult:
    """What a run has written.

    Attributes:
        num_buildings: footprints.
        summary: what was looked at.
        written: files of footprints, then the preview.
        origin: of the footprints.
    """

    num_buildings: int
    summary: ScanSummary
    written: tuple[Path, ...]
    origin: Origin


def check_targets(
    targets: Targets, inputs: Sequence[str | Path | None], *, may_exist: bool
) -> None:
    """Check that results can be written, and that none takes the place of an input.

    Args:
        targets: where the results go.
        inputs: what the run reads.
        may_exist: a result that is there may be replaced, or be this run's own.

    Raises:
        OutputError: a place cannot be written to, or is that of an input.
        OutputExistsError: a result is there already.
    """
    from geoseg.export import check_outputs
    from geoseg.views.preview import check_preview

    check_outputs(targets.outputs, may_exist)
    if targets.preview is not None:
        check_preview(targets.preview, overwrite=may_exist)
    read = {Path(name).resolve() for name in inputs if name is not None}
    for path in (*targets.outputs, targets.preview):
        if path is not None and path.resolve() in read:
            raise OutputError(f"{path}: an output must not replace an input of the same run.")


def predict_to_files(
    request: PredictionRequest,
    targets: Targets,
    *,
    runner: Runner,
    progress: Progress,
    on_resume: Callable[[int, int], None] | None = None,
    on_footprints: FootprintsListener | None = None,
) -> JobResult:
    """Find the buildings of a raster, and write them.

    Args:
        request: the raster, the model, the settings.
        targets: what to write.
        runner: does the work of the shards.
        progress: is told of every tile.
        on_resume: is told once how many shards of how many an interrupted run has finished.
        on_footprints: is told of all footprints, also by a run that goes on.

    Raises:
        GeosegError: the subclass says what is wrong; finished shards are kept.
        KeyboardInterrupt: the user has had enough; its text says how to go on.
    """
    from geoseg.jobs import JobFolder, choose_place
    from geoseg.prediction.one_raster import PredictionRun

    inputs = (request.raster, request.aoi, request.weights)
    check_targets(targets, inputs, may_exist=targets.overwrite or targets.resume)
    with PredictionRun(request) as run:
        place = choose_place(targets.outputs[0], targets.job)
        with JobFolder(place, targets.outputs[0], run.describe()) as job:
            job.check(resume=targets.resume, overwrite=targets.overwrite)
            if job.num_done and on_resume is not None:
                on_resume(job.num_done, job.num_shards)
            # Of an interrupted run, outputs may be there that it has put in place itself.
            check_targets(targets, inputs, may_exist=targets.overwrite or job.is_publishing)
            try:
                return _run_job(run, job, targets, runner, progress, on_footprints)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(job.describe_interruption()) from None


def _run_job(
    run: PredictionRun,
    job: JobFolder,
    targets: Targets,
    runner: Runner,
    progress: Progress,
    on_footprints: FootprintsListener | None,
) -> JobResult:
    from geoseg.export.stream import move_footprints

    overview = None if targets.preview is None else run.read_overview(_OVERVIEW_SIDE_PX)
    spool = job.open_spool(run.metric_crs)
    store = job.open_shards(run.metric_crs)
    for footprints in run.scan(runner=runner, store=store, progress=progress):
        first_id = len(spool) + 1
        spool.append(footprints)
        if on_footprints is not None:
            on_footprints(first_id, move_footprints(footprints, run.source.crs))
    origin = run.make_origin(job.created)
    writers = [(path, _make_writer(spool, origin, run)) for path in targets.outputs]
    if targets.preview is not None and overview is not None:
        writers.append((targets.preview, _make_preview_writer(overview, spool, origin, run)))
    written: list[Path] = []
    for path, write in writers:
        written += job.publish(path, write, overwrite=targets.overwrite)
    job.finish()
    return JobResult(len(spool), run.summary, tuple(written), origin)


def _make_writer(footprints: FootprintBatches, origin: Origin, run: PredictionRun) -> Writer:
    from geoseg.export import write_footprints
    from geoseg.export.outputs import holds_any_crs

    def write(path: Path) -> list[Path]:
        # People expect a file to lie in the CRS of their raster where the format allows it.
        crs = run.source.crs if holds_any_crs(path) else None
        return write_footprints(path, footprints, origin, crs=crs)

    return write


def _make_preview_writer(
    overview: Overview, footprints: FootprintBatches, origin: Origin, run: PredictionRun
) -> Writer:
    from geoseg.crs import ground_gsd
    from geoseg.views import OutlinesOnRaster, write_preview

    height, width = overview.valid.shape
    gsd_m = ground_gsd(run.source.crs, overview.transform, width / 2, height / 2)

    def write(path: Path) -> list[Path]:
        write_preview(
            path,
            overview.image,
            OutlinesOnRaster(footprints, run.source.crs, overview.transform),
            gsd_m=sum(gsd_m) / 2,
            title=f"{len(footprints):,} buildings in {origin.raster}",
            subtitle=f"geoseg {origin.geoseg_version}, model {origin.model} "
            f"({origin.weights_sha256[:8]}), {origin.created[:10]}",
            valid=overview.valid,
        )
        return [path]

    return write
