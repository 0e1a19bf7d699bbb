"""`geoseg audit`: what is in labelled datasets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoseg.cli.messages import get_speech, report_result, warn_user
from geoseg.cli.options import overwrite_option, progress_option, verbosity_options
from geoseg.types import Progress

if TYPE_CHECKING:
    from geoseg.datasets.audit.run import Audit

SIMILARITY = 0.85


@click.command("audit", epilog="Example: geoseg audit train/ val/ --clean clean.txt --sheet s.jpg")
@click.argument("datasets", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write the report as JSON; - writes it to standard output instead of the table.",
)
@click.option(
    "--clean",
    metavar="FILE.txt",
    type=click.Path(path_type=Path),
    help="Write the names of the images to keep, for --only; of several datasets one list each, "
    "FILE_<dataset>.txt.",
)
@click.option(
    "--sheet",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draw duplicates side by side, and images with bad labels; .png or .jpg.",
)
@click.option(
    "--similarity",
    type=click.FloatRange(0.5, 1),
    default=SIMILARITY,
    show_default=True,
    help="Least of two images that show the same.",
)
@overwrite_option
@progress_option
@verbosity_options
def audit_command(
    datasets: tuple[Path, ...],
    json_path: Path | None,
    clean: Path | None,
    sheet: Path | None,
    similarity: float,
    overwrite: bool,
    progress: Progress,
) -> None:
    """Say what is wrong with the labelled images in DATASETS, and which are there twice.

    Images count as the same when one is a flipped, turned, recompressed or brightened copy of
    the other; of several datasets, such as train and val, also those that both have. The first
    is kept. A folder of images without labels is looked through for duplicates. Nothing in the
    datasets is changed.
    """
    from geoseg.datasets.audit.report import audit_to_dict, format_audit
    from geoseg.datasets.audit.run import audit_datasets
    from geoseg.export.outputs import check_target, replacing
    from geoseg.views.preview import check_preview

    has_stdout = str(json_path) == "-"
    if has_stdout and get_speech().has_events:
        raise click.UsageError("--json - and --progress json cannot both have standard output.")
    lists = [] if clean is None else name_lists(clean, datasets)
    for path in (*lists, *([] if json_path is None or has_stdout else [json_path])):
        check_target(path, overwrite)
    if sheet is not None:
        check_preview(sheet, overwrite=overwrite)
    audit = audit_datasets(datasets, similarity=similarity, progress=progress)
    for row, path in enumerate(lists):
        _write_list(audit, row, path, overwrite)
    text = json.dumps(audit_to_dict(audit), indent=1)
    if json_path is not None and not has_stdout:
        with replacing(json_path, overwrite) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")
    if sheet is not None:
        _write_sheet(audit, sheet, overwrite)
    # With --progress json, standard output is for the events alone.
    click.echo(text if has_stdout else format_audit(audit), err=get_speech().has_events)
    _report(audit, [path for path in (*lists, json_path, sheet) if path is not None])


def name_lists(clean: Path, datasets: Sequence[Path]) -> list[Path]:
    """Where the list of each dataset goes: ids and names may be the same in train and val."""
    from geoseg.datasets.audit.sets import label_sets

    if len(datasets) == 1:
        return [clean]
    return [clean.with_name(f"{clean.stem}_{one}{clean.suffix}") for one in label_sets(datasets)]


def _write_list(audit: Audit, row: int, path: Path, overwrite: bool) -> None:
    from geoseg.datasets.audit.report import describe_list
    from geoseg.datasets.clean_list import write_clean_list
    from geoseg.export.outputs import replacing

    names = audit.kept_names(row)
    if not names:
        warn_user(f"{path}: no image of {audit.sets[row].path} can be kept; the list is empty.")
    with replacing(path, overwrite) as temporary:
        write_clean_list(temporary, names, describe_list(audit, row))


def _write_sheet(audit: Audit, path: Path, overwrite: bool) -> None:
    from geoseg.datasets.audit.suspects import find_suspects
    from geoseg.views.contact_sheet import Cell, write_contact_sheet

    cells = [Cell(one.pictures, one.captions, one.outlines) for one in find_suspects(audit)]
    if cells:
        write_contact_sheet(path, cells, overwrite=overwrite)
    else:
        warn_user(f"{path} is not written: nothing is suspect.")


def _report(audit: Audit, outputs: Sequence[Path]) -> None:
    num_images = sum(len(one.names) for one in audit.sets)
    num_faults = sum(rule.count for one in audit.sets for rule in one.faults.rules.values())
    num_kept = sum(len(audit.kept_names(row)) for row in range(len(audit.sets)))
    report_result(
        f"images: {num_images:,}, faults: {num_faults:,}, duplicates: {len(audit.duplicates):,}",
        {
            "images": num_images,
            "faults": num_faults,
            "duplicates": len(audit.duplicates),
            "kept": num_kept,
            "outputs": [str(path) for path in outputs if str(path) != "-"],
        },
    )
