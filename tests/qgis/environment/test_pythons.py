"""The search for Pythons, among fake ones."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geoseg_qgis.engine.errors import CommandCancelled
from geoseg_qgis.environment import pythons
from geoseg_qgis.environment.pythons import (
    UV_DOWNLOAD,
    FoundPython,
    PythonSearch,
    explain_no_python,
    find_pythons,
    search_pythons,
)

MakePython = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home ä"
    folder.mkdir()
    return folder


@pytest.fixture
def make_python(tmp_path: Path) -> MakePython:
    """Makes a program that answers as a Python would, or as it is told."""

    def make(name: str, version: str = "3.12.1", text: str = "", **facts: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        answer = {
            "version": [int(part) for part in version.split(".")],
            "is_64_bit": True,
            "implementation": "CPython",
            "base": str(path.parent),
            "executable": str(path),
            "missing": [],
            **facts,
        }
        text = text or f"cat <<'END'\nfacts:{json.dumps(answer)}\nEND\n"
        path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return make


def search(home: Path, *folders: Path, **options: Any) -> PythonSearch:
    """Search only in the given folders of PATH; the machine's own Pythons are left out."""
    path = ":".join(map(str, folders))
    excluded = [*options.pop("excluded", ()), *OWN]
    return search_pythons(excluded, variables={"PATH": path, "HOME": str(home)}, **options)


# Where programs of this machine are, other than those of the tests.
OWN = [Path("/usr/bin"), Path("/usr/local/bin"), Path("/opt/conda"), Path("/opt/homebrew/bin")]


def test_newest_fitting_version_comes_first(home: Path, make_python: MakePython) -> None:
    old = make_python("a/python3", "3.10.13")
    new = make_python("b b/python3.12", "3.12.1")
    middle = make_python("c/python", "3.11.7")
    found = search(home, old.parent, new.parent, middle.parent)
    assert found.fitting == (
        FoundPython(new, (3, 12, 1), "PATH"),
        FoundPython(middle, (3, 11, 7), "PATH"),
        FoundPython(old, (3, 10, 13), "PATH"),
    )


def test_chosen_one_comes_first(home: Path, make_python: MakePython) -> None:
    chosen = make_python("mine/python", "3.10.13")
    other = make_python("b/python3.12", "3.12.1")
    found = search(home, other.parent, chosen=chosen)
    assert found.fitting[0] == FoundPython(chosen, (3, 10, 13), "chosen")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"version": "3.13.0"}, "must be 3.10, 3.11 or 3.12"),
        ({"version": "3.9.18"}, "must be 3.10, 3.11 or 3.12"),
        ({"is_64_bit": False}, "64-bit"),
        ({"implementation": "PyPy"}, "CPython"),
        ({"missing": ["ensurepip"]}, "install python3.12-venv"),
        ({"missing": ["ssl"]}, "has no ssl"),
        ({"base": "C:\\Program Files\\WindowsApps\\Python.3.12"}, "Microsoft Store"),
    ],
)
def test_python_that_does_not_do_is_passed_over_with_the_reason(
    home: Path, make_python: MakePython, facts: dict[str, Any], words: str
) -> None:
    python = make_python("a/python3", **facts)
    found = search(home, python.parent)
    assert found.fitting == ()
    assert [one.path for one in found.passed_over] == [python]
    assert words in found.passed_over[0].reason


@pytest.mark.parametrize(
    "text",
    ["echo 'pyenv: python3: command not found' >&2; exit 127", "echo facts:nonsense", "exit 0",
     'echo \'facts:{"version": [3]}\''],
)  # fmt: skip
def test_shims_that_fail_are_passed_over(home: Path, make_python: MakePython, text: str) -> None:
    shim = make_python("shims/python3", text=text)
    good = make_python("b/python3", "3.11.7")
    found = search(home, shim.parent, good.parent)
    assert [one.path for one in found.fitting] == [good]
    assert found.passed_over == ()
    # Who chose it wants to know.
    chosen = search(home, good.parent, chosen=shim)
    assert chosen.passed_over[0].path == shim


def test_program_that_hangs_is_passed_over(
    home: Path, make_python: MakePython, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pythons, "_MAX_SECONDS", 0.2)
    hanging = make_python("a/python3", text="sleep 600")
    assert search(home, hanging.parent).fitting == ()


def test_search_is_cancelled_amid_a_program_that_hangs(
    home: Path, make_python: MakePython, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    hanging = make_python("a/python3", text=f"touch '{begun}'; sleep 600")
    began: list[float] = []

    def is_cancelled() -> bool:
        if begun.exists() and not began:
            began.append(time.monotonic())
        return bool(began)

    with pytest.raises(CommandCancelled):
        search(home, hanging.parent, is_cancelled=is_cancelled)
    assert time.monotonic() - began[0] < 2


def test_shim_leads_to_the_python_behind_it(home: Path, make_python: MakePython) -> None:
    real = make_python("versions/3.12/bin/python3.12")
    shim = make_python("shims/python3.12", text=f"exec '{real}'")
    assert [one.path for one in search(home, shim.parent).fitting] == [real]


def test_python_of_qgis_is_never_used(home: Path, make_python: MakePython, tmp_path: Path) -> None:
    qgis = tmp_path / "QGIS"
    inside = make_python("QGIS/apps/Python312/python3")
    # A shortcut into it, and a Python that says it belongs to it.
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "python3").symlink_to(inside)
    environment = make_python("venv/python3", base=str(qgis / "apps" / "Python312"))
    folders = [inside.parent, tmp_path / "links", environment.parent]
    assert len(search(home, *folders).fitting) == 1
    assert search(home, *folders, excluded=[qgis]).fitting == ()
    assert search(home, chosen=inside, excluded=[qgis]).fitting == ()


def test_system_folders_do_not_count_as_those_of_qgis(home: Path, make_python: MakePython) -> None:
    python = make_python("a/python3")
    excluded = [Path("/"), Path("/usr")]
    assert [one.path for one in search(home, python.parent, excluded=excluded).fitting] == [python]


def test_same_python_is_named_once(home: Path, make_python: MakePython, tmp_path: Path) -> None:
    python = make_python("a/python3.12")
    (tmp_path / "a" / "python3").symlink_to(python)
    (tmp_path / "a" / "python").symlink_to(python)
    copy = make_python("b/python3", base=str(python.parent), executable=str(python))
    assert [one.path for one in search(home, python.parent, copy.parent).fitting] == [python]


def test_pythons_of_pyenv_conda_and_uv_are_found_without_path(
    home: Path, make_python: MakePython
) -> None:
    places = {
        "pyenv": home / ".pyenv/versions/3.12.1/bin/python3.12",
        "conda": home / "miniforge3/envs/gis/bin/python3",
        "uv": home / ".local/share/uv/python/cpython-3.12.1/bin/python3.12",
    }
    for path in places.values():
        make_python(str(path))
    assert {one.origin: one.path for one in search(home).fitting} == places


def test_uv_offers_its_python_and_a_download(home: Path, make_python: MakePython) -> None:
    python = make_python("elsewhere/python3.12")
    uv = make_python("bin/uv", text=f'[ "$1 $2" = "python find" ] && echo \'{python}\'')
    assert search(home, uv.parent).fitting == (
        FoundPython(python, (3, 12, 1), "uv"),
        FoundPython(uv, (3, 12, 0), UV_DOWNLOAD),
    )


def test_uv_alone_is_enough(home: Path, make_python: MakePython) -> None:
    uv = make_python(str(home / ".local/bin/uv"), text="echo 'No interpreter found' >&2; exit 2")
    assert search(home).fitting == (FoundPython(uv, (3, 12, 0), UV_DOWNLOAD),)


def test_python_launcher_is_asked(home: Path, make_python: MakePython) -> None:
    # Its paths exist on Windows only: they are tried, and passed over.
    text = "printf ' -V:3.12 *  C:\\\\Python312\\\\python.exe\\n'"
    py = make_python("bin/py", text=text)
    assert search(home, py.parent) == PythonSearch((), ())


def test_this_machine_has_a_python() -> None:
    assert find_pythons()


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "flatpak", "freebsd14"])
def test_advice_names_something_to_install(platform: str) -> None:
    advice = explain_no_python(platform)
    assert "python.org" in advice or "astral.sh/uv" in advice
    assert "\n" not in advice
