"""From detections on the model grid to footprints on the ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Proj
from shapely import Polygon

from geoseg.config import FootprintConfig
from geoseg.crs import WGS84, local_metric_crs, transform_polygons, transform_xy
from geoseg.footprints.contour import contour_mask
from geoseg.footprints.overlap import largest_part, remove_overlaps
from geoseg.footprints.walls import straighten_walls
from geoseg.types import Detection, Footprints, PendingOutlines


def make_footprints(
    detections: Sequence[Detection],
    *,
    transform: Affine,
    crs: CRS,
    config: FootprintConfig,
    metric_crs: CRS | None = None,
) -> Footprints:
    """Turn detections into building polygons in a metric CRS.

    Args:
        detections: objects in pixels of the model grid, in any order.
        transform: model-grid pixel (col, row) -> `crs` (x, y); may be rotated or mirrored.
        crs: CRS of `transform`.
        config: tolerance and least area.
        metric_crs: CRS of the result; None takes a local one at the centre of the detections.
            Footprints made in several calls match only in a CRS that is handed in.

    Returns:
        Footprints in the order of the detections, at most one for each: valid, exteriors
        counter-clockwise, at least `min_area_m2` large, and no two overlapping by more than a
        numeric sliver. Empty for no detections.
    """
    if metric_crs is None:
        metric_crs = local_metric_crs(crs, *_find_centre(detections, transform))
    outlines = outline_detections(
        detections, transform=transform, crs=crs, config=config, metric_crs=metric_crs
    )
    return finish_outlines(outlines, metric_crs, config)


def outline_detections(
    detections: Sequence[Detection],
    *,
    transform: Affine,
    crs: CRS,
    config: FootprintConfig,
    metric_crs: CRS,
) -> PendingOutlines:
    """Turn each detection by itself into a polygon with straight walls.

    Args:
        detections: objects in pixels of the model grid, in any order.
        transform: model-grid pixel (col, row) -> `crs` (x, y); may be rotated or mirrored.
        crs: CRS of `transform`.
        config: tolerance and least area.
        metric_crs: CRS of the result.

    Returns:
        Polygons in the order of the detections, at most one for each, valid and at least
        `min_area_m2` large; they may overlap. Their boxes are those of the detections.
    """
    outlines = np.empty(len(detections), dtype=object)
    outlines[:] = [contour_mask(detection.mask, detection.box) for detection in detections]
    scores = np.array([detection.score for detection in detections], dtype=np.float32)
    boxes = np.array([detection.box for detection in detections], np.float32).reshape(-1, 4)
    is_kept = ~shapely.is_empty(outlines)
    outlines, scores, boxes = outlines[is_kept], scores[is_kept], boxes[is_kept]

    on_ground = transform_polygons(_apply_affine(outlines, transform), crs, metric_crs)
    polygons = repair_polygons(straighten_walls(repair_polygons(on_ground), config.tolerance_m))
    is_kept = _true_areas_m2(polygons, metric_crs) >= config.min_area_m2
    polygons = _drop_small_holes(polygons[is_kept], config.min_area_m2)
    return PendingOutlines(polygons, scores[is_kept], boxes[is_kept])


def finish_outlines(
    outlines: PendingOutlines, metric_crs: CRS, config: FootprintConfig
) -> Footprints:
    """Give each piece of ground to one of the outlines that claim it.

    Args:
        outlines: polygons of buildings, with all that overlap any of them.
        metric_crs: CRS of the polygons.
        config: least area.

    Returns:
        Footprints as of `make_footprints`, in the order of the outlines.
    """
    polygons, is_kept = remove_overlaps(outlines.polygons, outlines.scores)
    areas_m2 = _true_areas_m2(polygons, metric_crs)
    is_kept &= areas_m2 >= config.min_area_m2
    return Footprints(
        polygons=shapely.orient_polygons(polygons[is_kept]),
        scores=outlines.scores[is_kept],
        areas_m2=areas_m2[is_kept],
        crs=metric_crs,
    )


def _find_centre(detections: Sequence[Detection], transform: Affine) -> tuple[float, float]:
    """Middle of all boxes, or the grid's origin for none, as x and y in the CRS."""
    col = row = 0.0
    if detections:
        boxes = np.array([detection.box for detection in detections], dtype=np.float64)
        row, col = (boxes[:, :2].min(axis=0) + boxes[:, 2:].max(axis=0)) / 2
    x = transform.a * col + transform.b * row + transform.c
    y = transform.d * col + transform.e * row + transform.f
    return float(x), float(y)


def _apply_affine(polygons: NDArray[np.object_], transform: Affine) -> NDArray[np.object_]:
    matrix = np.array([[transform.a, transform.d], [transform.b, transform.e]])
    offset = np.array([transform.c, transform.f])
    return shapely.transform(polygons, lambda points: points @ matrix + offset)


def repair_polygons(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Make every polygon valid; of one that falls apart the largest part stays."""
    is_bad = ~shapely.is_valid(polygons)
    if not is_bad.any():
        return polygons
    repaired = polygons.copy()
    repaired[is_bad] = [largest_part(geometry) for geometry in shapely.make_valid(polygons[is_bad])]
    return repaired


def _drop_small_holes(polygons: NDArray[np.object_], min_area_m2: float) -> NDArray[np.object_]:
    result = polygons.copy()
    for index in np.flatnonzero(shapely.get_num_interior_rings(polygons)):
        holes = [ring for ring in polygons[index].interiors if Polygon(ring).area >= min_area_m2]
        result[index] = Polygon(polygons[index].exterior, holes)
    return result


def _true_areas_m2(polygons: NDArray[np.object_], metric_crs: CRS) -> NDArray[np.float64]:
    """Ground areas: those in the projection, divided by its areal scale at each place."""
    if len(polygons) == 0:
        return np.zeros(0)
    is_empty = shapely.is_empty(polygons)
    inside = shapely.get_coordinates(shapely.centroid(polygons[~is_empty]))
    longitudes, latitudes = transform_xy(inside[:, 0], inside[:, 1], metric_crs, WGS84)
    areas_m2 = np.zeros(len(polygons))
    areas_m2[~is_empty] = (
        shapely.area(polygons[~is_empty])
        / Proj(metric_crs).get_factors(longitudes, latitudes).areal_scale
    )
    return areas_m2
