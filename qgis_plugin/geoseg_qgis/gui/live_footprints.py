"""Footprints that appear on the map while they are found, without holding up the window."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from itertools import islice

from qgis.core import QgsFeature, QgsFeatureSink, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

# Between two portions, the window sees to everything else that waits.
_PAUSE_MS = 20
_TICK_S = 0.008
# Small enough that one is added in a fraction of a tick.
_PORTION = 25
_REFRESH_S = 0.5


class LiveFootprints(QObject):
    """Adds features to a layer in small portions, and draws it at most twice a second.

    Attributes:
        num_added: How many have been added.

    Signals:
        drained: All that were taken are in the layer, or the layer has gone.
    """

    drained = pyqtSignal()

    def __init__(self, layer: QgsVectorLayer, parent: QObject | None = None) -> None:
        """Begin to feed a layer.

        Args:
            layer: In memory; may be removed from the project at any time.
            parent: Owner.
        """
        super().__init__(parent)
        self.num_added = 0
        self._layer: QgsVectorLayer | None = layer
        self._waiting: deque[QgsFeature] = deque()
        self._is_drawn = True
        self._drawn_at = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._tick)
        layer.willBeDeleted.connect(self._on_deleted)

    @property
    def layer(self) -> QgsVectorLayer | None:
        """The layer; None if it was removed."""
        return self._layer

    @property
    def num_waiting(self) -> int:
        """How many have been taken and are not in the layer yet."""
        return len(self._waiting)

    def take(self, features: Iterable[QgsFeature]) -> None:
        """Add features as soon as there is time for it."""
        if self._layer is None:
            return
        self._waiting.extend(features)
        if not self._timer.isActive():
            self._timer.start()

    def drop(self) -> None:
        """Let go of the layer, and of what still waits."""
        if self._layer is not None:
            self._layer.willBeDeleted.disconnect(self._on_deleted)
        self._on_deleted()

    def _on_deleted(self) -> None:
        # Nothing may be asked of a layer that is being deleted.
        self._layer = None
        self._waiting.clear()
        self._timer.stop()
        self.drained.emit()

    def _tick(self) -> None:
        started = time.monotonic()
        while self._waiting and self._layer is not None:
            portion = list(islice(self._waiting, _PORTION))
            self._layer.dataProvider().addFeatures(portion, QgsFeatureSink.Flag.FastInsert)
            for _ in portion:
                self._waiting.popleft()
            self.num_added += len(portion)
            self._is_drawn = False
            if time.monotonic() - started > _TICK_S:
                break
        self._draw()
        if not self._waiting and self._is_drawn:
            self._timer.stop()
            self.drained.emit()

    def _draw(self) -> None:
        is_early = time.monotonic() - self._drawn_at < _REFRESH_S
        if self._layer is None or self._is_drawn or is_early:
            return
        self._layer.updateExtents()
        self._layer.triggerRepaint()
        self._drawn_at = time.monotonic()
        self._is_drawn = True
