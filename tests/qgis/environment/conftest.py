"""A Python that makes environments quickly, wheels, and a pip that reads no settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoseg_qgis.environment.manager import (
    Environment,
    EnvironmentManager,
    Flavour,
    InstallOptions,
)
from geoseg_qgis.environment.pythons import FoundPython
from tests.qgis.environment.reporting import Notes
from tests.qgis.environment.wheels import VERSION, write_engine, write_geoseg

# Stands for a Python or for uv: copies an environment that was made once to where the last word
# says.
_COPIER = """#!/bin/sh
for folder; do :; done
mkdir -p "$folder"
cp -a {template!r}/. "$folder"
"""


@pytest.fixture(scope="session")
def _own_settings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy"):
                patch.delenv(name)
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("PIP_NO_CACHE_DIR", "1")
        yield


@pytest.fixture(autouse=True)
def _use_own_settings(_own_settings: None) -> None:
    """For every test; they are there for the session, because what is made once needs them."""


@pytest.fixture(scope="session")
def quick_python(tmp_path_factory: pytest.TempPathFactory) -> FoundPython:
    """Makes an environment by copying one."""
    folder = tmp_path_factory.mktemp("python")
    template = folder / "template"
    subprocess.run([sys.executable, "-m", "venv", str(template)], check=True)
    python = folder / "python"
    python.write_text(_COPIER.format(template=str(template)), encoding="utf-8")
    python.chmod(0o755)
    major, minor, micro = sys.version_info[:3]
    return FoundPython(python, (major, minor, micro), "chosen")


@pytest.fixture
def wheel_folder(tmp_path: Path) -> Path:
    """Wheels of a fake geoseg that works and of what it needs."""
    folder = tmp_path / "Räder mit Leerzeichen"
    folder.mkdir()
    write_geoseg(folder)
    write_engine(folder)
    return folder


@pytest.fixture(scope="session")
def _made_once(
    tmp_path_factory: pytest.TempPathFactory, quick_python: FoundPython, _own_settings: None
) -> tuple[Path, InstallOptions]:
    folder = tmp_path_factory.mktemp("made once")
    (folder / "wheels").mkdir()
    write_geoseg(folder / "wheels")
    write_engine(folder / "wheels")
    options = InstallOptions(Flavour.LIGHT, quick_python, folder / "wheels", is_offline=True)
    manager = EnvironmentManager(folder / "root", VERSION)
    manager.install(manager.prepare(options, Notes()), Notes())
    return manager.root, options


@pytest.fixture
def made(
    manager: EnvironmentManager, _made_once: tuple[Path, InstallOptions]
) -> tuple[Environment, InstallOptions]:
    """The manager's environment, which is there already, and how it was asked for."""
    root, options = _made_once
    shutil.copytree(root, manager.root, symlinks=True)
    environment = manager.find_current()
    assert environment is not None
    return environment, options


@pytest.fixture
def options(quick_python: FoundPython, wheel_folder: Path) -> InstallOptions:
    """A light environment from the folder of wheels alone."""
    return InstallOptions(Flavour.LIGHT, quick_python, wheel_folder, is_offline=True)


@pytest.fixture
def manager(tmp_path: Path) -> EnvironmentManager:
    """One with nothing yet."""
    return EnvironmentManager(tmp_path / "Umgebungen ä", VERSION)
