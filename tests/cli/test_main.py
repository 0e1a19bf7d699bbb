from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import geoseg
from geoseg.cli import messages, options
from geoseg.cli.main import COMMANDS, cli
from geoseg.cli.messages import emit_event, get_speech
from geoseg.errors import OutputError, RasterError

Run = Callable[..., Result]


@pytest.fixture
def run_body(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a function as the body of `geoseg try`, with options that follow it."""

    def run(body: Callable[[], Any], *arguments: str) -> Result:
        @click.command()
        @options.progress_option
        @options.verbosity_options
        def command(progress: object) -> None:
            body()

        module = types.ModuleType("geoseg_try")
        module.command = command  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "geoseg_try", module)
        monkeypatch.setitem(COMMANDS, "try", "geoseg_try:command")
        return CliRunner().invoke(cli, ["try", *arguments])

    return run


def raiser(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


def test_version_is_printed() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert result.output == f"geoseg, version {geoseg.__version__}\n"


def test_help_names_every_command_in_order() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    words = result.output.split()
    places = [words.index(name) for name in COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_that_ends_with_an_example(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output.split("Options:")[1]
    assert f"geoseg {name}" in result.output.split("Example")[-1]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_option_of_a_command_is_described(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    bare = [
        parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]
    assert bare == []


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_documented(name: str, repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    assert f"geoseg {name}" in readme


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(cli, ["predikt"])
    assert result.exit_code == 2
    assert "predikt" in result.stderr


def test_a_known_error_is_one_line_and_exit_code_1(run_body: Run) -> None:
    result = run_body(raiser(RasterError("a.tif: is not a raster\nthat GDAL opens.")))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "geoseg: error: a.tif: is not a raster that GDAL opens.\n"


def test_a_known_error_shows_its_traceback_only_with_vv(run_body: Run) -> None:
    body = raiser(RasterError("a.tif: cannot be opened."))
    assert "Traceback" not in run_body(body, "-v").stderr
    assert "Traceback" in run_body(body, "-vv").stderr


def test_an_unexpected_error_says_what_to_do(run_body: Run) -> None:
    result = run_body(raiser(KeyError("x")))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "KeyError: 'x' (unexpected" in result.stderr
    assert "geoseg doctor" in result.stderr
    assert "Traceback" in run_body(raiser(KeyError("x")), "-v").stderr


def test_memory_that_ran_out_is_explained(run_body: Run) -> None:
    result = run_body(raiser(MemoryError()))
    assert result.exit_code == 1
    assert "memory ran out; try a smaller --batch-size" in result.stderr


def test_a_full_disk_is_named_behind_any_error(run_body: Run) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/out/b.gpkg")
    error = OutputError("b.gpkg: cannot be written.")
    error.__cause__ = full
    for one in (full, error):
        result = run_body(raiser(one))
        assert result.exit_code == 1
        assert "the disk is full while writing b.gpkg" in result.stderr


def test_an_interruption_is_one_line_and_exit_code_130(run_body: Run) -> None:
    result = run_body(raiser(KeyboardInterrupt()))
    assert result.exit_code == 130
    assert result.stderr == "geoseg: error: interrupted.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_that_a_library_disguises_is_one_all_the_same(
    run_body: Run, number: signal.Signals
) -> None:
    def body() -> None:
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt:
            raise RuntimeError("INTERNAL: error in a callback") from None

    result = run_body(body)
    assert (result.exit_code, result.stderr) == (130, "geoseg: error: interrupted.\n")


def test_other_threads_speak_as_the_command_does(run_body: Run) -> None:
    def body() -> None:
        get_speech().has_events = True
        thread = threading.Thread(target=emit_event, args=("progress", {"done": 1}))
        thread.start()
        thread.join()

    assert run_body(body).stdout == '{"v": 1, "event": "progress", "done": 1}\n'
    # Nobody speaks for a command that has ended.
    assert not get_speech().has_events


def test_lines_of_several_threads_are_not_mixed(tmp_path: Path) -> None:
    code = (
        "import threading\n"
        "from geoseg.cli.messages import Speech, _of_running_command, emit_event\n"
        "_of_running_command.append(Speech(has_events=True))\n"
        # More than a pipe holds.
        "def tell(letter): [emit_event(letter, {'text': letter * 200_000}) for _ in range(5)]\n"
        "threads = [threading.Thread(target=tell, args=(one,)) for one in 'abc']\n"
        "[one.start() for one in threads]\n"
    )
    command = [sys.executable, "-u", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert sorted(event["event"] for event in events) == sorted("abc" * 5)


def test_a_line_that_an_interrupt_cuts_does_not_spoil_the_next(
    run_body: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = click.echo

    def cut(text: str, **given: Any) -> None:
        echo(text[:10], nl=False)
        monkeypatch.setattr(click, "echo", echo)
        raise KeyboardInterrupt

    def body() -> None:
        get_speech().has_events = True
        monkeypatch.setattr(click, "echo", cut)
        emit_event("progress", {"done": 1})

    cut_line, last = run_body(body).stdout.splitlines()
    assert cut_line == '{"v": 1, "'
    assert json.loads(last)["event"] == "error"


def test_a_reader_that_leaves_is_no_error(run_body: Run) -> None:
    result = run_body(raiser(BrokenPipeError(errno.EPIPE, "Broken pipe")))
    assert result.stderr == ""


def test_a_usage_error_of_a_command_keeps_exit_code_2(run_body: Run) -> None:
    assert run_body(raiser(click.UsageError("no."))).exit_code == 2
    assert run_body(lambda: None, "--nonsense").exit_code == 2


def test_a_warning_of_geoseg_is_one_line(run_body: Run) -> None:
    def body() -> None:
        # What `warnings.warn` does in a module of geoseg.
        warnings.warn_explicit("it is\nodd", UserWarning, geoseg.__file__, 1)

    assert run_body(body).stderr == "geoseg: warning: it is odd\n"
    assert run_body(body, "-q").stderr == "geoseg: warning: it is odd\n"


def test_a_warning_of_a_library_is_shown_only_with_vv(run_body: Run) -> None:
    def body() -> None:
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    assert run_body(body).stderr == ""
    assert "DeprecationWarning: old" in run_body(body, "-vv").stderr


def test_quiet_silences_what_is_said_but_not_errors(run_body: Run) -> None:
    assert run_body(lambda: messages.say("done")).stderr == "done\n"
    assert run_body(lambda: messages.say("done"), "-q").stderr == ""
    assert "error" in run_body(raiser(RasterError("no.")), "-q").stderr


def test_the_log_is_shown_with_v(run_body: Run) -> None:
    import logging

    def body() -> None:
        logging.getLogger("geoseg.raster").info("reading")

    assert run_body(body).stderr == ""
    assert run_body(body, "-v").stderr == "geoseg: reading\n"
    # Twice in one process, as from a notebook, is still one line.
    assert run_body(body, "-v").stderr == "geoseg: reading\n"
