"""The report of a fault: what helps is in it, and nobody's names are."""

from __future__ import annotations

import pytest

from geoseg_qgis.gui.diagnostics import Names, make_report

NAMES = Names(home="/home/max", user="max", host="maxwell.example.org")
WINDOWS = Names(home=r"C:\Users\Max Müller", user="Max Müller", host="PC-7")


def report(names: Names = NAMES, **values: object) -> str:
    usual: dict[str, object] = {"message": "m", "command": "", "log": [], "doctor": {}}
    return make_report(names=names, **{**usual, **values})  # type: ignore[arg-type]


def test_the_report_names_versions_command_and_the_end_of_the_log() -> None:
    text = report(
        message="The disk is on fire.",
        command="geoseg predict a.tif",
        log=[f"line {n}" for n in range(500)],
        doctor={"self-test": "onnx: 4 buildings"},
    )
    for part in (
        "The disk is on fire.",
        "geoseg predict a.tif",
        "line 499",
        "self-test: onnx: 4 buildings",
        "QGIS: ",
        "Qt: ",
        "plugin: ",
    ):
        assert part in text
    assert "line 1\n" not in text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("/home/max/a.tif", "~/a.tif"),
        ("/home/maxine/a.tif", "/home/maxine/a.tif"),
        ("by MAX on maxwell", "by <user> on <host>"),
        ("maximum of max-pooling", "maximum of max-pooling"),
        ("http://joe:secret@proxy:80 on maxwell.example.org", "http://***@proxy:80 on <host>"),
    ],
)
def test_names_and_passwords_are_taken_out(said: str, shown: str) -> None:
    assert NAMES.take_out(said) == shown
    assert f"\n{shown}\n" in report(log=[said])


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (r"C:\Users\Max Müller\a.tif", r"~\a.tif"),
        (r"c:\users\max müller\a.tif", r"~\a.tif"),
        ("'C:\\\\Users\\\\Max Müller\\\\a.tif'", "'~\\\\a.tif'"),
        ("on pc-7", "on <host>"),
    ],
)
def test_windows_names_are_taken_out_whatever_their_case(said: str, shown: str) -> None:
    assert WINDOWS.take_out(said) == shown


def test_empty_names_take_nothing_out() -> None:
    assert Names("/", "", "").take_out("a / b") == "a / b"


def test_why_doctor_could_not_be_asked_is_told() -> None:
    assert "There is no environment." in report(doctor="There is no environment.")
