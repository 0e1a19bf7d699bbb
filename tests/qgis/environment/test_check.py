from __future__ import annotations

import sys
from pathlib import Path

import pytest

import geoseg
from geoseg_qgis.engine.errors import EnvironmentMissing
from geoseg_qgis.environment.check import check_python
from tests.qgis.environment.reporting import Notes


@pytest.mark.slow
def test_real_installation_is_good() -> None:
    facts = check_python(Path(sys.executable), is_cancelled=Notes().is_cancelled)
    assert facts.is_good
    assert facts.broken == ()
    assert facts.explain() == ""
    assert facts.geoseg_version == geoseg.__version__
    assert facts.texts["geoseg"] == geoseg.__version__


def make_python(folder: Path, text: str) -> Path:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_what_is_broken_is_told(tmp_path: Path) -> None:
    report = '{"ok": false, "broken": ["GDAL"], "geoseg": "0.1.0", "GDAL": "failed: OSError"}'
    python = make_python(tmp_path, f"echo 'noise' >&2; echo '{report}'; exit 1")
    facts = check_python(python, is_cancelled=Notes().is_cancelled)
    assert not facts.is_good
    assert facts.explain() == "GDAL: failed: OSError"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("echo 'python: No module named geoseg' >&2; exit 1", "no geoseg"),
        ("echo '{}'", "result"),
        ("echo 'not JSON'; exit 1", "code 1"),
        ("kill -9 $$", "memory"),
        ('echo \'{"ok": true, "broken": [], "geoseg": "0.1.0"}\'; exit 3', "code 3"),
    ],
)
def test_python_that_cannot_answer_is_no_environment(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(EnvironmentMissing, match=words):
        check_python(make_python(tmp_path, text), is_cancelled=Notes().is_cancelled)
