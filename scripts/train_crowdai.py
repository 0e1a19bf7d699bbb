"""Train on the crowdAI mapping challenge: python scripts/train_crowdai.py --data DIR -o RUN.

DIR holds the published layout: `train` and `val`, each with `images/` and `annotation.json`,
directly or in a folder `data`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from geoseg.api import train
from geoseg.cli.options import progress_option, verbosity_options
from geoseg.config import RECIPES
from geoseg.errors import DatasetError, GeosegError
from geoseg.maskrcnn.matterport.h5_file import is_matterport
from geoseg.training.starts import find_start, make_train_config
from geoseg.types import Progress

GSD_M = 0.3
# The images are cut to the size of a tile: samples are seen at little more than their own scale.
GSD_RANGE_M = (0.2, 0.36)


def find_split(folder: Path, name: str) -> Path:
    """The folder of a split.

    Raises:
        DatasetError: there is none.
    """
    for parent in (folder, folder / "data"):
        if (parent / name / "images").is_dir():
            return parent / name
    raise DatasetError(f"{folder} must hold {name}/images or data/{name}/images; found neither.")


def make_values(folder: Path, *, is_small: bool) -> dict[str, Any]:
    """The datasets of a run, as in its TOML file."""
    label_name = "annotation-small.json" if is_small else "annotation.json"

    def describe(name: str) -> dict[str, Any]:
        split = find_split(folder, name)
        return {
            "path": str(split / label_name),
            "kind": "coco",
            "gsd_m": GSD_M,
            "gsd_range_m": list(GSD_RANGE_M),
        }

    return {"datasets": [describe("train")], "validation": [describe("val")]}


def describe_model(start: str, backbone: str | None) -> dict[str, Any] | None:
    """What is said of the network; None leaves all to the start.

    Raises:
        WeightsError: the start cannot be read.
    """
    if start != "none" and is_matterport(find_start(start)):
        # COCO's 80 classes, for instance, give way to the challenge's one.
        return {"class_names": ["building"], **({"backbone": backbone} if backbone else {})}
    return None if backbone is None else {"backbone": backbone, "gsd_m": GSD_M}


@click.command()
@click.option(
    "--data", required=True, type=click.Path(path_type=Path), help="The challenge's data."
)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="New folder.")
@click.option("--recipe", type=click.Choice(list(RECIPES)), default="modern", show_default=True)
@click.option(
    "--start", default="bundled", show_default=True, help="Also imagenet, none, a file or a run."
)
@click.option("--backbone", help="Another network, with --start imagenet or none.")
@click.option("--steps", type=click.IntRange(min=1), help="Instead of the recipe's.")
@click.option("--batch-size", type=click.IntRange(min=1), help="Instead of the recipe's.")
@click.option("--devices", type=click.IntRange(min=1), help="Devices that share each batch.")
@click.option("--small", "is_small", is_flag=True, help="Learn from annotation-small.json.")
@click.option("--strict", is_flag=True, help="What is broken ends the run.")
@click.option("--resume", is_flag=True, help="Go on with the run in the folder.")
@progress_option
@verbosity_options
def main(
    data: Path,
    output: Path,
    recipe: str,
    start: str,
    backbone: str | None,
    steps: int | None,
    batch_size: int | None,
    devices: int | None,
    is_small: bool,
    strict: bool,
    resume: bool,
    progress: Progress,
) -> None:
    """Train on the crowdAI mapping challenge, and score on its validation images."""
    values: dict[str, Any] = {
        "recipe": recipe,
        "start": None if start == "none" else start,
        "strict": strict,
        "steps": steps,
        "batch_size": batch_size,
    }
    try:
        values["model"] = describe_model(start, backbone)
        # Start alone may be taken away; None leaves the others to the recipe.
        given = {key: one for key, one in values.items() if one is not None or key == "start"}
        config = make_train_config(None, {**make_values(data, is_small=is_small), **given})
        weights = train(config, output, resume=resume, num_devices=devices, progress=progress)
    except GeosegError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"trained {config.steps:,} steps: {weights}", err=True)


if __name__ == "__main__":
    main()
