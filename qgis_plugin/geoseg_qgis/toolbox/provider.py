"""geoseg in the Processing toolbox."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from geoseg_qgis.toolbox.command_algorithm import ICON
from geoseg_qgis.toolbox.evaluate_buildings import EvaluateBuildings
from geoseg_qgis.toolbox.export_osm import ExportOsm
from geoseg_qgis.toolbox.extract_buildings import ExtractBuildings
from geoseg_qgis.toolbox.parameters import list_vector_endings
from geoseg_qgis.toolbox.tile_raster import TileRaster
from geoseg_qgis.toolbox.train_model import TrainModel
from geoseg_qgis.translation import tr

# Adding an algorithm: a file with its class, and a line here.
ALGORITHMS = (ExtractBuildings, TileRaster, ExportOsm, EvaluateBuildings, TrainModel)


class GeosegProvider(QgsProcessingProvider):
    """The algorithms of geoseg."""

    def id(self) -> str:
        """Its name in scripts, before the colon."""
        return "geoseg"

    def name(self) -> str:
        """Its name in the toolbox."""
        return "geoseg"

    def longName(self) -> str:  # noqa: N802, as QGIS calls it
        """Its name where there is room."""
        return tr("geoseg (buildings from imagery)")

    def icon(self) -> QIcon:
        """The icon of geoseg."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:  # noqa: N802, as QGIS calls it
        """File of the icon."""
        return str(ICON)

    def loadAlgorithms(self) -> None:  # noqa: N802, as QGIS calls it
        """Add the algorithms."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())

    def supportedOutputVectorLayerExtensions(self) -> list[str]:  # noqa: N802, as QGIS calls it
        """Endings of the formats that geoseg writes and that this QGIS shows."""
        return list_vector_endings()

    def defaultVectorFileExtension(self, hasGeometry: bool = True) -> str:  # noqa: N802, N803
        """The format of results that no name was given for."""
        return "gpkg"

    def supportsNonFileBasedOutput(self) -> bool:  # noqa: N802, as QGIS calls it
        """No: another program writes the results."""
        return False
