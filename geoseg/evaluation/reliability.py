"""How far scores are from the share of detections that are right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geoseg.scores import ReliabilityBin

NUM_BINS = 10

# Two-sided 95 % of the normal distribution.
_Z = 1.959964


def make_reliability_table(
    scores: NDArray[np.floating],
    is_true: NDArray[np.bool_],
    weights: NDArray[np.floating] | None = None,
) -> list[ReliabilityBin]:
    """Detections in ten bins of equal width; bins without detections are left out.

    Args:
        scores: float (N,), 0..1.
        is_true: bool (N,).
        weights: float (N,), how much each detection counts; None for the same. The interval goes
            by their effective number (Kish 1965).

    Returns:
        Bins from low to high; none for no detections.
    """
    weights = np.ones(len(scores)) if weights is None else weights.astype(np.float64)
    bin_of = np.clip((scores * NUM_BINS).astype(int), 0, NUM_BINS - 1)
    table = []
    for number in np.unique(bin_of):
        inside = bin_of == number
        own = weights[inside]
        total = own.sum()
        precision = float(own @ is_true[inside] / total)
        low, high = wilson_interval(precision, float(total**2 / (own @ own)))
        table.append(
            ReliabilityBin(
                low=int(number) / NUM_BINS,
                high=(int(number) + 1) / NUM_BINS,
                count=int(inside.sum()),
                mean_score=float(own @ scores[inside] / total),
                precision=precision,
                precision_low=low,
                precision_high=high,
            )
        )
    return table


def calibration_error(
    scores: NDArray[np.floating],
    is_true: NDArray[np.bool_],
    weights: NDArray[np.floating] | None = None,
) -> float:
    """Expected calibration error (Naeini et al. 2015), of ten bins of equal width.

    The mean distance, over detections, between a bin's mean score and its precision; 0 for no
    detections.

    Example:
        >>> round(calibration_error(np.array([0.9, 0.9]), np.array([True, False])), 3)
        0.4
    """
    weights = np.ones(len(scores)) if weights is None else weights.astype(np.float64)
    if not len(scores):
        return 0.0
    bin_of = np.clip((scores * NUM_BINS).astype(int), 0, NUM_BINS - 1)
    gaps = np.bincount(bin_of, weights * (scores - is_true), minlength=NUM_BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def wilson_interval(share: float, count: float) -> tuple[float, float]:
    """95 % interval of a share of `count` cases.

    Example:
        >>> [round(end, 3) for end in wilson_interval(0.5, 10)]
        [0.237, 0.763]
    """
    z2 = _Z**2 / count
    middle = (share + z2 / 2) / (1 + z2)
    half = _Z / (1 + z2) * np.sqrt(share * (1 - share) / count + z2 / (4 * count))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))
