from __future__ import annotations

import numpy as np
import pytest

from geoseg.config import MaskRCNNConfig
from geoseg.errors import ConfigError
from geoseg.evaluation import LabelledSet, RankedDetections, calibrate_sets, format_calibration
from geoseg.evaluation.ranking import f1_at
from geoseg.scores import calibrate_scores


def _make_set(
    name: str, calibration: tuple[float, float, float], count: int, weight: float = 1.0
) -> LabelledSet:
    """Detections in 20 images that are right as often as a map says; a tenth is not found."""
    random = np.random.default_rng(count)
    raw = random.random(count)
    is_true = random.random(count) < calibrate_scores(raw, calibration)
    num_truth = int(is_true.sum() * 1.1)
    found = RankedDetections(raw, is_true, np.arange(count) % 20, num_truth)
    return LabelledSet(name, 20, found, weight)


def test_scores_of_an_overconfident_model_become_true() -> None:
    report = calibrate_sets(
        [_make_set("a", (1.0, 1.0, -1.5), 4000), _make_set("b", (1.0, 1.0, -1.5), 1000)],
        MaskRCNNConfig(),
    )
    assert report.after.calibration == pytest.approx((1.0, 1.0, -1.5), abs=0.25)
    assert report.error_before > 0.15
    assert report.error_after < 0.03
    for one in report.sets:
        assert one.error_after < one.error_before / 3
        assert one.best_f1 >= one.f1_after >= one.f1_before - 0.01
    assert report.before == MaskRCNNConfig()


def test_the_default_score_gives_the_best_mean_f1() -> None:
    sets = [_make_set("a", (2.0, 1.0, -1.0), 3000), _make_set("b", (1.0, 1.0, 0.5), 600)]
    report = calibrate_sets(sets, MaskRCNNConfig())
    held_out = np.split(report.fitted.held_out.astype(float), [3000])
    parts = [
        RankedDetections(
            scores, one.detections.is_true, one.detections.image_ids, one.detections.num_truth
        )
        for scores, one in zip(held_out, sets, strict=True)
    ]

    def mean_f1(score: float) -> float:
        return (f1_at(parts[0], score) + f1_at(parts[1], score)) / 2

    assert mean_f1(report.after.score) >= max(mean_f1(number / 20) for number in range(1, 20))
    assert report.sets[1].f1_after == pytest.approx(f1_at(parts[1], report.after.score))


def test_a_set_counts_by_its_weight_and_not_by_its_size() -> None:
    large, small = _make_set("a", (1.0, 1.0, -2.0), 6000), _make_set("b", (1.0, 1.0, 2.0), 600)

    def offset(weight: float) -> float:
        report = calibrate_sets([large, small._replace(weight=weight)], MaskRCNNConfig())
        assert report.after.calibration is not None
        return calibrate_scores(np.array([0.5]), report.after.calibration)[0]

    assert offset(1.0) == pytest.approx(0.5, abs=0.06)
    assert offset(0.0) == pytest.approx(1 / (1 + np.exp(2)), abs=0.03)
    assert offset(20.0) > 0.8


def test_what_was_calibrated_before_is_measured_as_it_was() -> None:
    one = _make_set("a", (1.0, 1.0, -1.5), 4000)
    report = calibrate_sets([one], MaskRCNNConfig(calibration=(1.0, 1.0, -1.5)))
    assert report.error_before < 0.03
    assert report.after.calibration == pytest.approx((1.0, 1.0, -1.5), abs=0.25)


@pytest.mark.parametrize("weight", [0.0, -1.0])
def test_a_weight_must_be_above_0(weight: float) -> None:
    with pytest.raises(ConfigError, match="weights of sets must be at least 0, and one above"):
        calibrate_sets([_make_set("a", (1.0, 1.0, 0.0), 100, weight)], MaskRCNNConfig())


def test_the_text_says_what_was_chosen() -> None:
    report = calibrate_sets([_make_set("houses", (1.0, 1.0, -1.5), 4000)], MaskRCNNConfig())
    lines = format_calibration(report).splitlines()
    assert lines[0] == f"reliability before: calibration error {report.error_before:.3f}"
    assert lines[-1] == f"default score 0.50 -> {report.after.score:.2f}"
    assert sum(line.startswith("  0.") for line in lines) == len(
        [*report.table_before, *report.table_after]
    )
    (row,) = (line for line in lines if line.startswith("houses"))
    assert f"{report.sets[0].f1_before:.3f} -> {report.sets[0].f1_after:.3f}" in row
