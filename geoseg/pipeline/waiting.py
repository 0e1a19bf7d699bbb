"""What waits for shards that follow, found by its place along the row of shards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.footprints.settle import join_outlines, meets_any, take_outlines
from geoseg.groups import group_connected
from geoseg.tiles import Rectangle
from geoseg.types import Detection, PendingOutlines

# About the width of a shard: a row of any length is looked up in pieces of this size.
_BIN_PX = 2048


@dataclass
class _Bin:
    """What starts within one piece of the row; nothing of it reaches beyond `end_px`."""

    detections: list[Detection] = field(default_factory=list)
    outlines: PendingOutlines = field(default_factory=lambda: join_outlines([]))
    end_px: float = 0.0


class Waiting:
    """Detections and outlines that are not done with, in bins along x.

    To take what lies in a strip takes the same time however long the row is.
    """

    def __init__(self) -> None:
        self._bins: dict[int, _Bin] = {}

    def __len__(self) -> int:
        return sum(len(one.detections) + len(one.outlines) for one in self._bins.values())

    def put(self, detections: Sequence[Detection], outlines: PendingOutlines) -> None:
        """Add some."""
        for detection in detections:
            place = self._bins.setdefault(int(detection.box[1] // _BIN_PX), _Bin())
            place.detections.append(detection)
            place.end_px = max(place.end_px, float(detection.box[3]))
        numbers = (outlines.boxes[:, 1] // _BIN_PX).astype(int)
        for number in np.unique(numbers).tolist():
            some = take_outlines(outlines, numbers == number)
            place = self._bins.setdefault(number, _Bin())
            place.outlines = join_outlines([place.outlines, some])
            place.end_px = max(place.end_px, float(some.boxes[:, 3].max()))

    def take_strip(self, left: float, right: float) -> tuple[list[Detection], PendingOutlines]:
        """Remove and return all that touches a strip from `left` to `right`."""
        numbers = [
            number
            for number, one in self._bins.items()
            if number * _BIN_PX <= right and one.end_px >= left
        ]
        detections, outlines = self._empty(numbers)
        boxes = _stack(detections)
        is_in = (boxes[:, 3] >= left) & (boxes[:, 1] <= right)
        touches = (outlines.boxes[:, 3] >= left) & (outlines.boxes[:, 1] <= right)
        return self._keep(detections, outlines, is_in, touches)

    def take_apart(
        self, unseen: Sequence[Rectangle], margin_px: float
    ) -> tuple[list[Detection], PendingOutlines]:
        """Remove and return all that boxes do not connect with unseen ground.

        Args:
            unseen: where others may follow.
            margin_px: boxes are grown by it on all sides; those that then meet are connected.
        """
        detections, outlines = self._empty(list(self._bins))
        boxes = np.concatenate([_stack(detections), outlines.boxes]).astype(np.float64)
        grown = boxes + np.array([-1, -1, 1, 1]) * margin_px
        y1, x1, y2, x2 = grown.T
        shapes = shapely.box(x1, y1, x2, y2)
        one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        groups = group_connected(one, other, len(shapes))
        is_apart = ~np.isin(groups, groups[meets_any(boxes, unseen, margin_px)])
        split = len(detections)
        return self._keep(detections, outlines, is_apart[:split], is_apart[split:])

    def _empty(self, numbers: Sequence[int]) -> tuple[list[Detection], PendingOutlines]:
        """Remove and return what is in some bins, in an order that does not depend on time."""
        bins = [self._bins.pop(number) for number in sorted(numbers)]
        detections = [one for place in bins for one in place.detections]
        return detections, join_outlines([place.outlines for place in bins])

    def _keep(
        self,
        detections: list[Detection],
        outlines: PendingOutlines,
        is_taken: NDArray[np.bool_],
        is_outline_taken: NDArray[np.bool_],
    ) -> tuple[list[Detection], PendingOutlines]:
        """Put back what is not taken, and return the rest."""
        self.put(
            [detections[index] for index in np.flatnonzero(~is_taken)],
            take_outlines(outlines, ~is_outline_taken),
        )
        taken = [detections[index] for index in np.flatnonzero(is_taken)]
        return taken, take_outlines(outlines, is_outline_taken)


def _stack(detections: Sequence[Detection]) -> NDArray[np.float32]:
    return np.array([one.box for one in detections], np.float32).reshape(-1, 4)
