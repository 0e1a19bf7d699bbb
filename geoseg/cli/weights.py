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
    from geoseg.maskrcnn.matterport.load_report import LoadReport
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
    """Show what is in a weights file, and check that it makes a network.

    Of a file of matterport's Mask R-CNN it also tells which layers are taken over, and which not.
    """
    from geoseg.errors import WeightsError
    from geoseg.maskrcnn.bundled import check_bundled
    from geoseg.maskrcnn.matterport.h5_file import is_matterport, read_matterport
    from geoseg.maskrcnn.named_weights import examine_weights, find_weights
    from geoseg.maskrcnn.onnx.model import check_fit

    path = find_weights(weights)
    found = read_matterport(path) if path is not None and is_matterport(path) else None
    report = None if found is None else found.report
    if report is not None and not as_json:
        # First of all: what is missing may be why the rest fails.
        _print_report(report, layers=layers)
    facts, arrays = examine_weights(path, found)
    check_fit(arrays, facts.config, facts.path.name)
    if as_json:
        click.echo(json.dumps(_as_values(facts, report, with_layers=True), indent=2))
    else:
        for name, text in _describe(facts).items():
            click.echo(f"{name:<11}  {text}")
        for name, shape in facts.shapes.items() if layers and report is None else ():
            click.echo(f"  {name:<34}  {_join(shape)}")
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
    help="File to write: .onnx, .npz, .weights.h5, or .h5 for matterport's Mask R-CNN.",
)
@click.option("--half", is_flag=True, help="Store float16: half the size.")
@overwrite_option
@verbosity_options
def export_command(weights: str, output: Path, half: bool, overwrite: bool) -> None:
    """Write weights as another kind of file.

    An .onnx file carries the network as well: other programs can run it. Its inputs and outputs
    are described in docs/weights.md. An .h5 file, which matterport's Mask R-CNN loads, can hold
    networks with that program's layers and numerics only.
    """
    import numpy as np

    from geoseg.export.outputs import check_target
    from geoseg.maskrcnn.named_weights import examine_weights, find_weights
    from geoseg.maskrcnn.onnx.model import check_fit
    from geoseg.maskrcnn.weights_file import check_suffix, halve, write_weights

    check_suffix(output)
    if half and output.name.endswith(".h5") and not output.name.endswith(".weights.h5"):
        raise click.UsageError("--half cannot go with .h5: matterport's files hold float32.")
    check_target(output, overwrite)
    facts, arrays = examine_weights(find_weights(weights))
    check_fit(arrays, facts.config, facts.path.name)
    written = {
        name: halve(one) if half else one.astype(np.float32, copy=False)
        for name, one in arrays.items()
    }
    write_weights(output, written, facts.config)
    size_bytes = output.stat().st_size
    report_result(
        f"{facts.num_parameters:,} parameters, {size_bytes / 1e6:.1f} MB: {output}",
        {"parameters": facts.num_parameters, "size_bytes": size_bytes, "output": str(output)},
    )


@weights_command.command("import", epilog="Example: geoseg weights import run/model.npz -n town")
@click.argument("weights", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-n", "--name", help="What to ask for it by.  [default: the name of the file]")
@click.option(
    "--classes",
    metavar="NAME,NAME",
    help="Classes of a matterport file, without background.  [default: building for one, COCO's "
    "for 80]",
)
@click.option(
    "--tile-size",
    type=click.IntRange(min=64),
    metavar="PX",
    help="Side of the input of a matterport file's network.  [default: 320]",
)
@click.option(
    "--gsd",
    type=click.FloatRange(min=0, min_open=True),
    metavar="M",
    help="Ground metres per pixel that a matterport file works best at.  [default: 0.28125]",
)
@overwrite_option
@verbosity_options
def import_command(
    weights: Path,
    name: str | None,
    classes: str | None,
    tile_size: int | None,
    gsd: float | None,
    overwrite: bool,
) -> None:
    """Copy a weights file to where `--weights NAME` finds it.

    Files of matterport's Mask R-CNN (.h5) hold arrays alone: the options say what else there is
    to know of them.
    """
    from geoseg.maskrcnn.named_weights import get_name, import_weights

    copy = import_weights(
        weights,
        name,
        overwrite=overwrite,
        class_names=None if classes is None else tuple(one.strip() for one in classes.split(",")),
        tile_size_px=tile_size,
        gsd_m=gsd,
    )
    report_result(
        f"imported as {get_name(copy)}: {copy}", {"name": get_name(copy), "output": str(copy)}
    )


def _print_report(report: LoadReport, *, layers: bool) -> None:
    for line in report.describe():
        click.echo(line)
    for entry in report.entries if layers else ():
        shapes = ", ".join(f"{name} {_join(shape)}" for name, shape in entry.shapes.items())
        reason = f" ({entry.reason})" if entry.reason else ""
        click.echo(f"  {entry.name:<22}  {entry.state}{reason}{'  ' if shapes else ''}{shapes}")


def _join(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


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


def _as_values(
    facts: WeightsFacts, report: LoadReport | None = None, *, with_layers: bool = False
) -> dict[str, object]:
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
    if report is not None:
        values["report"] = [asdict(entry) for entry in report.entries]
    return values
