"""The work on the environment, each piece as a task that a window can follow."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from qgis.core import QgsApplication

from geoseg_qgis.environment.check import check_python
from geoseg_qgis.environment.manager import EnvironmentManager, PreparedEnvironment
from geoseg_qgis.environment.options import InstallOptions
from geoseg_qgis.environment.pythons import search_pythons
from geoseg_qgis.tasks.background_task import BackgroundTask
from geoseg_qgis.translation import tr


def make_search_task(chosen: Path | None) -> BackgroundTask:
    """Look for Pythons; succeeds with a `PythonSearch`.

    Args:
        chosen: One to try first.
    """
    excluded = list_qgis_folders()
    return BackgroundTask(
        tr("Looking for Pythons"),
        lambda reporter: search_pythons(excluded, chosen, reporter.is_cancelled),
        is_quiet=True,
    )


def make_prepare_task(manager: EnvironmentManager, options: InstallOptions) -> BackgroundTask:
    """Find out what would be installed; succeeds with a `PreparedEnvironment`."""
    return BackgroundTask(
        tr("Preparing geoseg"), lambda reporter: manager.prepare(options, reporter)
    )


def make_install_task(manager: EnvironmentManager, prepared: PreparedEnvironment) -> BackgroundTask:
    """Install what was prepared; succeeds with an `Environment`."""
    return BackgroundTask(
        tr("Installing geoseg"), lambda reporter: manager.install(prepared, reporter)
    )


def make_repair_task(manager: EnvironmentManager, proxies: Mapping[str, str]) -> BackgroundTask:
    """Try the environment, and make it anew where it is broken; succeeds with an `Environment`."""
    return BackgroundTask(
        tr("Repairing geoseg"), lambda reporter: manager.repair(reporter, proxies=proxies)
    )


def make_remove_task(manager: EnvironmentManager) -> BackgroundTask:
    """Delete all environments; succeeds with the folders that could not be deleted."""
    return BackgroundTask(tr("Removing geoseg"), manager.remove)


def make_check_task(python: Path) -> BackgroundTask:
    """Run `geoseg doctor`; succeeds with `EnvironmentFacts`."""
    return BackgroundTask(
        tr("Trying geoseg"),
        lambda reporter: check_python(python, is_cancelled=reporter.is_cancelled),
        is_quiet=True,
    )


def list_qgis_folders() -> list[Path]:
    """Folders of QGIS, whose Pythons are never used for an environment."""
    prefix = Path(QgsApplication.prefixPath())
    folders = [prefix, Path(sys.prefix), Path(sys.base_prefix)]
    if os.name == "nt" or sys.platform == "darwin":
        # .../QGIS 3.40/apps/qgis and .../QGIS.app/Contents/MacOS: the Python lies beside.
        folders += prefix.parents[1:2]
    return folders
