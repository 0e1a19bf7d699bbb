"""`geoseg sample`: an invented aerial image with its true buildings, to try things out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoseg.cli.messages import report_result
from geoseg.cli.options import overwrite_option, verbosity_options

if TYPE_CHECKING:
    from affine import Affine
    from pyproj import CRS

    from geoseg.scenes import Scene
    from geoseg.types import Footprints, Origin

_STYLES = ("suburb", "town", "urban", "estate", "industry", "rural", "empty")


@click.command("sample", epilog="Example: geoseg sample -o sample.tif --seed 7 --style town")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.tif|FOLDER",
    type=click.Path(path_type=Path),
    help="GeoTIFF to write, or a folder for sample.tif.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Which scene."
)
@click.option(
    "--size",
    "size_px",
    type=click.IntRange(16, 4096),
    metavar="PIXELS",
    default=1200,
    show_default=True,
    help="Side of the image.",
)
@click.option(
    "--gsd",
    "gsd_m",
    type=click.FloatRange(0.05, 2),
    metavar="METRES",
    default=0.3,
    show_default=True,
    help="Ground metres per pixel.",
)
@click.option(
    "--style",
    type=click.Choice(_STYLES),
    default="suburb",
    show_default=True,
    help="Kind of place.",
)
@click.option(
    "--crs", "crs_text", metavar="CRS", default="EPSG:32636", show_default=True, help="CRS to use."
)
@overwrite_option
@verbosity_options
def sample_command(
    output: Path,
    seed: int,
    size_px: int,
    gsd_m: float,
    style: str,
    crs_text: str,
    overwrite: bool,
) -> None:
    """Invent an aerial image and write it with its true buildings.

    Writes a GeoTIFF and, beside it, <name>_truth.geojson with the outlines of all roofs, which
    `geoseg evaluate` takes as the truth. The same options always give the same image.
    """
    from geoseg.crs import parse_crs
    from geoseg.export import check_outputs, write_footprints
    from geoseg.raster.writer import check_geotiff, write_geotiff
    from geoseg.scenes import make_scene
    from geoseg.scenes.placement import place_scene

    crs = parse_crs(crs_text)
    raster = _raster_path(output)
    truth = raster.with_name(f"{raster.stem}_truth.geojson")
    check_geotiff(raster, overwrite=overwrite)
    check_outputs([truth], overwrite)
    transform = place_scene(crs, (size_px, size_px), gsd_m)
    scene = make_scene(seed, size_px=size_px, gsd_m=gsd_m, style=style)
    write_geotiff(raster, scene.image, crs=crs, transform=transform, overwrite=overwrite)
    footprints = _make_footprints(scene, transform, crs)
    origin = _make_origin(raster.name, seed, scene)
    write_footprints(truth, footprints, origin, overwrite=overwrite)
    report_result(
        f"{len(footprints)} buildings in {raster} and {truth.name}",
        {"output": str(raster), "truth": str(truth), "buildings": len(footprints)},
    )


def _raster_path(output: Path) -> Path:
    if output.suffix.lower() in (".tif", ".tiff") and not output.is_dir():
        return output
    from geoseg.errors import OutputError

    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{output}: the folder cannot be made: {error.strerror}.") from error
    return output / "sample.tif"


def _make_footprints(scene: Scene, transform: Affine, crs: CRS) -> Footprints:
    import numpy as np
    import shapely

    from geoseg.scenes.placement import place_footprints
    from geoseg.types import Footprints

    polygons_px = np.array(scene.footprints, dtype=object)
    return Footprints(
        place_footprints(scene.footprints, transform),
        np.ones(len(polygons_px), np.float32),
        np.asarray(shapely.area(polygons_px), np.float64) * scene.gsd_m**2,
        crs,
    )


def _make_origin(raster_name: str, seed: int, scene: Scene) -> Origin:
    from datetime import datetime, timezone

    import geoseg
    from geoseg.types import Origin

    return Origin(
        geoseg_version=geoseg.__version__,
        model="truth",
        weights_sha256="",
        raster=raster_name,
        raster_date="",
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        config={"seed": seed, "style": scene.style, "gsd_m": scene.gsd_m},
    )
