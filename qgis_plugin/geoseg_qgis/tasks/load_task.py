"""Opens files of results in another thread: a large GeoJSON file takes seconds to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsVectorLayer

from geoseg_qgis.environment.reporter import Reporter
from geoseg_qgis.features import parse_crs
from geoseg_qgis.raster_input import describe_crs
from geoseg_qgis.result_layers import load_results
from geoseg_qgis.tasks.background_task import BackgroundTask
from geoseg_qgis.translation import tr


@dataclass(frozen=True)
class LoadedResults:
    """What has become of files of results.

    Attributes:
        layers: Styled, not in the project yet; see `take_layers`.
        others: Files that QGIS does not show as layers.
        crs_names: Of the layers, as codes or WKT.
    """

    layers: tuple[QgsVectorLayer, ...]
    others: tuple[Path, ...]
    crs_names: tuple[str, ...] = ()

    def take_layers(self) -> tuple[QgsVectorLayer, ...]:
        """The layers, fit for the project. Call it in the main thread.

        A CRS that QGIS has made in another thread is of no use when that thread ends: it is valid
        still, but nothing can be transformed with it, and QGIS may hand it to others that ask for
        the same CRS. So these are forgotten here, and each layer gets one that is made anew.
        """
        if self.layers:
            QgsCoordinateReferenceSystem.invalidateCache()
        for layer, name in zip(self.layers, self.crs_names):
            # Newer versions of QGIS pass over a CRS that is equal to that of the layer.
            layer.setCrs(QgsCoordinateReferenceSystem())
            layer.setCrs(parse_crs(name))
        return self.layers


def make_load_task(outputs: Sequence[Path]) -> BackgroundTask:
    """Open files; succeeds with `LoadedResults`."""
    main_thread = QgsApplication.instance().thread()

    def load(_reporter: Reporter) -> LoadedResults:
        layers, others = load_results(outputs)
        for layer in layers:
            # It belongs to the thread that made it, which is about to end.
            layer.moveToThread(main_thread)
        crs_names = tuple(describe_crs(layer.crs()) for layer in layers)
        return LoadedResults(tuple(layers), tuple(others), crs_names)

    return BackgroundTask(tr("Opening the buildings"), load, is_quiet=True)
