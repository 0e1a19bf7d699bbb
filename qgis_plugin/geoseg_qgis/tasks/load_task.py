"""Opens files of results in another thread: a large GeoJSON file takes seconds to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsApplication, QgsVectorLayer

from geoseg_qgis.environment.reporter import Reporter
from geoseg_qgis.result_layers import load_results
from geoseg_qgis.tasks.background_task import BackgroundTask
from geoseg_qgis.translation import tr


@dataclass(frozen=True)
class LoadedResults:
    """What has become of files of results.

    Attributes:
        layers: Styled, not in the project yet.
        others: Files that QGIS does not show as layers.
    """

    layers: tuple[QgsVectorLayer, ...]
    others: tuple[Path, ...]


def make_load_task(outputs: Sequence[Path]) -> BackgroundTask:
    """Open files; succeeds with `LoadedResults`."""
    main_thread = QgsApplication.instance().thread()

    def load(_reporter: Reporter) -> LoadedResults:
        layers, others = load_results(outputs)
        for layer in layers:
            # It belongs to the thread that made it, which is about to end.
            layer.moveToThread(main_thread)
        return LoadedResults(tuple(layers), tuple(others))

    return BackgroundTask(tr("Opening the buildings"), load, is_quiet=True)
