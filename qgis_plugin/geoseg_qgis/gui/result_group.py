"""The layers of one run in the project, from the first footprint to the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsLayerTreeGroup,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas

from geoseg_qgis.result_layers import add_result_group, apply_style, write_origin

_MARGIN = 1.1


class ResultGroup:
    """A group of layers; the user may remove any of them, and the group, at any time.

    Therefore layers are kept by their ids and looked up in the project.
    """

    def __init__(
        self,
        project: QgsProject,
        title: str,
        live: QgsVectorLayer,
        raster: QgsRasterLayer | None,
    ) -> None:
        """Add the group with the layer that footprints appear in.

        Args:
            project: To add to.
            title: Of the group.
            live: The layer in memory.
            raster: What is searched; the group goes right above it.
        """
        self._project = project
        self._title = title
        self._raster_id = "" if raster is None else raster.id()
        self._live_id = live.id()
        self._ids = [live.id()]
        _unfold(add_result_group(project, title, [live], raster))

    def layers(self) -> list[QgsVectorLayer]:
        """The layers that are still there."""
        found = (self._project.mapLayer(one) for one in self._ids)
        return [layer for layer in found if isinstance(layer, QgsVectorLayer)]

    def show_files(self, layers: Sequence[QgsVectorLayer], *, keep_live: bool) -> None:
        """Add the layers of files; they take the place of the layer in memory, if they may.

        Args:
            layers: Not in the project yet; where there are none, nothing is done.
            keep_live: Whether the layer in memory stays beside them.
        """
        if not layers:
            return
        group = self._find_group()
        if group is None:
            raster = self._project.mapLayer(self._raster_id)
            group = add_result_group(
                self._project,
                self._title,
                layers,
                raster if isinstance(raster, QgsRasterLayer) else None,
            )
        else:
            for index, layer in enumerate(layers):
                self._project.addMapLayer(layer, False)
                group.insertLayer(index, layer)
        _unfold(group)
        self._ids += [layer.id() for layer in layers]
        if not keep_live:
            self._remove(self._live_id)

    def give_up_if_empty(self) -> None:
        """Remove the layer in memory, if it has nothing in it, and with it an empty group."""
        live = self._project.mapLayer(self._live_id)
        if isinstance(live, QgsVectorLayer) and live.featureCount() == 0:
            group = self._find_group()
            self._remove(self._live_id)
            if group is not None and not group.children():
                group.parent().removeChildNode(group)

    def write_origin(self, origin: Mapping[str, Any]) -> None:
        """Put where the result comes from into the metadata of every layer."""
        for layer in self.layers():
            write_origin(layer, origin)

    def apply_style(self, style: str) -> bool:
        """Style every layer; returns whether all could be."""
        # Every one, whatever the others answer.
        answers = [apply_style(layer, style) for layer in self.layers()]
        return all(answers)

    def zoom(self, canvas: QgsMapCanvas) -> bool:
        """Show all buildings on a map; returns whether there are any."""
        extent = QgsRectangle()
        crs = canvas.mapSettings().destinationCrs()
        for layer in self.layers():
            layer.updateExtents()
            if layer.featureCount() == 0:
                continue
            transform = QgsCoordinateTransform(layer.crs(), crs, self._project)
            try:
                extent.combineExtentWith(transform.transformBoundingBox(layer.extent()))
            except QgsCsException:
                continue
        if extent.isEmpty():
            return False
        extent.scale(_MARGIN)
        canvas.setExtent(extent)
        canvas.refresh()
        return True

    def _find_group(self) -> QgsLayerTreeGroup | None:
        root = self._project.layerTreeRoot()
        for one in self._ids:
            node = root.findLayer(one)
            parent = None if node is None else node.parent()
            if isinstance(parent, QgsLayerTreeGroup) and parent is not root:
                return parent
        return None

    def _remove(self, layer_id: str) -> None:
        if layer_id in self._ids:
            self._ids.remove(layer_id)
        if self._project.mapLayer(layer_id) is not None:
            self._project.removeMapLayer(layer_id)


def _unfold(group: QgsLayerTreeGroup) -> None:
    """Show the layers of a group, and what their colours mean."""
    for node in (group, *group.findLayers()):
        # The tree looks only at changes, and what is new is unfolded already.
        node.setExpanded(False)
        node.setExpanded(True)
