"""Simplification that keeps walls where they are and corners sharp.

Douglas-Peucker alone keeps a subset of the contour's points. Contours of masks have rounded
corners and noisy walls, so it cuts corners and hangs walls on the outermost points. Here it
only decides which points belong to one wall; each wall is then a line fitted to the contour
between them, and a corner is where two walls meet.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.footprints.fit import Corners, Rings, fit_walls, join_walls, order_corners


def straighten_walls(polygons: NDArray[np.object_], tolerance_m: float) -> NDArray[np.object_]:
    """Reduce outlines to straight walls, fitted by least squares.

    Args:
        polygons: object (N,) of non-empty, valid shapely Polygon in a metric CRS.
        tolerance_m: farthest that the result may be from the outline, metres; 0 changes
            nothing.

    Returns:
        object (N,) of Polygon with as many rings, vertices never farther than `tolerance_m`
        from the outline, nor vertices of the outline from the result. Where fitted walls
        cross or break that, it is a Douglas-Peucker result.
    """
    if tolerance_m == 0 or len(polygons) == 0:
        return polygons
    _, vertices, offsets = shapely.to_ragged_array(shapely.force_2d(polygons))
    outline = Rings(vertices, offsets[0].astype(np.int64))
    # Each vertex carries its own index as z, so that those that are kept can be told.
    indexed = np.column_stack([vertices, np.arange(len(vertices), dtype=np.float64)])
    simplified = _simplify(
        shapely.from_ragged_array(shapely.GeometryType.POLYGON, indexed, offsets), tolerance_m
    )
    _, kept, (kept_starts, _) = shapely.to_ragged_array(simplified, include_z=True)
    is_open = np.ones(len(kept), dtype=bool)
    is_open[kept_starts[1:] - 1] = False
    rings = np.repeat(np.arange(len(kept_starts) - 1), np.diff(kept_starts) - 1)
    corners = order_corners(kept[is_open, 2].astype(np.int64), rings)

    joined = join_walls(outline, corners, fit_walls(outline, corners), tolerance_m)
    fitted = _build_polygons(joined, corners, offsets[1])
    is_good = shapely.is_valid(fitted)
    distance_m = shapely.hausdorff_distance(fitted[is_good], polygons[is_good])
    is_good[is_good] = distance_m <= tolerance_m
    # GEOS may go twice as far as asked at the vertex where a ring starts.
    fitted[~is_good] = shapely.simplify(polygons[~is_good], tolerance_m / 2)
    return fitted


def _simplify(polygons: NDArray[np.object_], tolerance_m: float) -> NDArray[np.object_]:
    """Douglas-Peucker, at ten times the speed where rings do not come to cross."""
    simplified = shapely.simplify(polygons, tolerance_m, preserve_topology=False)
    is_good = (
        (shapely.get_type_id(simplified) == shapely.GeometryType.POLYGON)
        & ~shapely.is_empty(simplified)
        & shapely.is_valid(simplified)
        & (shapely.get_num_interior_rings(simplified) == shapely.get_num_interior_rings(polygons))
    )
    simplified[~is_good] = shapely.simplify(polygons[~is_good], tolerance_m)
    return simplified


def _build_polygons(
    points: NDArray[np.float64], corners: Corners, polygon_starts: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Polygons of one ring or more each from open rings of points."""
    sizes = np.bincount(corners.rings)
    ends = np.cumsum(sizes)
    closed = np.insert(points, ends, points[ends - sizes], axis=0)
    starts = np.concatenate([[0], np.cumsum(sizes + 1)])
    return shapely.from_ragged_array(shapely.GeometryType.POLYGON, closed, (starts, polygon_starts))
