"""Opening results in another thread: what is opened has to outlive the thread."""

from __future__ import annotations

import threading
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsVectorLayer,
)

from geoseg_qgis.tasks.load_task import LoadedResults, make_load_task


def _load(*paths: Path) -> LoadedResults:
    """Run the task in a thread that has ended when this returns."""
    task, loaded = make_load_task(paths), list[LoadedResults]()
    task.succeeded.connect(loaded.append)
    thread = threading.Thread(target=task.run)
    thread.start()
    thread.join()
    task.finished(True)
    return loaded[0]


def _can_transform(layer: QgsVectorLayer) -> bool:
    mercator = QgsCoordinateReferenceSystem("EPSG:3857")
    transform = QgsCoordinateTransform(layer.crs(), mercator, QgsProject.instance())
    return transform.isValid() and transform.transform(QgsPointXY(33.1, 31.6)).x() > 1e6


def test_an_opened_layer_can_be_shown_in_another_crs(sample_truth: Path) -> None:
    (layer,) = _load(sample_truth).take_layers()
    assert layer.crs().authid() == "EPSG:4326"
    assert _can_transform(layer)


def test_a_layer_that_is_opened_later_is_no_worse_for_it(sample_truth: Path) -> None:
    task = make_load_task([sample_truth])
    loaded, is_opened, may_end = list[LoadedResults](), threading.Event(), threading.Event()
    task.succeeded.connect(loaded.append)

    def run() -> None:
        task.run()
        is_opened.set()
        may_end.wait(20)

    thread = threading.Thread(target=run)
    thread.start()
    assert is_opened.wait(20)
    task.finished(True)
    loaded[0].take_layers()
    later = QgsVectorLayer(str(sample_truth), "later", "ogr")
    may_end.set()
    thread.join()
    assert _can_transform(later)


def test_files_that_are_not_shown_are_named(tmp_path: Path, sample_truth: Path) -> None:
    osm = tmp_path / "b.osm"
    osm.write_text("<osm version='0.6'/>", encoding="utf-8")
    loaded = _load(osm, sample_truth)
    assert len(loaded.take_layers()) == 1
    assert loaded.others == (osm,)
