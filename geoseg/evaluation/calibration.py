"""Fitting the map from raw to calibrated scores, and choosing how many parameters it has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import DatasetError
from geoseg.scores import IDENTITY, Calibration, calibrate_scores, log_odds_terms

# Terms of `log_odds_terms` that are fitted, each as a sum of some of them.
_TERMS = {
    "platt": ((1, 1, 0), (0, 0, 1)),
    "beta": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "beta, b = 0": ((1, 0, 0), (0, 0, 1)),
    "beta, a = 0": ((0, 1, 0), (0, 0, 1)),
}
FAMILIES = ("identity", "platt", "beta")

_MAX_STEPS = 100
_NUM_FOLDS = 5


@dataclass(frozen=True)
class Samples:
    """Detections to fit to.

    Attributes:
        raw: float64 (N,), scores as the network gives them, 0..1.
        is_true: bool (N,), whether a detection is right.
        weights: float64 (N,), how much each counts.
        folds: int64 (N,), equal for detections that must not be parted: those of one image.
    """

    raw: NDArray[np.float64]
    is_true: NDArray[np.bool_]
    weights: NDArray[np.float64]
    folds: NDArray[np.int64]

    def take(self, is_kept: NDArray[np.bool_]) -> Samples:
        """Those where `is_kept`, bool (N,), is True."""
        return Samples(
            self.raw[is_kept], self.is_true[is_kept], self.weights[is_kept], self.folds[is_kept]
        )


@dataclass(frozen=True)
class FittedCalibration:
    """The chosen map, and what it was chosen by.

    Attributes:
        family: one of `FAMILIES`.
        calibration: the map, fitted to all samples.
        losses: for each family the mean log loss on images that it was not fitted to.
        held_out: float32 (N,), each sample's score by the map fitted without its image.
    """

    family: str
    calibration: Calibration
    losses: dict[str, float]
    held_out: NDArray[np.float32]


def choose_calibration(samples: Samples) -> FittedCalibration:
    """Fit the map that does best on images it has not seen.

    Every family is fitted with one fold of images left out at a time, and judged on that fold by
    its log loss, a proper score: it is least, in the mean, for the true probabilities, while the
    calibration error depends on bins. Of equal ones the one with fewer parameters is taken.

    Args:
        samples: detections of at least two folds.

    Raises:
        DatasetError: all detections are of one fold, or without some fold none is left that is
            right, or none that is wrong.
    """
    num_folds = len(np.unique(samples.folds))
    if num_folds < 2:
        raise DatasetError(f"Calibration must see detections in two images; got {num_folds}.")
    held_out: dict[str, NDArray[np.float32]] = {}
    for family in FAMILIES:
        held_out[family] = np.empty(len(samples.raw), np.float32)
        for fold in np.unique(samples.folds):
            is_out = samples.folds == fold
            fitted = fit_calibration(samples.take(~is_out), family)
            held_out[family][is_out] = calibrate_scores(samples.raw[is_out], fitted)
    losses = {
        family: log_loss(scores, samples.is_true, samples.weights)
        for family, scores in held_out.items()
    }
    best = min(FAMILIES, key=lambda family: losses[family])
    return FittedCalibration(best, fit_calibration(samples, best), losses, held_out[best])


def fit_calibration(samples: Samples, family: str = "beta") -> Calibration:
    """Fit a map by maximum likelihood.

    Args:
        samples: detections, right ones and wrong ones among them.
        family: "identity"; "platt", a line on the log-odds of the score (Platt 1999); or "beta"
            (Kull et al. 2017). As there, a weight of "beta" that would be negative is left out
            and the rest fitted anew, so that the order of the scores stays.

    Raises:
        DatasetError: all detections are right, or all are wrong.
    """
    num_true = int(samples.is_true.sum())
    if not 0 < num_true < len(samples.raw):
        raise DatasetError(
            "Calibration must see right and wrong detections; "
            f"got {num_true} right ones of {len(samples.raw)}."
        )
    if family == "identity":
        return IDENTITY
    calibration = _fit_terms(samples, _TERMS[family])
    if calibration[1] < 0:
        calibration = _fit_terms(samples, _TERMS["beta, b = 0"])
    elif calibration[0] < 0:
        calibration = _fit_terms(samples, _TERMS["beta, a = 0"])
    if min(calibration[:2]) < 0:
        raise DatasetError(
            "Of detections with a high score more must be right than of those with a low one; "
            "got the contrary."
        )
    return calibration


def log_loss(
    scores: NDArray[np.floating], is_true: NDArray[np.bool_], weights: NDArray[np.floating]
) -> float:
    """Weighted mean of -ln of the probability that the scores gave to what is the case."""
    given = np.where(is_true, scores, 1 - scores).astype(np.float64)
    return float(np.average(-np.log(np.maximum(given, 1e-6)), weights=weights))


def split_images(image_ids: NDArray[np.int64], num_folds: int = _NUM_FOLDS) -> NDArray[np.int64]:
    """The fold of each detection, by its image: images are dealt out in the order of their ids.

    Example:
        >>> split_images(np.array([7, 7, 30, 12]), num_folds=2).tolist()
        [0, 0, 0, 1]
    """
    _, position = np.unique(image_ids, return_inverse=True)
    return (position % num_folds).astype(np.int64)


def _fit_terms(samples: Samples, terms: tuple[tuple[int, int, int], ...]) -> Calibration:
    """Weighted logistic regression on sums of terms, by Newton's method."""
    mix = np.array(terms, np.float64)
    inputs = log_odds_terms(samples.raw) @ mix.T
    weights = samples.weights * len(samples.raw) / samples.weights.sum()
    targets = _soften(samples.is_true, weights)
    values = np.zeros(len(mix))
    for _ in range(_MAX_STEPS):
        probability = 1 / (1 + np.exp(-np.clip(inputs @ values, -30, 30)))
        slope = inputs.T @ (weights * (targets - probability))
        curve = (inputs.T * (weights * probability * (1 - probability))) @ inputs
        step = np.linalg.lstsq(curve, slope, rcond=None)[0]
        # A long step may go beyond where the parabola is one.
        values += step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-9:
            break
    a, b, c = (float(value) for value in values @ mix)
    return a, b, c


def _soften(is_true: NDArray[np.bool_], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Targets a little inside 0..1 (Platt 1999), so that no weight grows without end."""
    num_true = float(weights[is_true].sum())
    num_false = float(weights[~is_true].sum())
    return np.where(is_true, (num_true + 1) / (num_true + 2), 1 / (num_false + 2))
