"""`geoseg predict`: a raster to building footprints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoseg.cli.messages import report_result
from geoseg.cli.options import (
    aoi_options,
    detect_config,
    footprint_config,
    footprint_options,
    model_options,
    overwrite_option,
    progress_option,
    raster_config,
    raster_options,
    tile_config,
    tile_options,
    verbosity_options,
)
from geoseg.config import PredictConfig
from geoseg.types import Progress

if TYPE_CHECKING:
    from geoseg.api import Prediction


@click.command(
    "predict",
    epilog="Example: geoseg predict raster.tif -o buildings.geojson -o buildings.osm "
    "--preview preview.png",
)
@click.argument("raster")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Result: .geojson, .gpkg, .fgb, .parquet, .shp or .osm; may be repeated.  "
    "[default: <raster>_buildings.geojson]",
)
@click.option(
    "--preview",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Picture of the raster with the outlines, .png or .jpg.",
)
@model_options
@footprint_options
@tile_options
@raster_options
@aoi_options
@overwrite_option
@progress_option
@verbosity_options
def predict_command(
    raster: str,
    outputs: tuple[Path, ...],
    preview: Path | None,
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
    overwrite: bool,
    progress: Progress,
) -> None:
    """Find the buildings of RASTER.

    RASTER is whatever GDAL opens: GeoTIFF, COG, VRT, JPEG 2000, MBTiles, an https:// or s3://
    address, or a description file of a tile or map service.
    """
    from geoseg.api import run_prediction
    from geoseg.raster.gdal import short_name

    paths = outputs or (Path(f"{Path(short_name(raster)).stem}_buildings.geojson"),)
    _check_targets(paths, preview, overwrite, inputs=(raster, aoi, weights))
    prediction = run_prediction(
        raster,
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
        with_overview=preview is not None,
        progress=progress,
    )
    written = _write(prediction, paths, overwrite)
    if preview is not None:
        _write_preview(preview, prediction, overwrite)
        written.append(preview)
    _report(prediction, written)


def _check_targets(
    paths: tuple[Path, ...],
    preview: Path | None,
    overwrite: bool,
    *,
    inputs: tuple[str | None, ...],
) -> None:
    """Check that the results can be written and that none of them takes the place of an input."""
    from geoseg.errors import OutputError
    from geoseg.export import check_outputs
    from geoseg.views.preview import check_preview

    check_outputs(paths, overwrite)
    if preview is not None:
        check_preview(preview, overwrite=overwrite)
    read = {Path(name).resolve() for name in inputs if name is not None}
    for path in (*paths, preview):
        if path is not None and path.resolve() in read:
            raise OutputError(f"{path}: an output must not replace an input of the same run.")


def _write(prediction: Prediction, paths: tuple[Path, ...], overwrite: bool) -> list[Path]:
    from geoseg.export import write_footprints
    from geoseg.export.outputs import holds_any_crs

    written: list[Path] = []
    for path in paths:
        # People expect a file to lie in the CRS of their raster where the format allows it.
        crs = prediction.raster_crs if holds_any_crs(path) else None
        written += write_footprints(
            path, prediction.footprints, prediction.origin, overwrite=overwrite, crs=crs
        )
    return written


def _write_preview(path: Path, prediction: Prediction, overwrite: bool) -> None:
    from geoseg.crs import ground_gsd, transform_polygons
    from geoseg.views import to_pixels, write_preview

    overview, footprints, origin = prediction.overview, prediction.footprints, prediction.origin
    if overview is None:
        return
    on_raster = transform_polygons(footprints.polygons, footprints.crs, prediction.raster_crs)
    height, width = overview.valid.shape
    gsd_x_m, gsd_y_m = ground_gsd(prediction.raster_crs, overview.transform, width / 2, height / 2)
    write_preview(
        path,
        overview.image,
        to_pixels(list(on_raster), overview.transform),
        gsd_m=(gsd_x_m + gsd_y_m) / 2,
        title=f"{len(footprints):,} buildings in {origin.raster}",
        subtitle=f"geoseg {origin.geoseg_version}, model {origin.model} "
        f"({origin.weights_sha256[:8]}), {origin.created[:10]}",
        scores=footprints.scores,
        valid=overview.valid,
        overwrite=overwrite,
    )


def _report(prediction: Prediction, written: list[Path]) -> None:
    num_buildings, area_km2 = len(prediction.footprints), prediction.area_km2
    speed = area_km2 / max(prediction.seconds, 1e-6) * 3600
    report_result(
        f"{num_buildings:,} buildings, {area_km2:.3g} km2, {prediction.seconds:.1f} s, "
        f"{speed:.3g} km2/h: {', '.join(str(path) for path in written)}",
        {
            "buildings": num_buildings,
            "area_km2": round(area_km2, 6),
            "seconds": round(prediction.seconds, 2),
            "km2_per_h": round(speed, 3),
            "tiles": prediction.num_tiles,
            "outputs": [str(path) for path in written],
        },
    )
