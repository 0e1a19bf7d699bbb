from __future__ import annotations

import json
import sys
import types
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from geoseg.cli import messages, options
from geoseg.cli.main import COMMANDS, cli
from geoseg.cli.progress import BarProgress, EventProgress, LineProgress, make_progress
from geoseg.errors import RasterError
from geoseg.types import NoProgress, Progress


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def run_steps(progress: Progress, clock: Clock, seconds: list[float]) -> None:
    progress.start("tiles", len(seconds))
    for step_s in seconds:
        clock.now_s += step_s
        progress.advance(1, found=2)
    progress.finish()


def collect_events(seconds: list[float]) -> list[dict[str, Any]]:
    @click.command()
    @options.progress_option
    def command(progress: Progress) -> None:
        clock = Clock()
        run_steps(EventProgress(clock), clock, seconds)

    result = CliRunner().invoke(command, ["--progress", "json"])
    assert result.exit_code == 0
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_events_hold_what_the_document_says() -> None:
    assert collect_events([2.0, 2.0]) == [
        {"v": 1, "event": "start", "stage": "tiles", "total": 2},
        {
            "v": 1, "event": "progress", "stage": "tiles", "done": 1, "total": 2,
            "per_s": 0.5, "eta_s": 2.0, "found": 2,
        },
        {
            "v": 1, "event": "progress", "stage": "tiles", "done": 2, "total": 2,
            "per_s": 0.5, "eta_s": 0.0, "found": 4,
        },
        {
            "v": 1, "event": "finish", "stage": "tiles", "done": 2, "total": 2,
            "found": 4, "elapsed_s": 4.0,
        },
    ]  # fmt: skip


def test_events_come_at_most_ten_times_a_second_and_after_the_last_step() -> None:
    events = collect_events([0.01] * 55)
    assert [one["done"] for one in events if one["event"] == "progress"] == [10, 20, 30, 40, 50, 55]


def test_a_stage_of_no_steps_starts_and_finishes() -> None:
    assert [one["event"] for one in collect_events([])] == ["start", "finish"]


def run_command(body: Any, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    @click.command()
    @options.progress_option
    @options.verbosity_options
    def command(progress: Progress) -> None:
        body()

    module = types.ModuleType("geoseg_try")
    module.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "geoseg_try", module)
    monkeypatch.setitem(COMMANDS, "try", "geoseg_try:command")
    return CliRunner().invoke(cli, ["try", *arguments])


def test_the_result_is_one_line_for_people_and_one_for_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def body() -> None:
        messages.report_result("3 buildings, 0.2 km2", {"buildings": 3, "km2": 0.2})

    result = run_command(body, monkeypatch, "--progress", "json")
    assert json.loads(result.stdout) == {"v": 1, "event": "result", "buildings": 3, "km2": 0.2}
    assert result.stderr == "3 buildings, 0.2 km2\n"
    assert run_command(body, monkeypatch).stdout == ""


def test_an_error_and_a_warning_are_events_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def body() -> None:
        messages.warn_user("coarse")
        raise RasterError("a.tif: cannot be opened.")

    result = run_command(body, monkeypatch, "--progress", "json")
    assert result.exit_code == 1
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"v": 1, "event": "warning", "message": "coarse"},
        {"v": 1, "event": "error", "message": "a.tif: cannot be opened."},
    ]


def test_a_number_that_is_not_finite_is_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    def body() -> None:
        messages.report_result("", {"km2": float("nan")})

    assert run_command(body, monkeypatch, "--progress", "json").exit_code == 1


def test_lines_come_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    run_steps(LineProgress(clock), clock, [5.0] * 5)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "geoseg: tiles 2/5, 0.2/s, 15 s left",
        "geoseg: tiles 4/5, 0.2/s, 5 s left",
    ]


def test_the_bar_shows_steps_and_finds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    bar = BarProgress()
    bar.start("tiles", 4)
    bar.advance(3, found=17)
    bar.finish()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "tiles" in captured.err
    assert "3/4" in captured.err
    assert "17 found" in captured.err


@pytest.mark.parametrize("progress", [BarProgress(), EventProgress(), LineProgress()])
def test_steps_outside_of_a_stage_are_not_shown(
    progress: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    progress.advance(1)
    progress.finish()
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_the_kind_is_chosen_by_name_and_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(make_progress("json"), EventProgress)
    assert isinstance(make_progress("none"), NoProgress)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    assert isinstance(make_progress("auto"), LineProgress)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert isinstance(make_progress("auto"), BarProgress)
