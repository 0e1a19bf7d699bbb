"""Ids, boxes and areas that a COCO file states, held against its polygons."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.faults import Faults, Spot
from geoseg.datasets.label_index import LabelIndex, measure_boxes, rings_of

# Boxes and areas are written rounded, and areas often counted in pixels of the drawn polygon.
BOX_TOLERANCE_PX = 1.0
AREA_TOLERANCE = 0.1
AREA_TOLERANCE_PX = 5.0

_NO_BOX = (float("nan"),) * 4


class StatedBoxes:
    """Collects what annotations say of themselves.

    geoseg uses none of it: it measures boxes and areas itself. pycocotools and many programs for
    training take them as they stand.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._ids = array("q")
        self._boxes = array("d")
        self._areas = array("d")

    def add(self, record: Mapping[str, Any]) -> None:
        """Take the next annotation; what it lacks is not checked."""
        self._ids.append(record.get("id", -1))
        box = record.get("bbox")
        is_box = isinstance(box, list) and len(box) == 4 and all(map(_is_number, box))
        self._boxes.extend(box if is_box and box is not None else _NO_BOX)
        area = record.get("area")
        self._areas.append(area if area is not None and _is_number(area) else float("nan"))

    def check(self, index: LabelIndex, kept: NDArray[np.int64], faults: Faults) -> None:
        """Take note of ids that are used twice, and of wrong boxes and areas.

        Args:
            index: the annotations that have a usable polygon, M in all.
            kept: int64 (M,), which of the added ones each of them is.
            faults: is told.
        """
        self._check_ids(faults)
        boxes = np.frombuffer(self._boxes, np.float64).reshape(-1, 4)[kept]
        areas = np.frombuffer(self._areas, np.float64)[kept]
        measured_boxes, measured_areas = measure_boxes(index)
        is_wrong = _differ(boxes, measured_boxes)
        is_swapped = is_wrong & ~_differ(boxes[:, [1, 0, 3, 2]], measured_boxes)
        slack = np.maximum(AREA_TOLERANCE * measured_areas, AREA_TOLERANCE_PX)
        nothing = np.full_like(boxes, np.nan)
        for is_meant, reason, shown in (
            (is_swapped, "gives its box as y, x, height, width", boxes),
            (is_wrong & ~is_swapped, "gives a box that is not its polygon's", boxes),
            (
                np.abs(areas - measured_areas) > slack,
                "gives an area that is not its polygon's",
                nothing,
            ),
        ):
            _note(faults, reason, index, np.flatnonzero(is_meant), shown)

    def _check_ids(self, faults: Faults) -> None:
        ids, counts = np.unique(np.frombuffer(self._ids, np.int64), return_counts=True)
        twice = np.flatnonzero((counts > 1) & (ids != -1))
        faults.note_many(
            "is the id of several annotations",
            len(twice),
            lambda number: f"{ids[twice[number]]}",
        )


def _note(
    faults: Faults,
    reason: str,
    index: LabelIndex,
    rows: NDArray[np.int64],
    boxes: NDArray[np.float64],
) -> None:
    """Take note of what is wrong with some of the annotations; `boxes` are shown with them."""

    def image_of(number: int) -> str:
        return index.image_names[
            int(np.searchsorted(index.object_starts, rows[number], side="right")) - 1
        ]

    def spot_of(number: int) -> Spot:
        rings = rings_of(index, int(rows[number]))
        x, y, width, height = boxes[rows[number]].tolist()
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        box = np.array(corners, np.float32)
        return Spot(image_of(number), (*rings, box) if np.isfinite(box).all() else rings)

    faults.note_many(
        reason,
        len(rows),
        lambda number: f"annotation {index.object_ids[rows[number]]} of {image_of(number)}",
        spot_of,
    )


def _differ(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether boxes are apart: bool (M,); those with a NaN are not."""
    return np.any(np.abs(boxes - others) > BOX_TOLERANCE_PX, axis=1)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
