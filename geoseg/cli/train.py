"""`geoseg train`: a model from labelled images."""

from __future__ import annotations

from pathlib import Path

import click

from geoseg.cli.messages import report_result
from geoseg.cli.options import progress_option, verbosity_options
from geoseg.types import Progress


@click.command("train", epilog="Example: geoseg train train.toml -o runs/first")
@click.argument("config", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="New folder for the run: config, log, checkpoints and model.npz.",
)
@click.option("--steps", type=click.IntRange(min=1), help="Steps, instead of those of CONFIG.")
@progress_option
@verbosity_options
def train_command(config: Path, output: Path, steps: int | None, progress: Progress) -> None:
    """Train a model as the TOML file CONFIG says.

    docs/training.md lists its keys. Paths in it start from the current folder.
    """
    import dataclasses

    from geoseg.api import train
    from geoseg.config import TrainConfig, load_toml

    settings = load_toml(TrainConfig, config)
    if steps is not None:
        settings = dataclasses.replace(settings, steps=steps)
    weights = train(settings, output, progress=progress)
    report_result(
        f"trained {settings.steps:,} steps: {weights}",
        {"steps": settings.steps, "weights": str(weights)},
    )
