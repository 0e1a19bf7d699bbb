"""`geoseg predict`: rasters to building footprints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoseg.cli.estimate import report_estimate
from geoseg.cli.live import tell_of_footprints
from geoseg.cli.messages import emit_event, get_speech, report_result, say, warn_user
from geoseg.cli.options import (
    aoi_options,
    detect_config,
    footprint_config,
    footprint_options,
    job_options,
    make_runner,
    model_options,
    on_error_option,
    overwrite_option,
    progress_option,
    raster_config,
    raster_options,
    runner_options,
    tile_config,
    tile_options,
    verbosity_options,
)
from geoseg.config import PredictConfig
from geoseg.types import Progress, Runner

if TYPE_CHECKING:
    from geoseg.prediction import Means, SetResult

# One line has room for so many; programs get all of them.
_MAX_NAMED = 20


@click.command(
    "predict",
    epilog="Example: geoseg predict raster.tif -o buildings.geojson -o buildings.osm "
    "--preview preview.png",
)
@click.argument("rasters", nargs=-1, required=True, metavar="RASTER...")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE|FOLDER/",
    help="Result of all rasters: .geojson, .gpkg, .fgb, .parquet, .shp or .osm; may be repeated. "
    "A folder gets a result for each raster.  [default: <raster>_buildings.geojson]",
)
@click.option(
    "--format",
    "ending",
    type=click.Choice(["geojson", "gpkg", "fgb", "parquet", "shp", "osm"]),
    default="geojson",
    show_default=True,
    help="Format of the results in a folder.",
)
@click.option(
    "--skip-existing", is_flag=True, help="Leave results that are there, and their rasters."
)
@click.option(
    "--asset",
    metavar="KEY",
    help="Asset of STAC items to look at.  [default: visual, else the only GeoTIFF that fits]",
)
@click.option(
    "--preview",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Picture of the raster with the outlines, .png or .jpg.",
)
@click.option(
    "--live",
    "is_live",
    is_flag=True,
    help="Tell of buildings as soon as they are final; with --progress json.",
)
@click.option(
    "--estimate",
    "is_estimate",
    is_flag=True,
    help="Find and write nothing: count the tiles, try some, and tell how long a run would take.",
)
@model_options
@footprint_options
@tile_options
@raster_options
@aoi_options
@on_error_option
@job_options
@runner_options
@overwrite_option
@progress_option
@verbosity_options
def predict_command(
    rasters: tuple[str, ...],
    outputs: tuple[str, ...],
    ending: str,
    skip_existing: bool,
    asset: str | None,
    preview: Path | None,
    is_live: bool,
    is_estimate: bool,
    weights: str | None,
    engine: str,
    device: str,
    batch_size: int | None,
    score: float | None,
    views: int,
    min_area_m2: float,
    tolerance_m: float,
    overlap_px: int,
    gsd_m: float | None,
    bands: tuple[int, ...] | None,
    scale: tuple[float, float] | None,
    crs: str | None,
    aoi: str | None,
    bbox: tuple[float, ...] | None,
    skips_unreadable: bool,
    resume: bool,
    job: Path | None,
    workers: int | None,
    scheduler: str | None,
    overwrite: bool,
    progress: Progress,
) -> None:
    """Find the buildings of rasters.

    RASTER is whatever GDAL opens: GeoTIFF, COG, VRT, JPEG 2000, MBTiles, an https:// or s3://
    address, or a description file of a tile or map service. It may be a folder of them, a pattern
    such as "scenes/*.tif", and a STAC item or collection of items, as a file or an address. Where
    rasters overlap, no building is there twice.
    """
    from geoseg.prediction import (
        PredictionRequest,
        SetTargets,
        Targets,
        estimate_rasters,
        parse_outputs,
        predict_rasters,
    )
    from geoseg.raster.listing import list_rasters

    files, folder = parse_outputs(outputs)
    request = PredictionRequest(
        "",
        PredictConfig(
            raster=raster_config(gsd_m, bands, scale, crs),
            tiles=tile_config(overlap_px),
            detect=detect_config(score, batch_size, views),
            footprints=footprint_config(min_area_m2, tolerance_m),
        ),
        weights=None if weights is None else Path(weights),
        engine=engine,
        device=device,
        aoi=None if aoi is None else Path(aoi),
        bbox=bbox,
        skips_unreadable=skips_unreadable,
    )
    targets = SetTargets(
        Targets(files, preview, job, resume=resume, overwrite=overwrite),
        folder,
        f".{ending}",
        skip_existing,
    )
    if is_estimate:
        if scheduler is not None:
            raise click.UsageError("--estimate measures this machine, not those of a --scheduler.")
        report_estimate(estimate_rasters(list_rasters(rasters, asset), request, targets))
        return
    means = _make_means(make_runner(workers, scheduler), progress, is_live)
    _report(predict_rasters(list_rasters(rasters, asset), request, targets, means))


def _make_means(runner: Runner, progress: Progress, is_live: bool) -> Means:
    from geoseg.prediction import Means

    if is_live and not get_speech().has_events:
        raise click.UsageError("--live goes with --progress json.")
    on_footprints = tell_of_footprints if is_live else None
    return Means(runner, progress, _tell_of_resuming, _tell_of_raster, on_footprints)


def _tell_of_resuming(num_done: int, num_shards: int) -> None:
    say(f"going on after {num_done:,} of {num_shards:,} shards")
    emit_event("resume", {"stage": "shards", "done": num_done, "total": num_shards})


def _tell_of_raster(number: int, num_rasters: int, title: str) -> None:
    say(f"raster {number:,} of {num_rasters:,}: {title}")
    emit_event("raster", {"number": number, "total": num_rasters, "raster": title})


def _report(result: SetResult) -> None:
    from geoseg.export.table import describe_origin

    for line in result.left_out:
        warn_user(f"left out: {line}")
    unread = [box for summary in result.summaries for box in summary.unread]
    if unread:
        first = ",".join(f"{value:.8g}" for value in unread[0])
        warn_user(
            f"{len(unread):,} tiles could not be read and were left out, the first at "
            f"{first} (W,S,E,N in the CRS of the raster)."
        )
    area_km2 = sum(summary.area_km2 for summary in result.summaries)
    seconds = sum(summary.seconds for summary in result.summaries)
    speed = area_km2 / max(seconds, 1e-6) * 3600
    paths = [str(path) for path in result.written]
    origin = {} if result.origin is None else {"origin": describe_origin(result.origin)}
    report_result(
        _summarize(result, f"{area_km2:.3g} km2, {seconds:.1f} s, {speed:.3g} km2/h"),
        {
            "buildings": result.num_buildings,
            "area_km2": round(area_km2, 6),
            "seconds": round(seconds, 2),
            "km2_per_h": round(speed, 3),
            "tiles": sum(summary.num_tiles for summary in result.summaries),
            "rasters": len(result.summaries),
            "unread": [list(box) for box in unread],
            "left_out": list(result.left_out),
            "kept": [str(path) for path in result.kept],
            "outputs": paths,
            **origin,
        },
    )


def _summarize(result: SetResult, work: str) -> str:
    """One line for people."""
    told = []
    if result.summaries:
        num_rasters = len(result.summaries)
        of_rasters = f" of {num_rasters:,} rasters" if num_rasters > 1 else ""
        paths = _name_some(result.written)
        told.append(f"{result.num_buildings:,} buildings{of_rasters}, {work}: {paths}")
    if result.kept:
        told.append(f"left as they are: {_name_some(result.kept)}")
    return "; ".join(told)


def _name_some(paths: Sequence[Path]) -> str:
    some = ", ".join(str(path) for path in paths[:_MAX_NAMED])
    more = len(paths) - _MAX_NAMED
    return f"{some} and {more:,} more" if more > 0 else some
