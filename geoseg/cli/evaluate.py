"""`geoseg evaluate`: predictions against the truth."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from geoseg.cli.evaluate_coco import (
    Outcome,
    coco_options,
    evaluate_results,
    find_coco_option,
)
from geoseg.cli.messages import emit_event, get_speech
from geoseg.cli.options import overwrite_option, progress_option, verbosity_options
from geoseg.types import Progress


@click.command(
    "evaluate",
    epilog="Example: geoseg evaluate found.gpkg buildings.geojson --aoi labelled.geojson",
)
@click.argument("pred", type=click.Path(path_type=Path))
@click.argument("truth", type=click.Path(path_type=Path))
@click.option(
    "--aoi",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Vector file; only buildings with their centre inside its polygons count, on both sides.",
)
@click.option(
    "--iou",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.5,
    show_default=True,
    help="Least intersection over union of a match.",
)
@click.option(
    "--csv",
    "csv_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write one line for each building, with its partner.",
)
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write the scores as JSON; - writes them to standard output instead of the table.",
)
@click.option(
    "--report",
    "report_path",
    metavar="FILE.html",
    type=click.Path(path_type=Path),
    help="Write a page with scores, charts and pictures, which needs no other file.",
)
@click.option(
    "--raster",
    metavar="FILE",
    help="What the buildings of vector files were found in, for the pictures of --report.",
)
@coco_options
@overwrite_option
@progress_option
@verbosity_options
def evaluate_command(
    pred: Path,
    truth: Path,
    aoi: Path | None,
    iou: float,
    csv_path: Path | None,
    json_path: Path | None,
    report_path: Path | None,
    raster: str | None,
    overwrite: bool,
    progress: Progress,
    **coco: Any,
) -> None:
    """Compare the buildings in PRED with those in TRUTH.

    Two vector files, in any formats and CRSs, are matched one to one, the best score first. When
    PRED is a JSON list of COCO results and TRUTH the annotations, or the folder that holds
    `annotation.json`, the masks are scored as in the crowdAI mapping challenge: AP and AR at IoU
    0.5. COCO's figures, F1 at a score, the best F1 and how far scores are from precision come
    with it. Of an image at most 100 predictions count, those with the best scores. How well
    outlines follow the truth is scored as well: C-IoU, boundary IoU, PoLiS and others, see
    docs/evaluation.md.
    """
    from geoseg.evaluation.coco import is_predictions_file

    is_coco = is_predictions_file(pred)
    if is_coco and (aoi is not None or csv_path is not None or iou != 0.5 or raster is not None):
        raise click.UsageError(
            "--aoi, --iou, --csv and --raster go with vector files, not COCO results."
        )
    if not is_coco and (given := find_coco_option(coco)):
        raise click.UsageError(f"{given} goes with COCO results, not with vector files.")
    if raster is not None and report_path is None:
        raise click.UsageError("--raster goes with --report.")
    has_stdout = str(json_path) == "-"
    if has_stdout and get_speech().has_events:
        raise click.UsageError("--json - and --progress json exclude each other.")
    _check_targets(csv_path, None if has_stdout else json_path, report_path, overwrite)

    outcome = (
        evaluate_results(pred, truth, **coco)
        if is_coco
        else _evaluate_vectors(pred, truth, aoi, iou, raster)
    )
    text = json.dumps(outcome.values, indent=2) + "\n"
    writers: list[tuple[Path | None, Callable[[Path], object]]] = [
        (report_path, outcome.write_report),
        (csv_path, outcome.write_csv),
        (None if has_stdout else json_path, lambda path: path.write_text(text, encoding="utf-8")),
    ]
    outputs = [str(path) for path in _write_all(writers, overwrite)]
    if has_stdout:
        sys.stdout.write(text)
    elif get_speech().has_events:
        emit_event("result", {**outcome.values, "outputs": outputs})
    else:
        click.echo(outcome.table)


def _write_all(
    writers: Sequence[tuple[Path | None, Callable[[Path], object]]], overwrite: bool
) -> Iterator[Path]:
    """Write each file that is asked for, and yield it."""
    from geoseg.export.outputs import replacing

    for path, write in writers:
        if path is not None:
            with replacing(path, overwrite) as temporary:
                write(temporary)
            yield path


def _check_targets(
    csv_path: Path | None, json_path: Path | None, report_path: Path | None, overwrite: bool
) -> None:
    from geoseg.export.outputs import check_target

    targets = [path for path in (csv_path, json_path, report_path) if path is not None]
    if len({path.resolve() for path in targets}) < len(targets):
        raise click.UsageError("--csv, --json and --report must be different files.")
    if report_path is not None and report_path.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError("--report must end in .html.")
    for path in targets:
        check_target(path, overwrite)


def _evaluate_vectors(
    pred: Path, truth: Path, aoi: Path | None, iou: float, raster: str | None
) -> Outcome:
    from geoseg.evaluation import format_scores, write_buildings_csv
    from geoseg.evaluation.vectors import compare_vectors

    compared = compare_vectors(pred, truth, aoi, iou=iou)

    def write_report(path: Path) -> None:
        from geoseg.reporting import report_vectors

        report_vectors(path, compared, pred, truth, aoi_path=aoi, raster=raster)

    return Outcome(
        table=format_scores(compared.scores),
        values=compared.scores.to_dict(),
        write_report=write_report,
        write_csv=lambda path: write_buildings_csv(path, compared.scores.buildings),
    )
