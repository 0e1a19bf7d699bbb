"""Labelled images without files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.sources import LabelledImage, LabelledObject
from geoseg.training.loaded_image import LoadedImage
from geoseg.training.outlines import make_shapes

Points = Sequence[tuple[float, float]]


def make_object(*rings: Points, class_index: int = 0, is_ignored: bool = False) -> LabelledObject:
    """An object of plain points."""
    arrays = tuple(np.array(ring, np.float32) for ring in rings)
    return LabelledObject(arrays, class_index, is_ignored)


def make_box(x: float, y: float, width: float, height: float) -> Points:
    """A rectangle."""
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def make_loaded(
    pixels: NDArray[np.uint8], *objects: LabelledObject, gsd_m: float = 0.3
) -> LoadedImage:
    """An image in memory."""
    height, width = pixels.shape[:2]
    labels = LabelledImage("made", 1, width, height, gsd_m, objects)
    return LoadedImage(labels, pixels, make_shapes(objects))


def area_of(*objects: LabelledObject) -> shapely.Geometry:
    """What labels cover by the even-odd rule."""
    area = shapely.Polygon()
    for one in objects:
        for ring in one.rings:
            area = area.symmetric_difference(shapely.Polygon(ring))
    return area
