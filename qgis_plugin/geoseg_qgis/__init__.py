"""Building footprints from aerial imagery in QGIS: starts the geoseg command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from geoseg_qgis.plugin import GeosegPlugin


def classFactory(iface: QgisInterface | None) -> GeosegPlugin:  # noqa: N802, the name that QGIS calls
    """Make the plugin; QGIS calls this once for each time it is loaded.

    Args:
        iface: The interface of the desktop; None where there is none (qgis_process).
    """
    from geoseg_qgis.plugin import GeosegPlugin

    return GeosegPlugin(iface)
