"""`geoseg weights`: the models that are there, what is in them, and other kinds of files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoseg.cli.messages import report_result
from geoseg.cli.options import overwrite_option, verbosity_options

if TYPE_CHECKING:
    from geoseg.maskrcnn.named_weights import WeightsFacts


@click.group("weights", epilog="Example: geoseg weights list")
def weights_command() -> None:
    """List, examine, convert and import weights files."""


@weights_command.command("list", epilog="Example: geoseg weights list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@verbosity_options
def list_command(as_json: bool) -> None:
    """List the bundled model and the imported ones.

    Imported files lie in the folder that GEOSEG_WEIGHTS_DIR names, or else among the user's data.
    """
    from geoseg.cli.messages import warn_user
    from geoseg.errors import WeightsError
    from geoseg.maskrcnn.named_weights import examine_weights, list_weights

    facts = []
    for index, path in enumerate(list_weights()):
        try:
            facts.append(examine_weights(None if index == 0 else path)[0])
        except WeightsError as error:
            warn_user(f"left out: {error}")
    if as_json:
        click.echo(json.dumps([_as_values(one) for one in facts], indent=2))
        return
    width = max((len(one.name) for one in facts), default=0)
    for one in facts:
        click.echo(
            f"{one.name:<{width}}  sha256 {one.sha256[:12]}  {one.size_bytes / 1e6:.1f} MB  "
            f"{', '.join(one.config.class_names)}  {one.config.gsd_m:g} m  "
            f"{one.licence}{'' if one.is_intact is not False else '  DAMAGED'}"
        )


@weights_command.command("info", epilog="Example: geoseg weights info run/model.npz")
@click.argument("weights", metavar="FILE|NAME")
@click.option("--layers", is_flag=True, help="Also list every array with its shape.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, the layers included.")
@verbosity_options
def info_command(weights: str, layers: bool, as_json: bool) -> None:
    """Show what is in a weights file, and check that it makes a network."""
    from geoseg.errors import WeightsError
    from geoseg.maskrcnn.bundled import check_bundled
    from geoseg.maskrcnn.named_weights import examine_weights, find_weights
    from geoseg.maskrcnn.onnx.model import check_fit

    facts, arrays = examine_weights(find_weights(weights))
    check_fit(arrays, facts.config, facts.path.name)
    if as_json:
        click.echo(json.dumps(_as_values(facts, with_layers=True), indent=2))
    else:
        for name, text in _describe(facts).items():
            click.echo(f"{name:<11}  {text}")
        for name, shape in facts.shapes.items() if layers else ():
            click.echo(f"  {name:<34}  {' x '.join(map(str, shape))}")
    if facts.is_intact is False:
        check_bundled()
        raise WeightsError(f"{facts.name} must have the hash that it was released with.")


@weights_command.command(
    "export", epilog="Example: geoseg weights export run/model.npz -o town.onnx --half"
)
@click.argument("weights", metavar="FILE|NAME")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="File to write: .onnx, .npz or .weights.h5.",
)
@click.option("--half", is_flag=True, help="Store float16: half the size.")
@overwrite_option
@verbosity_options
def export_command(weights: str, output: Path, half: bool, overwrite: bool) -> None:
    """Write weights as another kind of file.

    An .onnx file carries the network as well: other programs can run it. Its inputs and outputs
    are described in docs/weights.md.
    """
    import numpy as np

    from geoseg.export.outputs import check_target
    from geoseg.maskrcnn.named_weights import examine_weights, find_weights
    from geoseg.maskrcnn.onnx.model import check_fit
    from geoseg.maskrcnn.weights_file import check_suffix, write_weights

    check_suffix(output)
    check_target(output, overwrite)
    facts, arrays = examine_weights(find_weights(weights))
    check_fit(arrays, facts.config, facts.path.name)
    dtype = np.float16 if half else np.float32
    write_weights(output, {name: one.astype(dtype) for name, one in arrays.items()}, facts.config)
    size_bytes = output.stat().st_size
    report_result(
        f"{facts.num_parameters:,} parameters, {size_bytes / 1e6:.1f} MB: {output}",
        {"parameters": facts.num_parameters, "size_bytes": size_bytes, "output": str(output)},
    )


@weights_command.command("import", epilog="Example: geoseg weights import run/model.npz -n town")
@click.argument("weights", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-n", "--name", help="What to ask for it by.  [default: the name of the file]")
@overwrite_option
@verbosity_options
def import_command(weights: Path, name: str | None, overwrite: bool) -> None:
    """Copy a weights file to where `--weights NAME` finds it."""
    from geoseg.maskrcnn.named_weights import get_name, import_weights

    copy = import_weights(weights, name, overwrite=overwrite)
    report_result(
        f"imported as {get_name(copy)}: {copy}", {"name": get_name(copy), "output": str(copy)}
    )


def _describe(facts: WeightsFacts) -> dict[str, str]:
    settings = asdict(facts.config)
    checks = {True: "the released one", False: "NOT the released one", None: "none to compare with"}
    return {
        "name": facts.name,
        "file": str(facts.path),
        "size": f"{facts.size_bytes:,} bytes, {' and '.join(facts.dtypes)}",
        "sha256": facts.sha256,
        "hash check": checks[facts.is_intact],
        "licence": facts.licence,
        "layers": f"{len({name.rsplit('/', 1)[0] for name in facts.shapes}):,}",
        "parameters": f"{facts.num_parameters:,}",
        **{
            name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            for name, value in settings.items()
            if value is not None
        },
    }


def _as_values(facts: WeightsFacts, *, with_layers: bool = False) -> dict[str, object]:
    values: dict[str, object] = {
        "name": facts.name,
        "path": str(facts.path),
        "size_bytes": facts.size_bytes,
        "sha256": facts.sha256,
        "is_intact": facts.is_intact,
        "licence": facts.licence,
        "parameters": facts.num_parameters,
        "config": asdict(facts.config),
    }
    if with_layers:
        values["layers"] = {name: list(shape) for name, shape in facts.shapes.items()}
    return values
