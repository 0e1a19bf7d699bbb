"""Outlines of masks for an evaluation, drawn the way a prediction draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geoseg.config import FootprintConfig

if TYPE_CHECKING:
    from geoseg.evaluation import PolygonScores
    from geoseg.evaluation.coco_matches import CocoMatches
    from geoseg.evaluation.image_objects import Segmentations

UNKNOWN_GSD_TOLERANCE_PX = 1.5
"""How far straightened walls may be from the contour where metres are not known."""


def score_outlines(
    segmentations: Segmentations,
    found: CocoMatches,
    *,
    score: float,
    image_ids: frozenset[int] | None = None,
    gsd_m: float | None = None,
) -> PolygonScores:
    """Score the outlines of COCO results; masks get theirs the way a prediction gives them.

    Args:
        segmentations: of COCO results and their annotation.
        found: the matches of both.
        score: predictions that score less are left out.
        image_ids: images that count; None for all.
        gsd_m: ground metres per pixel of images whose annotation does not say.
    """
    from geoseg.evaluation.coco_matches import split_images
    from geoseg.evaluation.coco_polygons import score_image_polygons
    from geoseg.evaluation.image_objects import take_objects

    matches = list(split_images(found, image_ids))
    images = take_objects(segmentations, matches, score=score, gsd_m=gsd_m)
    return score_image_polygons(images, outline_as_predicted)


def outline_as_predicted(
    masks: Sequence[NDArray[np.bool_]], boxes: NDArray[np.int64], gsd_m: float | None
) -> NDArray[np.object_]:
    """Contours with straight walls, see `geoseg.footprints.mask_outlines.outline_masks`.

    The tolerance is the default of `geoseg predict`, in pixels of the images.
    """
    from geoseg.footprints.mask_outlines import outline_masks

    tolerance_px = UNKNOWN_GSD_TOLERANCE_PX
    if gsd_m is not None:
        tolerance_px = FootprintConfig().tolerance_m / gsd_m
    return outline_masks(masks, boxes, tolerance_px)
