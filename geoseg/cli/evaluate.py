"""`geoseg evaluate`: predictions against the truth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoseg.cli.options import overwrite_option, verbosity_options

if TYPE_CHECKING:
    from geoseg.evaluation import CocoScores, VectorScores


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
    "--score",
    type=click.FloatRange(0, 1),
    help="Least score of the COCO results that F1 is counted of.  [default: the bundled model's]",
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
@overwrite_option
@verbosity_options
def evaluate_command(
    pred: Path,
    truth: Path,
    aoi: Path | None,
    iou: float,
    score: float | None,
    csv_path: Path | None,
    json_path: Path | None,
    overwrite: bool,
) -> None:
    """Compare the buildings in PRED with those in TRUTH.

    Two vector files, in any formats and CRSs, are matched one to one, the best score first. When
    PRED is a JSON list of COCO results and TRUTH the annotations, or the folder that holds
    `annotation.json`, the masks are scored as in the crowdAI mapping challenge: AP and AR at IoU
    0.5. F1 at a score, the best F1 and how far scores are from precision come with it.
    """
    from geoseg.evaluation import (
        CocoScores,
        evaluate_vectors,
        format_scores,
        write_buildings_csv,
        write_scores_json,
    )
    from geoseg.evaluation.coco import is_predictions_file
    from geoseg.export.outputs import check_target, replacing

    is_coco = is_predictions_file(pred)
    if is_coco and (aoi is not None or csv_path is not None or iou != 0.5):
        raise click.UsageError("--aoi, --iou and --csv go with vector files, not COCO results.")
    if score is not None and not is_coco:
        raise click.UsageError("--score goes with COCO results, not with vector files.")
    has_stdout = str(json_path) == "-"
    targets = [path for path in (csv_path, None if has_stdout else json_path) if path is not None]
    if len(targets) == 2 and targets[0].resolve() == targets[1].resolve():
        raise click.UsageError("--csv and --json must be two files.")
    for path in targets:
        check_target(path, overwrite)

    scores: VectorScores | CocoScores
    if is_coco:
        scores = _evaluate_coco(pred, truth, score)
    else:
        scores = evaluate_vectors(pred, truth, aoi, iou=iou)
    if csv_path is not None and not isinstance(scores, CocoScores):
        with replacing(csv_path, overwrite) as temporary:
            write_buildings_csv(temporary, scores.buildings)
    if json_path is not None and not has_stdout:
        with replacing(json_path, overwrite) as temporary, temporary.open("w") as file:
            write_scores_json(file, scores)
    if has_stdout:
        write_scores_json(sys.stdout, scores)
    else:
        click.echo(format_scores(scores))


def _evaluate_coco(pred: Path, truth: Path, score: float | None) -> CocoScores:
    from geoseg.api import describe_weights
    from geoseg.datasets.coco import find_annotation
    from geoseg.evaluation import evaluate_predictions

    if score is None:
        score = describe_weights(None)[0].score
    return evaluate_predictions(pred, find_annotation(truth) or truth, score=score)
