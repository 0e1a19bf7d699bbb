from __future__ import annotations

from pathlib import Path

import pytest

from geoseg_qgis.engine.errors import CommandFailed, EngineError, EnvironmentMissing
from geoseg_qgis.engine.failures import explain_failure

PYTHON = Path("/env/bin/python")


def explain(
    exit_code: int, log: list[str], errors: list[str] | None = None, num_results: int = 0
) -> EngineError:
    return explain_failure(PYTHON, exit_code, errors=errors or [], num_results=num_results, log=log)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/env/bin/python: No module named geoseg", f"There is no geoseg in {PYTHON}."),
        (
            "Error: No such option '--end-with-stdin'.",
            f"The geoseg in {PYTHON} is older than this plugin.",
        ),
        (
            "ModuleNotFoundError: No module named 'click'",
            f"The Python environment of {PYTHON} is damaged: "
            "ModuleNotFoundError: No module named 'click'",
        ),
        (
            'No Python at "C:\\Python312\\python.exe"',
            f"The Python environment of {PYTHON} is damaged: "
            'No Python at "C:\\Python312\\python.exe"',
        ),
    ],
)
def test_fault_of_the_environment_is_told_from_one_of_the_command(line: str, message: str) -> None:
    error = explain(1, ["before", line])
    assert isinstance(error, EnvironmentMissing)
    assert str(error) == message
    assert error.details == f"before\n{line}"


def test_own_words_of_the_command_come_first() -> None:
    error = explain(1, ["ModuleNotFoundError: of a plugin"], errors=["The raster has no CRS."])
    assert isinstance(error, CommandFailed)
    assert str(error) == error.message == "The raster has no CRS."


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (-9, "probably for lack of memory"),
        (0xC0000017, "probably for lack of memory"),
        (-11, "SIGSEGV"),
        (-200, "signal 200"),
        (0xC0000005, "0xC0000005"),
    ],
)
def test_end_by_the_system_is_said(exit_code: int, words: str) -> None:
    error = explain(exit_code, ["the last line"])
    assert isinstance(error, CommandFailed)
    assert words in error.message
    assert error.exit_code == exit_code
    assert error.details == "the last line"


@pytest.mark.parametrize(
    ("exit_code", "log", "message"),
    [
        (2, ["Usage: geoseg", "", "Error: No such option: --wings"], "No such option: --wings"),
        (1, ["Traceback", "ZeroDivisionError: division by zero", " "],
         "ZeroDivisionError: division by zero"),
        (3, [], "The command ended with code 3."),
    ],
)  # fmt: skip
def test_last_line_is_the_message(exit_code: int, log: list[str], message: str) -> None:
    assert str(explain(exit_code, log)) == message


@pytest.mark.parametrize("num_results", [0, 2])
def test_success_needs_one_result(num_results: int) -> None:
    error = explain(0, [], num_results=num_results)
    assert isinstance(error, CommandFailed)
    assert f"{num_results} times" in str(error)
