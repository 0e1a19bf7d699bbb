"""Scores of the outlines of COCO results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.evaluation.image_objects import ImageObjects
from geoseg.evaluation.mask_metrics import (
    Mask,
    boundary_iou_of_masks,
    cut_mask,
    iou_of_unions,
    overlap_masks,
)
from geoseg.evaluation.overlaps import find_merges, find_splits
from geoseg.evaluation.polygon_metrics import complexity_ious, count_vertices, polis_distances
from geoseg.evaluation.polygon_scores import (
    PairMetrics,
    PolygonScores,
    average_pairs,
    mean_or_none,
    measure_in_chunks,
)
from geoseg.evaluation.tangent_angles import max_tangent_angles_deg

ANGLE_SPACING_PX = 2.0
"""Points for the tangent angles, as in the published code."""

OutlineMasks = Callable[
    [Sequence[NDArray[np.bool_]], NDArray[np.int64], float | None], NDArray[np.object_]
]
"""Polygons of masks: takes masks cut to their boxes, the boxes (N, 4), (y1, x1, y2, x2) in pixels
of the image, and its `gsd_m`; gives object (N,) of shapely polygons in pixels of the image."""


@dataclass(frozen=True)
class _Pairs:
    """The matched pairs of one image or more; N of them.

    Attributes:
        pred, truth: object (N,) of shapely geometries, in pixels.
        ious, boundary_ious: float64 (N,), of the masks.
        gsds_m: float64 (N,), ground metres per pixel, nan where nobody knows.
    """

    pred: NDArray[np.object_]
    truth: NDArray[np.object_]
    ious: NDArray[np.float64]
    boundary_ious: NDArray[np.float64]
    gsds_m: NDArray[np.float64]


class _WholeImage(NamedTuple):
    """What is counted of an image as a whole; nan for no labels."""

    num_splits: int
    num_merges: int
    iou: float
    c_iou: float


def score_image_polygons(images: Iterable[ImageObjects], outline: OutlineMasks) -> PolygonScores:
    """Score the outlines of what was found in images.

    IoUs, splits and merges are those of the masks. Polygons of the files are taken as they are,
    and masks get theirs from `outline`. Boundary IoU and tangent angles are as in the published
    code, with a band of 2 % of the diagonal and a point each 2 px. `polis_m` is there when the
    ground metres per pixel of all images are known.

    Image IoU and image C-IoU are as in the code of PolyWorld: of all pixels of an image that are
    building, and of the points of the first ring of each object as they are listed, averaged over
    the images that have labels.

    Args:
        images: with the predictions that count.
        outline: turns masks into polygons.
    """
    parts, wholes = [], []
    for one in images:
        pred, truth = outline_objects(one, outline)
        parts.append(_pair(one, pred, truth))
        wholes.append(_score_whole(one, pred, truth))
    pairs = _join(parts)
    metrics = PairMetrics(
        ious=pairs.ious,
        boundary_ious=pairs.boundary_ious,
        polis=measure_in_chunks(polis_distances, pairs.pred, pairs.truth),
        max_angles_deg=measure_in_chunks(
            max_tangent_angles_deg, pairs.pred, pairs.truth, ANGLE_SPACING_PX
        ),
        num_pred_vertices=count_vertices(pairs.pred),
        num_true_vertices=count_vertices(pairs.truth),
    )
    has_gsd = not np.isnan(pairs.gsds_m).any()
    return PolygonScores(
        **average_pairs(metrics),
        boundary_width_m=None,
        polis_m=mean_or_none(metrics.polis * pairs.gsds_m) if has_gsd else None,
        polis_px=mean_or_none(metrics.polis),
        num_splits=sum(one.num_splits for one in wholes),
        num_merges=sum(one.num_merges for one in wholes),
        image_iou=mean_or_none(np.array([one.iou for one in wholes])),
        image_c_iou=mean_or_none(np.array([one.c_iou for one in wholes])),
    )


def read_polygon(segmentation: Sequence[Sequence[float]]) -> shapely.Geometry:
    """The valid polygon or multipolygon of COCO rings, whose areas are joined; may be empty."""
    rings = [np.asarray(ring, np.float64).reshape(-1, 2) for ring in segmentation if len(ring) >= 6]
    polygons = shapely.make_valid(np.array([shapely.Polygon(ring) for ring in rings], object))
    whole = polygons[0] if len(rings) == 1 else shapely.union_all(polygons)
    if whole.geom_type in ("Polygon", "MultiPolygon"):
        return whole
    # What was made valid may have lines beside its areas.
    return shapely.union_all([part for part in shapely.get_parts(whole) if part.area > 0])


def outline_objects(
    image: ImageObjects, outline: OutlineMasks
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Polygons of the predictions and of the labels of an image.

    Args:
        image: P predictions and T labels.
        outline: turns masks into polygons.

    Returns:
        object (P,) and object (T,) of shapely geometries in pixels; some may be empty.
    """
    return (
        _find_polygons(image.pred, image.pred_masks, image.gsd_m, outline),
        _find_polygons(image.truth, image.truth_masks, image.gsd_m, outline),
    )


def _find_polygons(
    shapes: list[Any], masks: list[Mask], gsd_m: float | None, outline: OutlineMasks
) -> NDArray[np.object_]:
    """Polygons of the segmentations of an image, object (N,); some may be empty."""
    polygons = np.empty(len(shapes), dtype=object)
    is_mask = np.array([isinstance(one, dict) for one in shapes], dtype=bool)
    polygons[~is_mask] = [read_polygon(one) for one in shapes if isinstance(one, list)]
    if is_mask.any():
        cuts = [cut_mask(masks[row]) for row in np.flatnonzero(is_mask)]
        boxes = np.stack([one.box for one in cuts])
        polygons[is_mask] = outline([one.pixels for one in cuts], boxes, gsd_m)
    return polygons


def _pair(image: ImageObjects, pred: NDArray[np.object_], truth: NDArray[np.object_]) -> _Pairs:
    """The pairs whose polygons both have an area."""
    rows = np.flatnonzero(image.truth_of_pred >= 0)
    partners = image.truth_of_pred[rows]
    is_there = ~(shapely.is_empty(pred[rows]) | shapely.is_empty(truth[partners]))
    rows, partners = rows[is_there], partners[is_there]
    bands = [
        boundary_iou_of_masks(
            cut_mask(image.pred_masks[row]), cut_mask(image.truth_masks[partner]), image.shape_hw
        )
        for row, partner in zip(rows.tolist(), partners.tolist(), strict=True)
    ]
    return _Pairs(
        pred=pred[rows],
        truth=truth[partners],
        ious=image.ious[rows],
        boundary_ious=np.array(bands, np.float64),
        gsds_m=np.full(len(rows), np.nan if image.gsd_m is None else image.gsd_m),
    )


def _join(parts: Sequence[_Pairs]) -> _Pairs:
    nothing = np.zeros(0)
    return _Pairs(
        pred=np.concatenate([nothing.astype(object), *(one.pred for one in parts)]),
        truth=np.concatenate([nothing.astype(object), *(one.truth for one in parts)]),
        ious=np.concatenate([nothing, *(one.ious for one in parts)]),
        boundary_ious=np.concatenate([nothing, *(one.boundary_ious for one in parts)]),
        gsds_m=np.concatenate([nothing, *(one.gsds_m for one in parts)]),
    )


def _score_whole(
    image: ImageObjects, pred: NDArray[np.object_], truth: NDArray[np.object_]
) -> _WholeImage:
    overlaps = overlap_masks(image.pred_masks, image.truth_masks)
    num_groups = len(find_splits(overlaps)), len(find_merges(overlaps))
    if not image.truth:
        return _WholeImage(*num_groups, np.nan, np.nan)
    iou = iou_of_unions(image.pred_masks, image.truth_masks)
    num_pred, num_truth = _count_points(image.pred, pred), _count_points(image.truth, truth)
    c_iou = complexity_ious(np.array([iou]), np.array([num_pred]), np.array([num_truth]))
    return _WholeImage(*num_groups, iou, float(c_iou[0]))


def _count_points(shapes: list[Any], polygons: NDArray[np.object_]) -> int:
    """Points of the first rings as they are listed; a mask counts as a ring that is closed."""
    return sum(
        len(shape[0]) // 2 if isinstance(shape, list) and shape else _count_outer(polygon)
        for shape, polygon in zip(shapes, polygons, strict=True)
    )


def _count_outer(polygon: shapely.Geometry) -> int:
    return int(shapely.get_num_points(shapely.get_exterior_ring(polygon)))
