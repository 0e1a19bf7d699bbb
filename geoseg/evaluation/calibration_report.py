"""A calibration of a model on several sets: what it was before, and what it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.errors import ConfigError
from geoseg.evaluation.calibration import (
    FittedCalibration,
    Samples,
    choose_calibration,
    split_images,
)
from geoseg.evaluation.ranking import RankedDetections, f1_at, find_best_f1
from geoseg.evaluation.reliability import calibration_error, make_reliability_table
from geoseg.scores import IDENTITY, ReliabilityBin, calibrate_scores

_DEFAULT_SCORES = np.arange(5, 96) / 100


class LabelledSet(NamedTuple):
    """What was found in a set of labelled images.

    Attributes:
        name: for people.
        num_images: images, with or without detections.
        detections: with raw scores.
        weight: how much the set counts against the others, however many detections it has.
    """

    name: str
    num_images: int
    detections: RankedDetections
    weight: float = 1.0


class SetScores(NamedTuple):
    """One set before and after.

    Attributes:
        name: of the set.
        num_images, num_truth, num_found: images, labelled objects, detections.
        error_before, error_after: calibration error; after: of images that the map has not seen.
        f1_before, f1_after: F1 at IoU 0.5 at the model's default score.
        best_f1: the highest that any score gives.
    """

    name: str
    num_images: int
    num_truth: int
    num_found: int
    error_before: float
    error_after: float
    f1_before: float
    f1_after: float
    best_f1: float


@dataclass(frozen=True)
class CalibrationReport:
    """What a calibration has come to.

    Attributes:
        before: config of the model before.
        after: the same with the map and the default score that were found.
        fitted: the map, and what it was chosen by.
        table_before, table_after: reliability of all sets together; after: of images that the
            map has not seen.
        error_before, error_after: calibration error of all sets together, likewise.
        sets: one by one.
    """

    before: MaskRCNNConfig
    after: MaskRCNNConfig
    fitted: FittedCalibration
    table_before: list[ReliabilityBin]
    table_after: list[ReliabilityBin]
    error_before: float
    error_after: float
    sets: tuple[SetScores, ...]


def calibrate_sets(sets: Sequence[LabelledSet], config: MaskRCNNConfig) -> CalibrationReport:
    """Fit the map of scores to labelled sets, and choose the default score.

    The default score is the one, of two decimals, with the best mean F1 over the sets.

    Args:
        sets: with raw scores, as the network gives them.
        config: of the model, with the calibration that it has had.

    Raises:
        ConfigError: no weight is above 0, or one is below.
        DatasetError: too little was found to fit to, see `choose_calibration`.
    """
    shares = np.array([one.weight for one in sets], np.float64)
    if not (shares >= 0).all() or not shares.sum() > 0:
        raise ConfigError(
            f"weights of sets must be at least 0, and one above; got {shares.tolist()}."
        )
    samples = _pool([one.detections for one in sets], shares)
    fitted = choose_calibration(samples)
    before = calibrate_scores(samples.raw, config.calibration)
    old, new = (_split(scores, sets) for scores in (before, fitted.held_out))
    score = _choose_score(new, shares)
    is_identity = fitted.calibration == IDENTITY
    return CalibrationReport(
        before=config,
        after=replace(config, score=score, calibration=None if is_identity else fitted.calibration),
        fitted=fitted,
        table_before=make_reliability_table(before, samples.is_true, samples.weights),
        table_after=make_reliability_table(fitted.held_out, samples.is_true, samples.weights),
        error_before=calibration_error(before, samples.is_true, samples.weights),
        error_after=calibration_error(fitted.held_out, samples.is_true, samples.weights),
        sets=tuple(
            _score_set(*parts, config.score, score) for parts in zip(sets, old, new, strict=True)
        ),
    )


def _pool(parts: Sequence[RankedDetections], shares: NDArray[np.float64]) -> Samples:
    return Samples(
        raw=np.concatenate([part.scores for part in parts]),
        is_true=np.concatenate([part.is_true for part in parts]),
        weights=np.concatenate(
            [
                np.full(len(part), share / max(len(part), 1))
                for part, share in zip(parts, shares, strict=True)
            ]
        ),
        folds=np.concatenate([split_images(part.image_ids) for part in parts]),
    )


def _split(scores: NDArray[np.float32], sets: Sequence[LabelledSet]) -> list[RankedDetections]:
    """The detections of each set with other scores."""
    ends = np.cumsum([len(one.detections) for one in sets])
    own = np.split(scores.astype(np.float64), ends[:-1])
    return [replace(one.detections, scores=some) for one, some in zip(sets, own, strict=True)]


def _choose_score(parts: Sequence[RankedDetections], shares: NDArray[np.float64]) -> float:
    means = [
        np.average([f1_at(part, score) for part in parts], weights=shares)
        for score in _DEFAULT_SCORES
    ]
    return float(_DEFAULT_SCORES[int(np.argmax(means))])


def _score_set(
    one: LabelledSet,
    before: RankedDetections,
    after: RankedDetections,
    score_before: float,
    score_after: float,
) -> SetScores:
    return SetScores(
        name=one.name,
        num_images=one.num_images,
        num_truth=before.num_truth,
        num_found=len(before),
        error_before=calibration_error(before.scores, before.is_true),
        error_after=calibration_error(after.scores, after.is_true),
        f1_before=f1_at(before, score_before),
        f1_after=f1_at(after, score_after),
        best_f1=find_best_f1(after)[0],
    )


def format_calibration(report: CalibrationReport) -> str:
    """The report as text: reliability before and after, the sets, and the choice."""
    lines = []
    for title, error, table in (
        ("before", report.error_before, report.table_before),
        ("after, each image with a map fitted without it", report.error_after, report.table_after),
    ):
        lines += [
            f"reliability {title}: calibration error {error:.3f}",
            "      score   count    mean   right   95 % interval",
            *(
                f"  {row.low:.1f} - {row.high:.1f} {row.count:>7,} {row.mean_score:>7.3f} "
                f"{row.precision:>7.3f}   {row.precision_low:.3f} - {row.precision_high:.3f}"
                for row in table
            ),
            "",
        ]
    lines += _format_sets(report)
    losses = ", ".join(f"{name} {loss:.4f}" for name, loss in report.fitted.losses.items())
    lines += ["", f"log loss on images not fitted to: {losses}; least: {report.fitted.family}"]
    if report.after.calibration is not None:
        a, b, c = report.after.calibration
        lines.append(
            f"logit(calibrated) = {a:.4g} ln(raw) - {b:.4g} ln(1 - raw) {'+-'[c < 0]} {abs(c):.4g}"
        )
    lines.append(f"default score {report.before.score:.2f} -> {report.after.score:.2f}")
    return "\n".join(lines)


def _format_sets(report: CalibrationReport) -> list[str]:
    width = max(len("set"), *(len(one.name) for one in report.sets))
    head = f"{'set':<{width}} images    true   found    calib. error        F1          best F1"
    return [
        head,
        *(
            f"{one.name:<{width}} {one.num_images:>6,} {one.num_truth:>7,} {one.num_found:>7,}"
            f"   {one.error_before:.3f} -> {one.error_after:.3f}"
            f"   {one.f1_before:.3f} -> {one.f1_after:.3f}   {one.best_f1:.3f}"
            for one in report.sets
        ),
    ]
