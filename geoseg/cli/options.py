"""The one registry of options: a flag has the same name, meaning and unit in every command.

Each decorator adds a group of options; the function below it takes their values as keyword
arguments, whose names are given with the decorator.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from geoseg.cli.messages import get_speech, set_up_logging
from geoseg.cli.progress import make_progress
from geoseg.config import DetectConfig, FootprintConfig, RasterConfig, TileConfig
from geoseg.interrupts import InterruptibleProgress, InterruptWatch
from geoseg.types import Progress, Runner

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


class NumberList(click.ParamType):  # type: ignore[type-arg]
    """Numbers joined by commas, as `LO,HI` or `1,2,3`.

    Attributes:
        kind: `int` or `float`.
        counts: how many numbers there may be.
        name: how the help calls them.
    """

    def __init__(self, name: str, kind: type[int] | type[float], counts: tuple[int, ...]) -> None:
        self.name = name
        self.kind = kind
        self.counts = counts

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Parse the text; finite numbers only."""
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(self.kind(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"must look like {self.name}; got {value}.", param, ctx)
        if len(numbers) not in self.counts or not all(map(math.isfinite, numbers)):
            self.fail(f"must look like {self.name}; got {value}.", param, ctx)
        return numbers


class BboxType(NumberList):
    """`W,S,E,N` in degrees of longitude and latitude, WGS 84."""

    def __init__(self) -> None:
        super().__init__("W,S,E,N", float, (4,))

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Parse the text and check that it names a place on Earth."""
        west, south, east, north = numbers = super().convert(value, param, ctx)
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            self.fail(
                f"must be degrees, west below east and south below north; got {value}.", param, ctx
            )
        return numbers


def _add_options(*options: Callable[[CommandT], CommandT]) -> Callable[[CommandT], CommandT]:
    def decorate(command: CommandT) -> CommandT:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


# Values: gsd_m, bands, scale, crs.
raster_options = _add_options(
    click.option(
        "--gsd",
        "gsd_m",
        type=float,
        metavar="METRES",
        help="Ground metres per pixel to read the raster at.  [default: the model's]",
    ),
    click.option(
        "--bands",
        type=NumberList("R,G,B", int, (1, 3)),
        metavar="R,G,B",
        help="Bands to read, counted from 1: three, or one.  [default: by colour, else 1,2,3]",
    ),
    click.option(
        "--scale",
        type=NumberList("LO,HI", float, (2,)),
        metavar="LO,HI",
        help="Raster values shown as black and white.  [default: as is for 8 bit, else "
        "percentiles 2 and 98]",
    ),
    click.option(
        "--crs",
        metavar="CRS",
        help="CRS of a raster that does not name its own, e.g. EPSG:32645.",
    ),
)

# Values: aoi, bbox.
aoi_options = _add_options(
    click.option(
        "--aoi",
        metavar="FILE",
        help="Vector file; only what lies inside its polygons is looked at.",
    ),
    click.option(
        "--bbox",
        type=BboxType(),
        metavar="W,S,E,N",
        help="The same with a rectangle in degrees (WGS 84).",
    ),
)


def _find_weights(_context: click.Context, _: click.Parameter, value: str | None) -> str | None:
    """The file that a name stands for; None for the bundled model."""
    from geoseg.maskrcnn.named_weights import find_weights

    found = None if value is None else find_weights(value)
    return None if found is None else str(found)


# Values: weights (a path, or None for the bundled model), engine, device, batch_size.
engine_options = _add_options(
    click.option(
        "--weights",
        metavar="FILE|NAME",
        callback=_find_weights,
        help="Weights file of the model, or a name of `geoseg weights list`.  [default: the "
        "bundled model]",
    ),
    click.option(
        "--engine",
        type=click.Choice(["auto", "keras", "onnx"]),
        default="auto",
        show_default=True,
        help="What runs the model: Keras, or ONNX Runtime.  auto takes Keras only for a GPU.",
    ),
    click.option(
        "--device",
        metavar="NAME",
        default="auto",
        show_default=True,
        help="Where the model runs: auto, cpu, gpu or gpu:N.",
    ),
    click.option(
        "--batch-size",
        type=click.IntRange(min=1),
        help="Tiles per step; halved when memory runs out.  [default: found by itself]",
    ),
)

# Values: those of engine_options, score, views.
model_options = _add_options(
    engine_options,
    click.option(
        "--score",
        type=click.FloatRange(0, 1),
        help="Least score, 0 to 1, of what is kept.  [default: the model's]",
    ),
    click.option(
        "--views",
        type=click.Choice(["1", "2", "4", "8"]),
        default="1",
        show_default=True,
        callback=lambda _context, _parameter, value: int(value),
        help="Look at each tile so often, mirrored and turned: better, and as much slower.",
    ),
)

# Values: overlap_px.
tile_options = _add_options(
    click.option(
        "--overlap",
        "overlap_px",
        type=click.IntRange(min=0),
        metavar="PIXELS",
        default=TileConfig().overlap_px,
        show_default=True,
        help="Pixels that two neighbouring tiles share.",
    ),
)

# Values: min_area_m2, tolerance_m.
footprint_options = _add_options(
    click.option(
        "--min-area",
        "min_area_m2",
        type=click.FloatRange(min=0),
        metavar="M2",
        default=FootprintConfig().min_area_m2,
        show_default=True,
        help="Smaller buildings are dropped, square metres.",
    ),
    click.option(
        "--tolerance",
        "tolerance_m",
        type=click.FloatRange(min=0),
        metavar="METRES",
        default=FootprintConfig().tolerance_m,
        show_default=True,
        help="Farthest that a simplified outline may be from the detected one.",
    ),
)

# Values: workers, scheduler.
runner_options = _add_options(
    click.option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        help="Share the work out among so many processes; each loads the model, all share the "
        "cores, and the GPU if there is one.  [default: this process alone]",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Share it out among the workers of a Dask cluster instead, e.g. tcp://host:8786.",
    ),
)

# Values: resume, job.
job_options = _add_options(
    click.option(
        "--resume", is_flag=True, help="Go on where a run was interrupted; begin if none was."
    ),
    click.option(
        "--job",
        metavar="FOLDER",
        type=click.Path(path_type=Path),
        help="Where finished parts are kept until the end.  [default: .<output>.partial beside "
        "the first output]",
    ),
)

# Value: skips_unreadable.
on_error_option = _add_options(
    click.option(
        "--on-error",
        "skips_unreadable",
        type=click.Choice(["stop", "skip"]),
        default="stop",
        show_default=True,
        callback=lambda _context, _parameter, value: value == "skip",
        help="What cannot be read ends the run, or is left out and named at the end.",
    ),
)

# Value: overwrite.
overwrite_option = _add_options(
    click.option("--overwrite", is_flag=True, help="Replace results that are there already."),
)


def _start_progress(context: click.Context, _: click.Parameter, kind: str) -> Progress:
    speech = get_speech()
    speech.has_events = kind == "json"
    if kind == "auto" and speech.verbosity < 0:
        kind = "none"
    watch = context.find_object(InterruptWatch) or InterruptWatch()
    return InterruptibleProgress(make_progress(kind), watch)


# Value: progress, a geoseg.types.Progress to hand on.
progress_option = _add_options(
    click.option(
        "--progress",
        type=click.Choice(["auto", "json", "none"]),
        default="auto",
        show_default=True,
        callback=_start_progress,
        help="A bar on standard error, JSON lines on standard output, or nothing.",
    ),
)


def _set_verbosity(context: click.Context, parameter: click.Parameter, value: int) -> None:
    speech = get_speech()
    if value:
        speech.verbosity = -1 if parameter.name == "quiet" else value
    set_up_logging(speech.verbosity)


# No values: the settings reach geoseg.cli.messages and the log. They are eager because the
# progress bar depends on them.
verbosity_options = _add_options(
    click.option(
        "-v",
        "--verbose",
        count=True,
        is_eager=True,
        expose_value=False,
        callback=_set_verbosity,
        help="Say what is being done; twice for more.",
    ),
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_set_verbosity,
        help="Say nothing but warnings and errors.",
    ),
)


def raster_config(
    gsd_m: float | None,
    bands: tuple[int, ...] | None,
    scale: tuple[float, float] | None,
    crs: str | None,
) -> RasterConfig:
    """The values of `raster_options` as a config.

    Raises:
        ConfigError: a value is out of range.
    """
    return RasterConfig(gsd_m=gsd_m, bands=bands, scale=scale, crs=crs)


def tile_config(overlap_px: int) -> TileConfig:
    """The value of `tile_options` as a config.

    Raises:
        ConfigError: the overlap is not below the tile size.
    """
    return TileConfig(overlap_px=overlap_px)


def detect_config(score: float | None, batch_size: int | None, views: int = 1) -> DetectConfig:
    """The values of `model_options` that are no file and no device, as a config."""
    return DetectConfig(score=score, batch_size=batch_size, views=views)


def footprint_config(min_area_m2: float, tolerance_m: float) -> FootprintConfig:
    """The values of `footprint_options` as a config."""
    return FootprintConfig(tolerance_m=tolerance_m, min_area_m2=min_area_m2)


def make_runner(workers: int | None, scheduler: str | None) -> Runner:
    """The values of `runner_options` as what runs the work; nothing is started yet.

    Raises:
        click.UsageError: both are given.
        MissingDependencyError: a scheduler needs an extra that is not installed.
    """
    if scheduler is not None:
        from geoseg.runners.dask_cluster import DaskRunner

        if workers is not None:
            raise click.UsageError("--workers and --scheduler exclude each other.")
        return DaskRunner(scheduler)
    if workers is not None:
        from geoseg.runners.process_pool import ProcessPoolRunner

        return ProcessPoolRunner(workers)
    from geoseg.runners.in_process import InProcessRunner

    return InProcessRunner()
