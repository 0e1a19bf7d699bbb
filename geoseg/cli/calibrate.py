"""`geoseg calibrate`: what the scores of a model mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoseg.cli.messages import get_speech, report_result
from geoseg.cli.options import (
    engine_options,
    overwrite_option,
    progress_option,
    verbosity_options,
)
from geoseg.types import Progress

if TYPE_CHECKING:
    from geoseg.evaluation import CalibrationReport


@click.command(
    "calibrate",
    epilog="Example: geoseg calibrate accra/val hot/val -o calibrated.npz --plot reliability.png",
)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Weights file to write: .npz, .weights.h5 or .onnx.",
)
@click.option(
    "--plot",
    metavar="FILE.png",
    type=click.Path(path_type=Path),
    help="Picture of the share of detections that is right, by score.",
)
@click.option(
    "--set-weight",
    "set_weights",
    multiple=True,
    type=click.FloatRange(min=0),
    metavar="NUMBER",
    help="How much a folder counts; once for each folder, in their order.  [default: all the same]",
)
@click.option(
    "--gsd",
    "gsd_m",
    type=click.FloatRange(min=0, min_open=True),
    metavar="METRES",
    help="Ground metres per pixel of images whose annotation does not say.  [default: the model's]",
)
@engine_options
@overwrite_option
@progress_option
@verbosity_options
def calibrate_command(
    folders: tuple[Path, ...],
    output: Path,
    plot: Path | None,
    set_weights: tuple[float, ...],
    gsd_m: float | None,
    weights: str | None,
    engine: str,
    device: str,
    batch_size: int | None,
    overwrite: bool,
    progress: Progress,
) -> None:
    """Measure a model on labelled images, and make its scores mean what they say.

    Each of FOLDERS holds `images/` and `annotation.json` (COCO), of images that were not trained
    on. The weights are written anew with a map of scores, fitted so that of detections with score
    0.8 about 80 % are right, and with the default score that gives the best mean F1.
    """
    from geoseg.calibrate import calibrate_model, write_calibrated
    from geoseg.evaluation import format_calibration
    from geoseg.export.outputs import replacing

    if set_weights and len(set_weights) != len(folders):
        raise click.UsageError("--set-weight must be given once for each folder, or not at all.")
    _check_targets(output, plot, overwrite)
    path = None if weights is None else Path(weights)
    report = calibrate_model(
        folders,
        weights=path,
        set_weights=set_weights or None,
        gsd_m=gsd_m,
        progress=progress,
        batch_size=batch_size,
        engine=engine,
        device=device,
    )
    # Standard output is taken by the events where a program follows.
    if not get_speech().has_events:
        click.echo(format_calibration(report))
    with replacing(output, overwrite) as temporary:
        write_calibrated(temporary, report.after, path)
    if plot is not None:
        with replacing(plot, overwrite) as temporary:
            _draw(temporary, report)
    report_result(
        f"calibration error {report.error_before:.3f} -> {report.error_after:.3f}, default score "
        f"{report.after.score:.2f}: {output}",
        {
            "error_before": round(report.error_before, 6),
            "error_after": round(report.error_after, 6),
            "score": report.after.score,
            "output": str(output),
        },
    )


def _check_targets(output: Path, plot: Path | None, overwrite: bool) -> None:
    from geoseg.export.outputs import check_target
    from geoseg.maskrcnn.weights_file import check_suffix

    check_suffix(output)
    check_target(output, overwrite)
    if plot is None:
        return
    # Its ending also keeps it from being the weights file.
    if plot.suffix.lower() != ".png":
        raise click.UsageError("--plot must end in .png.")
    check_target(plot, overwrite)


def _draw(path: Path, report: CalibrationReport) -> None:
    from geoseg.views.reliability import ReliabilityPanel, draw_reliability

    draw_reliability(
        path,
        [
            ReliabilityPanel(
                f"before: calibration error {report.error_before:.3f}", report.table_before
            ),
            ReliabilityPanel(
                f"after: calibration error {report.error_after:.3f}", report.table_after
            ),
        ],
    )
