"""The part of `geoseg evaluate` that is about COCO results."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from geoseg.evaluation import CocoRequest

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

# Below it other processes take longer to start than they save.
_LARGE_BYTES = 30_000_000

_OPTIONS = (
    click.option(
        "--score",
        type=click.FloatRange(0, 1),
        help="Least score of the COCO results that F1 is counted of.  "
        "[default: the bundled model's]",
    ),
    click.option(
        "--only",
        metavar="LIST",
        type=click.Path(path_type=Path),
        help="COCO results: score the images of a list of file names, too, beside all.",
    ),
    click.option(
        "--category",
        metavar="ID",
        type=int,
        help="COCO results: the category that every prediction is taken for, whatever it says.",
    ),
    click.option(
        "--against",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="COCO results: other predictions of the same images to compare with.",
    ),
    click.option(
        "--bootstrap",
        metavar="N",
        type=click.IntRange(min=1),
        help="COCO results: 95 % intervals from N resamples of the images.  "
        "[default: none; 1000 with --against]",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        help="COCO results: seed of the resamples.  [default: 0]",
    ),
    click.option(
        "--polygons",
        "with_polygons",
        is_flag=True,
        help="Also score the outlines of COCO results, as is always done with vector files.",
    ),
    click.option(
        "--gsd",
        "gsd_m",
        type=click.FloatRange(min=0, min_open=True),
        metavar="METRES",
        help="Ground metres per pixel of images whose annotation does not say.",
    ),
    click.option(
        "--processes",
        metavar="N",
        type=click.IntRange(min=1),
        help="COCO results: processes to spread the work over.  "
        "[default: 1, for large files up to 4]",
    ),
)

# Flags that are not called as the value is.
_FLAGS = {"with_polygons": "polygons", "gsd_m": "gsd"}


def _write_nothing(path: Path) -> None:
    """COCO results have no table of buildings."""


class Outcome(NamedTuple):
    """What `geoseg evaluate` has found out.

    Attributes:
        table: for people.
        values: for programs, as JSON.
        write_report: writes the page.
        write_csv: writes the buildings, one a line.
    """

    table: str
    values: dict[str, Any]
    write_report: Callable[[Path], None]
    write_csv: Callable[[Path], None] = _write_nothing


def coco_options(command: CommandT) -> CommandT:
    """Add the options; their values go to `evaluate_results`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def find_coco_option(values: dict[str, Any]) -> str:
    """The first of the options that was given; "" for none.

    Args:
        values: of the options by name; None or False for what was not given.
    """
    names = (name for name, value in values.items() if value is not None and value is not False)
    name = next(names, "")
    return name and f"--{_FLAGS.get(name, name)}"


def evaluate_results(
    pred: Path, truth: Path, *, with_polygons: bool, gsd_m: float | None, **options: Any
) -> Outcome:
    """Score COCO results; the arguments are the options.

    Raises:
        DatasetError: a file cannot be read, or says something wrong.
    """
    from geoseg.datasets.coco import find_annotation
    from geoseg.evaluation import evaluate_coco, format_evaluation
    from geoseg.evaluation.image_objects import read_segmentations
    from geoseg.reporting import report_images, score_outlines

    request = _make_request(pred, **options)
    evaluation = evaluate_coco(pred, find_annotation(truth) or truth, request)
    # Once, for outlines and report.
    read = cache(lambda: read_segmentations(pred, evaluation.found.truth.path))
    if with_polygons:
        sets = [None, *([] if evaluation.image_ids is None else [evaluation.image_ids])]
        evaluation = evaluation.with_polygons(
            *(
                score_outlines(
                    read(), evaluation.found, score=request.score, image_ids=some, gsd_m=gsd_m
                )
                for some in sets
            )
        )
    titles = [path.name for path in (pred, request.against) if path is not None]

    def write_report(path: Path) -> None:
        report_images(path, evaluation.every.scores, pred, read(), evaluation.found, gsd_m=gsd_m)

    return Outcome(format_evaluation(evaluation, *titles), evaluation.to_dict(), write_report)


def _make_request(
    pred: Path,
    *,
    score: float | None,
    only: Path | None,
    category: int | None,
    against: Path | None,
    bootstrap: int | None,
    seed: int | None,
    processes: int | None,
) -> CocoRequest:
    from geoseg.datasets.clean_list import read_clean_list
    from geoseg.evaluation import CocoRequest
    from geoseg.provenance import describe_weights

    return CocoRequest(
        score=describe_weights(None)[0].score if score is None else score,
        only=None if only is None else read_clean_list(only),
        category=category,
        against=against,
        num_resamples=bootstrap or 0,
        seed=seed or 0,
        num_processes=processes or _choose_num_processes(pred),
    )


def _choose_num_processes(pred: Path) -> int:
    if pred.stat().st_size < _LARGE_BYTES:
        return 1
    return min(4, os.cpu_count() or 1)
