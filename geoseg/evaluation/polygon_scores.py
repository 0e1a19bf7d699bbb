"""Scores of the outlines of all matched buildings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.matching import Matches
from geoseg.evaluation.overlaps import Overlaps, find_merges, find_splits
from geoseg.evaluation.polygon_metrics import (
    boundary_ious,
    complexity_ious,
    count_vertices,
    polis_distances,
)
from geoseg.evaluation.tangent_angles import max_tangent_angles_deg

BOUNDARY_WIDTH_M = 1.0
"""Band of the boundary IoU on the ground: about how well a good map places a wall."""
ANGLE_SPACING_M = 0.5
"""Points for the tangent angles: near the 2 px, at 0.3 m, of the published code on crowdAI."""

# Pairs measured at once: their points and cut polygons take memory.
_CHUNK = 4_000


@dataclass(frozen=True)
class PairMetrics:
    """Matched pairs of a predicted and a true building, measured one by one.

    Attributes:
        ious: float64 (N,).
        boundary_ious: float64 (N,), see `polygon_metrics.boundary_ious`.
        polis: float64 (N,), in metres or pixels, see `polygon_metrics.polis_distances`.
        max_angles_deg: float64 (N,), nan where there is none, see `tangent_angles`.
        num_pred_vertices: int64 (N,).
        num_true_vertices: int64 (N,).
    """

    ious: NDArray[np.float64]
    boundary_ious: NDArray[np.float64]
    polis: NDArray[np.float64]
    max_angles_deg: NDArray[np.float64]
    num_pred_vertices: NDArray[np.int64]
    num_true_vertices: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ious)


@dataclass(frozen=True)
class PolygonScores:
    """How well outlines follow the truth, over matched pairs; None where there is nothing.

    Attributes:
        mean_iou: mean intersection over union.
        c_iou: mean complexity-aware IoU, see `polygon_metrics.complexity_ious`.
        boundary_iou: mean boundary IoU.
        boundary_width_m: its band on the ground; None for images, where it is 2 % of the diagonal.
        polis_m, polis_px: mean PoLiS distance in ground metres and in pixels of the images.
        vertex_ratio: vertices of all matched predictions by those of their true buildings.
        max_angle_error_deg: mean over the pairs of the maximum tangent angle error.
        num_splits: true buildings covered by several predictions, see `overlaps.find_splits`.
        num_merges: predictions that cover several true buildings, see `overlaps.find_merges`.
        image_iou, image_c_iou: of whole images, as in the tables of PolyWorld; None for vectors.
    """

    mean_iou: float | None
    c_iou: float | None
    boundary_iou: float | None
    boundary_width_m: float | None
    polis_m: float | None
    polis_px: float | None
    vertex_ratio: float | None
    max_angle_error_deg: float | None
    num_splits: int
    num_merges: int
    image_iou: float | None = None
    image_c_iou: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain values, all keys always there."""
        return asdict(self)


def score_polygons(
    pred: NDArray[np.object_],
    truth: NDArray[np.object_],
    matches: Matches,
    overlaps: Overlaps,
) -> PolygonScores:
    """Score the outlines of footprints on the ground.

    Args:
        pred: object (P,) of valid shapely polygons in a metric CRS.
        truth: object (T,), likewise.
        matches: of both.
        overlaps: of both.
    """
    is_match = matches.truth_of_pred >= 0
    pairs = measure_pairs(
        pred[is_match], truth[matches.truth_of_pred[is_match]], matches.ious[is_match]
    )
    return PolygonScores(
        **average_pairs(pairs),
        boundary_width_m=BOUNDARY_WIDTH_M,
        polis_m=mean_or_none(pairs.polis),
        polis_px=None,
        num_splits=len(find_splits(overlaps)),
        num_merges=len(find_merges(overlaps)),
    )


def measure_pairs(
    pred: NDArray[np.object_],
    truth: NDArray[np.object_],
    ious: NDArray[np.float64],
    *,
    boundary_width: float = BOUNDARY_WIDTH_M,
    angle_spacing: float = ANGLE_SPACING_M,
) -> PairMetrics:
    """Measure matched pairs.

    Args:
        pred: object (N,) of valid shapely polygons in a metric CRS.
        truth: their partners.
        ious: float64 (N,), of the pairs.
        boundary_width: of the band of the boundary IoU, in the unit of the coordinates.
        angle_spacing: of the points for the tangent angles, likewise.
    """
    return PairMetrics(
        ious=ious,
        boundary_ious=measure_in_chunks(boundary_ious, pred, truth, boundary_width),
        polis=measure_in_chunks(polis_distances, pred, truth),
        max_angles_deg=measure_in_chunks(max_tangent_angles_deg, pred, truth, angle_spacing),
        num_pred_vertices=count_vertices(pred),
        num_true_vertices=count_vertices(truth),
    )


def average_pairs(pairs: PairMetrics) -> dict[str, float | None]:
    """The fields of `PolygonScores` that have no unit of length, by name."""
    num_pred, num_true = pairs.num_pred_vertices, pairs.num_true_vertices
    return {
        "mean_iou": mean_or_none(pairs.ious),
        "c_iou": mean_or_none(complexity_ious(pairs.ious, num_pred, num_true)),
        "boundary_iou": mean_or_none(pairs.boundary_ious),
        "vertex_ratio": float(num_pred.sum() / num_true.sum()) if len(pairs) else None,
        "max_angle_error_deg": mean_or_none(pairs.max_angles_deg),
    }


def mean_or_none(values: NDArray[np.float64]) -> float | None:
    """The mean of what is not nan; None where there is nothing else."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def measure_in_chunks(
    metric: Callable[..., NDArray[np.float64]],
    pred: NDArray[np.object_],
    truth: NDArray[np.object_],
    *settings: float,
) -> NDArray[np.float64]:
    """A metric of all pairs, some thousand at once, so that memory does not grow with them.

    Args:
        metric: takes predicted polygons, their partners and the settings; gives float64.
        pred: object (N,).
        truth: object (N,).
        settings: for the metric.

    Returns:
        float64 (N,).
    """
    parts = [
        metric(pred[start : start + _CHUNK], truth[start : start + _CHUNK], *settings)
        for start in range(0, len(pred), _CHUNK)
    ]
    return np.concatenate([np.zeros(0), *parts])
