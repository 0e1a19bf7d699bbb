"""Outlines of masks that are pixels already, drawn the way those of footprints are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.footprints.build import repair_polygons
from geoseg.footprints.contour import contour_mask
from geoseg.footprints.walls import straighten_walls


def outline_masks(
    masks: Sequence[NDArray[np.bool_]], boxes: NDArray[np.int64], tolerance_px: float
) -> NDArray[np.object_]:
    """Contour masks and straighten their walls, as a prediction does.

    A prediction contours the soft mask of the network; of pixels that are only inside or outside
    the contour runs half-way between the centres of their outermost ones and their neighbours.

    Args:
        masks: bool (h, w) each, cut to their box.
        boxes: int64 (N, 4), (y1, x1, y2, x2) in pixels of the image, half-open; as large as the
            masks.
        tolerance_px: farthest that a straightened outline may be from the contour.

    Returns:
        object (N,) of valid shapely Polygon in pixels of the image, x right and y down: the
        largest part of each mask; an empty one for a mask without pixels.
    """
    outlines = np.empty(len(masks), dtype=object)
    outlines[:] = [
        contour_mask(mask.astype(np.float64), box) if mask.size else shapely.Polygon()
        for mask, box in zip(masks, boxes.astype(np.float64), strict=True)
    ]
    is_there = ~shapely.is_empty(outlines)
    straight = straighten_walls(repair_polygons(outlines[is_there]), tolerance_px)
    outlines[is_there] = repair_polygons(straight)
    return outlines
