"""Puts geoseg into QGIS and takes it out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from geoseg_qgis.settings import Settings
from geoseg_qgis.toolbox.command_algorithm import ICON
from geoseg_qgis.toolbox.provider import GeosegProvider
from geoseg_qgis.translation import install_translator, remove_translator, tr

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from geoseg_qgis.gui.dock import GeosegDock
    from geoseg_qgis.gui.dock_controller import DockController


class GeosegPlugin:
    """The plugin as QGIS knows it; `unload` undoes all that the other methods do."""

    def __init__(self, iface: QgisInterface | None) -> None:
        """Take note of where to go; nothing is added yet.

        Args:
            iface: The interface of the desktop; None where there is none (qgis_process).
        """
        self._iface = iface
        self._translator = install_translator()
        self._provider: GeosegProvider | None = None
        self._action: QAction | None = None
        self._dock: GeosegDock | None = None
        self._controller: DockController | None = None

    def initProcessing(self) -> None:  # noqa: N802, the name that QGIS calls
        """Add the algorithms; qgis_process calls this and nothing else."""
        if self._provider is None:
            self._provider = GeosegProvider()
            QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:  # noqa: N802, the name that QGIS calls
        """Add the button, the menu entry, the dock and the algorithms."""
        self.initProcessing()
        if self._iface is None or self._action is not None:
            return
        # Windows are not there, and not needed, in qgis_process.
        from geoseg_qgis.gui.dock import GeosegDock
        from geoseg_qgis.gui.dock_controller import DockController

        settings = Settings()
        window, canvas = self._iface.mainWindow(), self._iface.mapCanvas()
        self._dock = GeosegDock(canvas, settings, window)
        self._controller = DockController(
            self._dock, canvas, self._iface.messageBar(), settings, window
        )
        self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._dock)
        self._dock.hide()
        self._action = QAction(QIcon(str(ICON)), tr("Find buildings"), window)
        self._action.setObjectName("geoseg_action")
        self._action.setToolTip(tr("Find buildings in aerial imagery"))
        self._action.setCheckable(True)
        self._dock.setToggleVisibilityAction(self._action)
        self._iface.addToolBarIcon(self._action)
        self._iface.addPluginToRasterMenu(tr("geoseg"), self._action)

    def unload(self) -> None:
        """Take everything out; a run that is going on is cancelled and waited for."""
        if self._controller is not None:
            self._controller.shut_down()
            self._controller = None
        if self._iface is not None and self._action is not None:
            self._iface.removePluginRasterMenu(tr("geoseg"), self._action)
            self._iface.removeToolBarIcon(self._action)
            self._action.deleteLater()
            self._action = None
        if self._iface is not None and self._dock is not None:
            self._iface.removeDockWidget(self._dock)
            self._dock.deleteLater()
            self._dock = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        remove_translator(self._translator)
        self._translator = None
