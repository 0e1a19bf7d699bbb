from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from geoseg.cli import options
from geoseg.config import DetectConfig, FootprintConfig, RasterConfig, TileConfig
from geoseg.errors import ConfigError
from geoseg.runners.dask_cluster import DaskRunner
from geoseg.runners.in_process import InProcessRunner
from geoseg.runners.process_pool import ProcessPoolRunner
from geoseg.types import NoProgress


def parse(*arguments: str) -> dict[str, Any]:
    """Values of a command that takes every group of options."""
    values: dict[str, Any] = {}

    @click.command()
    @options.raster_options
    @options.aoi_options
    @options.model_options
    @options.tile_options
    @options.footprint_options
    @options.runner_options
    @options.overwrite_option
    @options.progress_option
    @options.verbosity_options
    def command(**given: Any) -> None:
        values.update(given)

    result = CliRunner().invoke(command, list(arguments))
    if result.exit_code:
        raise click.UsageError(result.stderr)
    return values


def test_without_options_the_defaults_are_those_of_the_configs() -> None:
    values = parse()
    assert options.raster_config(
        values["gsd_m"], values["bands"], values["scale"], values["crs"]
    ) == (RasterConfig())
    assert options.tile_config(values["overlap_px"]) == TileConfig()
    detect = options.detect_config(values["score"], values["batch_size"], values["views"])
    assert detect == DetectConfig()
    footprints = options.footprint_config(values["min_area_m2"], values["tolerance_m"])
    assert footprints == FootprintConfig()
    assert not values["overwrite"]
    assert values["device"] == "auto"


def test_lists_of_numbers_are_read() -> None:
    values = parse("--bands", "4,3,2", "--scale", "-1.5,3e3", "--bbox", "85.1,27.5,85.2,27.75")
    assert values["bands"] == (4, 3, 2)
    assert values["scale"] == (-1.5, 3000.0)
    assert values["bbox"] == (85.1, 27.5, 85.2, 27.75)


def test_one_band_is_enough() -> None:
    assert parse("--bands", "1")["bands"] == (1,)


@pytest.mark.parametrize(
    ("flag", "value", "rule"),
    [
        ("--bands", "1,2", "must look like R,G,B"),
        ("--bands", "1.5", "must look like R,G,B"),
        ("--bands", "", "must look like R,G,B"),
        ("--scale", "5", "must look like LO,HI"),
        ("--scale", "0,inf", "must look like LO,HI"),
        ("--scale", "a,b", "must look like LO,HI"),
        ("--bbox", "1,2,3", "must look like W,S,E,N"),
        ("--bbox", "10,0,5,1", "west below east"),
        ("--bbox", "0,0,1,91", "must be degrees"),
        ("--bbox", "650000,3050000,650500,3050500", "must be degrees"),
        ("--score", "1.5", "0<=x<=1"),
        ("--batch-size", "0", "x>=1"),
        ("--overlap", "-1", "x>=0"),
        ("--tolerance", "-1", "x>=0"),
        ("--progress", "loud", "auto"),
    ],
)
def test_a_wrong_value_is_a_usage_error_that_states_the_rule(
    flag: str, value: str, rule: str
) -> None:
    with pytest.raises(click.UsageError) as raised:
        parse(f"{flag}={value}")
    message = " ".join(raised.value.message.split())
    assert flag in message
    assert rule in message


def test_a_value_that_only_the_config_can_judge_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="LO < HI"):
        options.raster_config(None, None, (5.0, 1.0), None)
    with pytest.raises(ConfigError, match="below tile_size_px; got 300 and 300"):
        options.tile_config(300)


def test_quiet_takes_the_bar_away_wherever_it_stands() -> None:
    def is_shown(*arguments: str) -> bool:
        return not isinstance(parse(*arguments)["progress"].progress, NoProgress)

    assert is_shown()
    assert not is_shown("-q")
    assert not is_shown("--progress", "auto", "-q")
    assert not is_shown("--progress", "none")


@given(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2))
def test_any_two_numbers_are_read_as_they_were_written(numbers: tuple[float, float]) -> None:
    kind = options.NumberList("LO,HI", float, (2,))
    assert kind.convert(",".join(map(repr, numbers)), None, None) == numbers


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ((), InProcessRunner),
        (("--workers", "3"), ProcessPoolRunner),
        (("--scheduler", "tcp://host:8786"), DaskRunner),
    ],
)
def test_the_work_is_run_here_by_workers_or_on_a_cluster(
    arguments: tuple[str, ...], kind: type
) -> None:
    values = parse(*arguments)
    runner = options.make_runner(values["workers"], values["scheduler"])
    assert isinstance(runner, kind)
    assert getattr(runner, "num_workers", 3) == 3
    assert getattr(runner, "address", "tcp://host:8786") == "tcp://host:8786"


def test_workers_and_a_cluster_exclude_each_other() -> None:
    values = parse("--workers", "2", "--scheduler", "tcp://host:8786")
    with pytest.raises(click.UsageError, match="exclude each other"):
        options.make_runner(values["workers"], values["scheduler"])
    with pytest.raises(click.UsageError, match="--workers"):
        parse("--workers", "0")
