from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import geoseg


def test_all_is_sorted_and_complete() -> None:
    assert sorted(geoseg.__all__) == geoseg.__all__
    assert set(geoseg.__all__) <= set(dir(geoseg))


@pytest.mark.parametrize("name", geoseg.__all__)
def test_every_public_name_can_be_had_and_is_described(name: str) -> None:
    value = getattr(geoseg, name)
    assert isinstance(value, str) or value.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'predicct'"):
        geoseg.predicct  # noqa: B018


def test_the_version_is_the_one_in_the_changelog(repository: Path) -> None:
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changelog, flags=re.MULTILINE)
    assert newest is not None
    assert newest[1] == geoseg.__version__


def test_python_m_geoseg_is_the_command(repository: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "geoseg", "--version"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == f"geoseg, version {geoseg.__version__}\n"


def test_running_main_as_a_module_needs_no_guess() -> None:
    assert callable(importlib.import_module("geoseg.__main__").main)
