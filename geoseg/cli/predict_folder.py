"""`geoseg predict-folder`: plain image tiles to a crowdAI submission."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoseg.cli.messages import report_result, warn_user
from geoseg.cli.options import (
    detect_config,
    model_options,
    overwrite_option,
    progress_option,
    tile_config,
    tile_options,
    verbosity_options,
)
from geoseg.config import PredictConfig
from geoseg.types import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geoseg.datasets.image_folder import NumberedImage

# The scores of a submission are ranked: it profits from everything that was seen at all.
SUBMISSION_SCORE = 0.02


@click.command(
    "predict-folder", epilog="Example: geoseg predict-folder test_images/ -o predictions.json"
)
@click.argument("images", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.json",
    type=click.Path(path_type=Path),
    help="JSON list of detections in the format of the crowdAI mapping challenge.",
)
@click.option(
    "--gsd",
    "gsd_m",
    type=click.FloatRange(min=0, min_open=True),
    metavar="METRES",
    help="Ground metres per pixel of the images.  [default: the model's]",
)
@model_options
@tile_options
@overwrite_option
@progress_option
@verbosity_options
def predict_folder_command(
    images: Path,
    output: Path,
    gsd_m: float | None,
    weights: str | None,
    engine: str,
    device: str,
    batch_size: int | None,
    score: float | None,
    views: int,
    overlap_px: int,
    overwrite: bool,
    progress: Progress,
) -> None:
    """Find the buildings of all images in the folder IMAGES.

    The image_id of 000000123.jpg is 123; other names have the ids of annotation.json, in the
    folder or beside it. Images may have any size. A submission is ranked by
    score, so without --score all that scores above 0.02 is written.
    """
    from geoseg.api import describe_weights, predict_images
    from geoseg.datasets.image_folder import list_images
    from geoseg.detections.views import load_views
    from geoseg.export import ImageResult, write_predictions
    from geoseg.export.outputs import check_target
    from geoseg.raster.grid import fit_gsd, warn_of_gsd_range

    check_target(output, overwrite)
    numbered = list_images(images)
    min_score = SUBMISSION_SCORE if score is None else score
    config = PredictConfig(
        tiles=tile_config(overlap_px), detect=detect_config(min_score, batch_size, views)
    )
    path = None if weights is None else Path(weights)
    # What is wrong with the weights is found before the seconds that it takes to load them.
    model, _, _ = describe_weights(path)
    zoom = 1.0
    if gsd_m is not None:
        read_gsd_m = fit_gsd(gsd_m, model.gsd_m)
        warn_of_gsd_range(read_gsd_m, str(images), model.gsd_range_m)
        zoom = gsd_m / read_gsd_m
    detector = load_views(config.detect, path, engine=engine, device=device)
    reader = _Reader(numbered, progress)

    def predict() -> Iterator[ImageResult]:
        for result in predict_images(
            reader, detector, config, batch_size=detector.batch_size, zoom=zoom
        ):
            progress.advance(1, len(result.detections))
            yield result

    progress.start("images", len(numbered))
    try:
        num_entries = write_predictions(output, predict(), overwrite=overwrite)
    finally:
        progress.finish()
    report_result(
        f"{num_entries:,} buildings in {reader.num_read:,} images: {output}",
        {"buildings": num_entries, "images": reader.num_read, "output": str(output)},
    )


class _Reader:
    """Reads images one by one; those that cannot be read are named and left out.

    Attributes:
        num_read: images read so far.
    """

    def __init__(self, numbered: list[NumberedImage], progress: Progress) -> None:
        self.num_read = 0
        self._numbered = numbered
        self._progress = progress

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        from geoseg.datasets.image_folder import read_image
        from geoseg.errors import DatasetError

        for one in self._numbered:
            try:
                image = read_image(one.path)
            except DatasetError as error:
                warn_user(f"left out: {error}")
                self._progress.advance(1)
                continue
            self.num_read += 1
            yield one.image_id, image
