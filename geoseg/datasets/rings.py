"""Rings of labels: from masks, and repaired."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.sources import Ring


def repair_rings(rings: Sequence[Ring], *, add_up: bool) -> tuple[Ring, ...]:
    """Rings without crossings that enclose the same area.

    Args:
        rings: float32 (V, 2) each, V at least 3, finite.
        add_up: what any ring encloses belongs to the object, as in COCO; else a ring in a ring
            is a hole.

    Returns:
        Rings for the even-odd rule, holes the other way round; none where nothing has an area.
    """
    areas = shapely.make_valid([shapely.Polygon(ring) for ring in rings])
    united = shapely.union_all(areas) if add_up else reduce(shapely.symmetric_difference, areas)
    return rings_of_polygons(united)


def rings_of_polygons(geometry: shapely.Geometry) -> tuple[Ring, ...]:
    """Rings of all polygons in a valid geometry of any type, holes the other way round."""
    # Twice: a collection may hold a multipolygon.
    parts = shapely.get_parts(shapely.get_parts(geometry))
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    oriented = shapely.orient_polygons(polygons[shapely.area(polygons) > 0])
    return tuple(
        shapely.get_coordinates(ring).astype(np.float32) for ring in shapely.get_rings(oriented)
    )


def rings_of_mask(mask: NDArray[np.generic]) -> tuple[Ring, ...]:
    """Outlines of a mask, along the pixels' borders to within half a pixel.

    Args:
        mask: (H, W), above 0 inside.

    Returns:
        Rings for the even-odd rule, holes the other way round; none for an empty mask.
    """
    import contourpy

    padded = np.pad(np.asarray(mask) > 0, 1).astype(np.float32)
    lines = contourpy.contour_generator(z=padded).lines(0.5)
    # The values sit at pixel centres, and the first row and column are padding.
    return tuple(np.asarray(line, np.float32) - 0.5 for line in lines if len(line) >= 4)


def rings_of_rle(rle: dict[str, Any]) -> tuple[Ring, ...]:
    """Outlines of a run-length mask of COCO, packed or not; see `rings_of_mask`.

    Raises:
        KeyError, TypeError, ValueError: it is no run-length mask.
    """
    from pycocotools import mask as mask_api

    height, width = rle["size"]
    packed = mask_api.frPyObjects(rle, height, width) if isinstance(rle["counts"], list) else rle
    with warnings.catch_warnings():
        # pycocotools was written for NumPy 1.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        return rings_of_mask(mask_api.decode(packed))
