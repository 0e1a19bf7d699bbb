"""`geoseg train`: a model from labelled images."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

import click

from geoseg.cli.messages import report_result
from geoseg.cli.options import progress_option, verbosity_options
from geoseg.config import RECIPES
from geoseg.types import Progress


class SceneType(click.ParamType):  # type: ignore[type-arg]
    """`RASTER,LABELS[,AREA]`: files joined by commas."""

    name = "RASTER,LABELS[,AREA]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, str]:
        """Two or three file names under the keys of `DatasetConfig`."""
        if isinstance(value, dict):
            return value
        names = str(value).split(",")
        if len(names) not in (2, 3) or not all(names):
            self.fail(f"must look like {self.name}; got {value}.", param, ctx)
        return dict(zip(("scene", "labels", "aoi"), names, strict=False))


@click.command("train", epilog="Example: geoseg train --data tiles/ --val held_out/ -o run")
@click.argument("config", required=False, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="New folder for the run: config, log, checkpoints and model.npz.",
)
@click.option("--data", multiple=True, metavar="FOLDER", help="Labelled images; may be repeated.")
@click.option(
    "--only",
    multiple=True,
    metavar="FILE",
    help="List of the images of --data to take, as `geoseg audit --clean` writes it; one for each "
    "--data, in the same order.",
)
@click.option(
    "--scene",
    "scenes",
    multiple=True,
    type=SceneType(),
    metavar=SceneType.name,
    help="A raster, its buildings, and the area in which they are complete; may be repeated.",
)
@click.option(
    "--val", "validation", multiple=True, metavar="FOLDER", help="Labelled images to score on."
)
@click.option(
    "--start",
    metavar="bundled|imagenet|none|FILE",
    help="What to start from: also the folder of a run.  [default: bundled without CONFIG]",
)
@click.option("--recipe", type=click.Choice(list(RECIPES)), help="Values where none are given.")
@click.option("--steps", type=click.IntRange(min=1), help="Steps of the run.")
@click.option("--batch-size", type=click.IntRange(min=1), help="Samples per step.")
@click.option("--devices", type=click.IntRange(min=1), help="Devices that share each batch.")
@click.option("--strict", is_flag=True, help="An image or a label that is broken ends the run.")
@click.option("--resume", is_flag=True, help="Go on with the run in FOLDER.")
@progress_option
@verbosity_options
def train_command(
    config: Path | None,
    output: Path,
    data: tuple[str, ...],
    only: tuple[str, ...],
    scenes: tuple[dict[str, str], ...],
    validation: tuple[str, ...],
    start: str | None,
    recipe: str | None,
    steps: int | None,
    batch_size: int | None,
    devices: int | None,
    strict: bool,
    resume: bool,
    progress: Progress,
) -> None:
    """Train a model, as the options or the TOML file CONFIG say.

    docs/training.md lists the keys of CONFIG; options go before them. An interrupted run goes on
    with --resume. Paths start from the current folder.
    """
    from geoseg.api import train
    from geoseg.training.run_folder import RunFolder
    from geoseg.training.starts import make_train_config

    if only and len(only) != len(data):
        raise click.UsageError("Give one --only for each --data; a CONFIG has the key only.")
    folders = [{"path": path, "only": names} for path, names in zip_longest(data, only)]
    changes: dict[str, Any] = {
        "datasets": [*folders, *scenes],
        "validation": [{"path": path} for path in validation],
        "recipe": recipe,
        "steps": steps,
        "batch_size": batch_size,
        "strict": strict,
    }
    changes = {key: value for key, value in changes.items() if value}
    if start is not None:
        changes["start"] = None if start == "none" else start
    if not resume:
        RunFolder(output).check_new()
    if config is None and not changes and not resume:
        raise click.UsageError("Give a CONFIG, or --data or --scene.")
    is_described = config is not None or bool(changes)
    settings = make_train_config(config, changes) if is_described else None
    weights = train(settings, output, resume=resume, num_devices=devices, progress=progress)
    num_steps = RunFolder(output).read_config().steps
    report_result(
        f"trained {num_steps:,} steps: {weights}", {"steps": num_steps, "weights": str(weights)}
    )
