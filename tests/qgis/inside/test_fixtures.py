"""That the tests in here run in a QGIS of their own, with the samples that they need."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import QgsApplication, QgsRasterLayer, QgsSettings, QgsVectorLayer


def test_the_settings_are_those_of_the_tests_and_not_the_users(
    plugin_settings: QgsSettings,
) -> None:
    here = Path(__file__).parent
    assert here in Path(QgsApplication.qgisSettingsDirPath()).parents
    assert here in Path(plugin_settings.fileName()).parents


def test_qgis_draws_without_a_screen() -> None:
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert QgsApplication.platformName() == "offscreen"


def test_qgis_opens_the_sample_and_its_truth(sample_raster: Path, sample_truth: Path) -> None:
    layer = QgsRasterLayer(str(sample_raster), "sample")
    assert layer.isValid()
    assert layer.crs().authid() == "EPSG:32636"
    assert QgsVectorLayer(str(sample_truth), "truth", "ogr").featureCount() > 10


def test_qgis_opens_real_imagery(real_raster: Path) -> None:
    layer = QgsRasterLayer(str(real_raster), "town")
    assert layer.isValid()
    assert (layer.width(), layer.height()) == (900, 900)
