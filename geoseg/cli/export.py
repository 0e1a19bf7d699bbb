"""`geoseg export`: footprints of a vector file in other formats."""

from __future__ import annotations

from pathlib import Path

import click

from geoseg.cli.messages import report_result
from geoseg.cli.options import overwrite_option, progress_option, verbosity_options
from geoseg.types import Progress


@click.command(
    "export",
    epilog="Example: geoseg export reviewed.gpkg -o buildings.osm --where \"review = 'accepted'\"",
)
@click.argument("source", metavar="INPUT", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Result: .geojson, .gpkg, .fgb, .parquet, .shp or .osm; may be repeated.",
)
@click.option(
    "--layer", metavar="NAME", help="Layer of INPUT.  [default: the first that has polygons]"
)
@click.option(
    "--where",
    metavar="SQL",
    help="Only features of which this is true, e.g. \"review = 'accepted'\".",
)
@click.option(
    "--score",
    type=click.FloatRange(0, 1),
    help="Least score, 0 to 1, of what is kept; what has none is kept.  [default: all]",
)
@click.option(
    "--min-area",
    "min_area_m2",
    type=click.FloatRange(min=0),
    metavar="M2",
    default=0.0,
    show_default=True,
    help="Smaller buildings are dropped, square metres.",
)
@overwrite_option
@progress_option
@verbosity_options
def export_command(
    source: Path,
    outputs: tuple[Path, ...],
    layer: str | None,
    where: str | None,
    score: float | None,
    min_area_m2: float,
    overwrite: bool,
    progress: Progress,
) -> None:
    """Write the building footprints of a vector file in other formats, OpenStreetMap's above all.

    INPUT is whatever GDAL reads, or GeoParquet: a result of `geoseg predict`, reviewed or not, or
    buildings that were drawn by hand. Nothing is moved or cut; outlines that cross themselves are
    repaired, and a building in several parts becomes several.
    """
    from geoseg.conversion import ExportRequest, export_footprints
    from geoseg.jobs import find_run_time

    request = ExportRequest(
        source,
        outputs,
        find_run_time(),
        layer=layer,
        where=where,
        score=score,
        min_area_m2=min_area_m2,
        overwrite=overwrite,
    )
    result = export_footprints(request, progress)
    left_out = f", {result.num_left_out:,} left out" if result.num_left_out else ""
    paths = [str(path) for path in result.written]
    report_result(
        f"{result.num_buildings:,} buildings{left_out}: {', '.join(paths)}",
        {
            "buildings": result.num_buildings,
            "left_out": result.num_left_out,
            "outputs": paths,
        },
    )
