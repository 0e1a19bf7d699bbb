"""`geoseg predict-folder`: plain image tiles to a crowdAI submission."""

from __future__ import annotations

from pathlib import Path

import click

from geoseg.cli.messages import emit_event, report_result, say
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

# The scores of a submission are ranked: it profits from everything that was seen at all.
SUBMISSION_SCORE = 0.005

# Set in the containers of the challenge's second round.
IMAGES_VARIABLE = "CROWDAI_TEST_IMAGES_PATH"
OUTPUT_VARIABLE = "CROWDAI_PREDICTIONS_OUTPUT_PATH"


@click.command(
    "predict-folder", epilog="Example: geoseg predict-folder test_images/ -o predictions.json"
)
@click.argument("images", required=False, envvar=IMAGES_VARIABLE, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    envvar=OUTPUT_VARIABLE,
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
@click.option("--strict", is_flag=True, help="An image that cannot be read is an error.")
@click.option(
    "--resume", is_flag=True, help="Go on where a run was interrupted; begin if none was."
)
@model_options
@tile_options
@overwrite_option
@progress_option
@verbosity_options
def predict_folder_command(
    images: Path | None,
    output: Path | None,
    gsd_m: float | None,
    strict: bool,
    resume: bool,
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
    folder or beside it. Images may have any size; of each at most the 100 best detections are
    written. A submission is ranked by score, so without --score all that scores above 0.005 is
    written.

    Without IMAGES or -o, the variables CROWDAI_TEST_IMAGES_PATH and
    CROWDAI_PREDICTIONS_OUTPUT_PATH stand for them.
    """
    from geoseg.submission import FolderRequest, FolderRun

    if images is None or output is None:
        raise click.UsageError(
            f"IMAGES and -o are needed, or {IMAGES_VARIABLE} and {OUTPUT_VARIABLE} in their place."
        )
    min_score = SUBMISSION_SCORE if score is None else score
    config = PredictConfig(
        tiles=tile_config(overlap_px), detect=detect_config(min_score, batch_size, views)
    )
    run = FolderRun(
        FolderRequest(
            images,
            output,
            config,
            weights=None if weights is None else Path(weights),
            engine=engine,
            device=device,
            gsd_m=gsd_m,
            is_strict=strict,
            resume=resume,
            overwrite=overwrite,
        )
    )
    if run.num_done:
        say(f"going on after {run.num_done:,} of {len(run.numbered):,} images")
        done = {"done": run.num_done, "total": len(run.numbered), "found": run.num_found}
        emit_event("resume", {"stage": "images", **done})
    found = run.predict(progress)
    left_out = f", {found.num_left_out:,} left out" if found.num_left_out else ""
    report_result(
        f"{found.num_buildings:,} buildings in {found.num_images:,} images{left_out}: {output}",
        {
            "buildings": found.num_buildings,
            "images": found.num_images,
            "left_out": found.num_left_out,
            "output": str(output),
        },
    )
