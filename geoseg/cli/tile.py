"""`geoseg tile`: a raster, with or without labels, as a folder of tiles."""

from __future__ import annotations

from pathlib import Path

import click

from geoseg.cli.messages import report_result
from geoseg.cli.options import (
    aoi_options,
    overwrite_option,
    progress_option,
    raster_config,
    raster_options,
    tile_options,
    verbosity_options,
)
from geoseg.config import TileConfig
from geoseg.types import Progress


@click.command("tile", epilog="Example: geoseg tile ortho.tif -o tiles/ --labels buildings.geojson")
@click.argument("raster")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Folder to write, new or empty.",
)
@click.option(
    "--labels",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Vector file of buildings, in any format and CRS; they are written as COCO annotations.",
)
@click.option(
    "--min-visible",
    "min_visible_share",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    default=0.1,
    show_default=True,
    help="A building of which less lies in a tile is left out of that tile.",
)
@click.option(
    "--tile-size",
    "tile_size_px",
    type=click.IntRange(min=32),
    metavar="PIXELS",
    default=TileConfig().tile_size_px,
    show_default=True,
    help="Side of a tile.",
)
@tile_options
@raster_options
@aoi_options
@overwrite_option
@progress_option
@verbosity_options
def tile_command(
    raster: str,
    output: Path,
    labels: Path | None,
    min_visible_share: float,
    tile_size_px: int,
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
    """Cut RASTER into georeferenced tiles, for labelling or training.

    Writes images/ (GeoTIFF), annotation.json (COCO) and tiles.gpkg (an index). Without --gsd the
    tiles have the raster's own pixels. With --labels, give the area in which they are complete
    as --aoi: tiles that touch it are written.
    """
    from geoseg.datasets.raster_tiles import TileOptions, check_folder, write_tiles
    from geoseg.raster import open_raster
    from geoseg.raster.aoi import read_area_px

    options = TileOptions(
        tiles=TileConfig(tile_size_px=tile_size_px, overlap_px=overlap_px),
        labels=labels,
        min_visible_share=min_visible_share,
        overwrite=overwrite,
    )
    check_folder(output, overwrite=overwrite)
    config = raster_config(gsd_m, bands, scale, crs)
    with open_raster(raster, config, model_gsd_m=None) as source:
        area_px = read_area_px(source, None if aoi is None else Path(aoi), bbox)
        written = write_tiles(source, output, options, area_px=area_px, progress=progress)
    report_result(
        f"{written.num_tiles} tiles and {written.num_labels} labels in {output}; "
        f"{written.num_skipped} tiles without data left out",
        {
            "output": str(output),
            "tiles": written.num_tiles,
            "labels": written.num_labels,
            "skipped": written.num_skipped,
        },
    )
