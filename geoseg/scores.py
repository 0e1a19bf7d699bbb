"""Raw scores of a network as calibrated ones, and back.

Of detections with a calibrated score of 0.8 about 80 % are right, on images like those that the map
was fitted to. The map is the beta calibration of Kull et al. (2017, "Beta calibration: a
well-founded and easily implemented improvement on logistic calibration"): with `(a, b, c)`,

    logit(calibrated) = a ln(raw) - b ln(1 - raw) + c

`a = b` is Platt's scaling of the logit, and `(1, 1, 0)` changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Calibration = tuple[float, float, float]

IDENTITY: Calibration = (1.0, 1.0, 0.0)

# float32 scores reach 0 and 1, whose logarithms don't exist.
_MARGIN = 1e-6
_ONE_AS_BITS = int(np.float32(1).view(np.int32))


@dataclass(frozen=True)
class ReliabilityBin:
    """Detections of about the same score.

    Attributes:
        low, high: scores of the bin; `high` belongs to the next one, save 1.
        count: detections.
        mean_score: their mean score.
        precision: share of them that is right.
        precision_low, precision_high: its 95 % interval (Wilson 1927).
    """

    low: float
    high: float
    count: int
    mean_score: float
    precision: float
    precision_low: float
    precision_high: float


def log_odds_terms(raw: NDArray[np.floating]) -> NDArray[np.float64]:
    """The terms that `(a, b, c)` weigh: ln(raw), -ln(1 - raw) and 1; float64 (N, 3)."""
    inside = np.clip(raw.astype(np.float64), _MARGIN, 1 - _MARGIN)
    return np.stack([np.log(inside), -np.log1p(-inside), np.ones_like(inside)], axis=-1)


def calibrate_scores(
    raw: NDArray[np.floating], calibration: Calibration | None
) -> NDArray[np.float32]:
    """Calibrated scores.

    Args:
        raw: scores of any shape, 0..1.
        calibration: `(a, b, c)`, a and b at least 0; None leaves the scores as they are.

    Returns:
        float32 of the same shape, 0..1, in the same order of size as the raw ones.

    Example:
        >>> calibrate_scores(np.array([0.1, 0.5, 0.9]), (0.5, 0.5, 0.0)).round(2).tolist()
        [0.25, 0.5, 0.75]
    """
    if calibration is None:
        return raw.astype(np.float32)
    log_odds = log_odds_terms(raw) @ np.array(calibration)
    # Of a negative number only, so that exp never overflows.
    small = np.exp(-np.abs(log_odds))
    calibrated = np.where(log_odds >= 0, 1 / (1 + small), small / (1 + small))
    return calibrated.astype(np.float32)


def find_raw_score(calibrated: float, calibration: Calibration | None) -> float:
    """The least float32 score that is at least `calibrated` once it is calibrated.

    A network that drops raw scores below it keeps exactly what would be kept after calibration.

    Returns:
        0..1; infinity where no raw score is enough.

    Example:
        >>> round(find_raw_score(0.25, (0.5, 0.5, 0.0)), 6)
        0.1
    """
    if calibration is None:
        return calibrated

    def is_enough(bits: int) -> bool:
        raw = np.array([bits], np.int32).view(np.float32)
        return float(calibrate_scores(raw, calibration)[0]) >= calibrated

    # Positive floats have the order of their bits: halving finds the very number.
    low, high = 0, _ONE_AS_BITS
    if is_enough(low):
        return 0.0
    if not is_enough(high):
        return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return float(np.array([high], np.int32).view(np.float32)[0])
