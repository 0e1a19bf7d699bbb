"""The provider, a feedback that remembers, and commands that do what a test wants."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProcessingFeedback

from geoseg_qgis.toolbox.provider import GeosegProvider


class Feedback(QgsProcessingFeedback):
    """Remembers what it is told."""

    def __init__(self) -> None:
        super().__init__(False)
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.infos: list[str] = []
        self.console: list[str] = []
        self.commands: list[str] = []
        self.stages: list[str] = []
        self.on_console: Callable[[str], None] = lambda line: None

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N802, N803
        self.errors.append(error)

    def pushWarning(self, warning: str) -> None:  # noqa: N802
        self.warnings.append(warning)

    def pushInfo(self, info: str) -> None:  # noqa: N802
        self.infos.append(info)

    def pushConsoleInfo(self, info: str) -> None:  # noqa: N802
        self.console.append(info)
        self.on_console(info)

    def pushCommandInfo(self, info: str) -> None:  # noqa: N802
        self.commands.append(info)

    def pushDebugInfo(self, info: str) -> None:  # noqa: N802
        pass

    def setProgressText(self, text: str) -> None:  # noqa: N802
        self.stages.append(text)


@pytest.fixture
def feedback() -> Feedback:
    return Feedback()


@pytest.fixture
def provider(qgis_processing: None) -> Iterator[GeosegProvider]:
    """The algorithms of geoseg, as QGIS has them while the plugin is loaded."""
    made = GeosegProvider()
    registry = QgsApplication.processingRegistry()
    assert registry.addProvider(made)
    yield made
    registry.removeProvider(made)


@pytest.fixture
def real_geoseg(
    provider: GeosegProvider, geoseg_python: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """geoseg itself runs the algorithms."""
    monkeypatch.setenv("GEOSEG_PYTHON", str(geoseg_python))
    return geoseg_python


@pytest.fixture
def fake_geoseg(
    provider: GeosegProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Path]:
    """Has a program run in the place of geoseg; what follows `geoseg` is in `words`.

    The program has `tell`, which writes an event.
    """
    head = """\
import json, os, signal, sys, time
words = sys.argv[sys.argv.index("--end-with-stdin") + 1:]
def tell(event, **values):
    print(json.dumps({"v": 1, "event": event, **values}), flush=True)
"""

    def make(program: str) -> Path:
        folder = tmp_path / "Programme é 1"
        folder.mkdir(exist_ok=True)
        (folder / "fake.py").write_text(head + program, encoding="utf-8")
        python = folder / "python"
        python.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -X utf8 "{folder}/fake.py" "$@"\n',
            encoding="utf-8",
        )
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("GEOSEG_PYTHON", str(python))
        return python

    return make
