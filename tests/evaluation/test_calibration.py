from __future__ import annotations

import numpy as np
import pytest

from geoseg.errors import DatasetError
from geoseg.evaluation.calibration import (
    Samples,
    choose_calibration,
    fit_calibration,
    log_loss,
    split_images,
)
from geoseg.evaluation.reliability import calibration_error
from geoseg.scores import IDENTITY, calibrate_scores


def _sample(calibration: tuple[float, float, float], count: int = 8000, seed: int = 0) -> Samples:
    """Detections whose scores mean what a known map says."""
    random = np.random.default_rng(seed)
    raw = random.random(count)
    return Samples(
        raw=raw,
        is_true=random.random(count) < calibrate_scores(raw, calibration),
        weights=np.ones(count),
        folds=np.arange(count) % 5,
    )


def test_a_known_map_is_found_again() -> None:
    true = (1.5, 0.6, -0.8)
    assert fit_calibration(_sample(true, 50_000)) == pytest.approx(true, abs=0.1)


def test_platt_weighs_both_logarithms_alike() -> None:
    a, b, c = fit_calibration(_sample((1.2, 1.2, -1.0), 50_000), "platt")
    assert a == b == pytest.approx(1.2, abs=0.05)
    assert c == pytest.approx(-1.0, abs=0.05)


def test_the_fit_is_the_one_of_an_independent_optimiser() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    samples = _sample((1.4, 0.7, -0.5), 3000)
    weights = np.linspace(0.1, 2, 3000)
    samples = Samples(samples.raw, samples.is_true, weights, samples.folds)

    def loss(values: np.ndarray) -> float:
        log_odds = values[0] * np.log(samples.raw) - values[1] * np.log1p(-samples.raw) + values[2]
        sign = np.where(samples.is_true, -1, 1)
        return float(np.average(np.logaddexp(0, sign * log_odds), weights=weights))

    best = optimize.minimize(loss, [1, 1, 0], method="BFGS").x
    # The targets here are a little softer, by one case on each side.
    assert fit_calibration(samples) == pytest.approx(best, abs=0.01)


def test_a_falling_part_is_left_out() -> None:
    # Right in 60 % of the cases, less so near 1: the weight of ln(1 - raw) would be negative.
    random = np.random.default_rng(3)
    raw = random.random(4000)
    is_true = random.random(4000) < 0.8 * raw**0.5 * (1 - raw) ** 0.2
    a, b, _ = fit_calibration(Samples(raw, is_true, np.ones(4000), np.zeros(4000, int)))
    assert a > 0
    assert b == 0


def test_scores_that_say_the_contrary_are_an_error() -> None:
    raw = np.linspace(0.01, 0.99, 500)
    is_true = np.random.default_rng(0).random(500) > raw
    with pytest.raises(DatasetError, match="more must be right"):
        fit_calibration(Samples(raw, is_true, np.ones(500), np.zeros(500, int)), "platt")


@pytest.mark.parametrize("is_true", [True, False])
def test_all_right_or_all_wrong_is_an_error(is_true: bool) -> None:
    samples = Samples(np.full(9, 0.5), np.full(9, is_true), np.ones(9), np.zeros(9, int))
    with pytest.raises(DatasetError, match="right and wrong detections; got [09] right ones of 9"):
        fit_calibration(samples)


def test_one_image_is_not_enough() -> None:
    samples = _sample((1.0, 1.0, 0.0), 50)
    with pytest.raises(DatasetError, match="detections in two images; got 1"):
        choose_calibration(samples.take(samples.folds == 1))


def test_perfectly_parted_scores_have_a_finite_fit() -> None:
    raw = np.linspace(0.05, 0.95, 40)
    fitted = fit_calibration(Samples(raw, raw > 0.5, np.ones(40), np.zeros(40, int)))
    assert np.isfinite(fitted).all()
    calibrated = calibrate_scores(raw, fitted)
    assert calibrated[0] < 0.05
    assert calibrated[-1] > 0.95


def test_the_family_with_the_least_loss_on_unseen_images_is_taken() -> None:
    fitted = choose_calibration(_sample((2.5, 0.3, -0.2)))
    assert fitted.family == "beta"
    assert fitted.losses["beta"] < fitted.losses["platt"] < fitted.losses["identity"]
    samples = _sample((1.0, 1.0, 0.0))
    assert choose_calibration(samples).losses["identity"] == pytest.approx(
        log_loss(samples.raw, samples.is_true, samples.weights), rel=1e-4
    )


def test_scores_held_out_are_of_maps_that_have_not_seen_their_fold() -> None:
    samples = _sample((1.3, 1.3, -1.5), 3000)
    fitted = choose_calibration(samples)
    is_out = samples.folds == 2
    without = fit_calibration(samples.take(~is_out), fitted.family)
    assert (
        fitted.held_out[is_out].tolist() == calibrate_scores(samples.raw[is_out], without).tolist()
    )
    before = calibration_error(samples.raw, samples.is_true)
    assert calibration_error(fitted.held_out, samples.is_true) < 0.25 * before


def test_the_identity_is_the_identity() -> None:
    assert fit_calibration(_sample((2.0, 1.0, 0.0), 50), "identity") == IDENTITY


def test_an_image_is_never_parted() -> None:
    image_ids = np.random.default_rng(0).integers(0, 40, 300)
    folds = split_images(image_ids)
    assert set(folds.tolist()) == {0, 1, 2, 3, 4}
    for image_id in np.unique(image_ids):
        assert len(set(folds[image_ids == image_id].tolist())) == 1
