from __future__ import annotations

import json

import numpy as np
import pytest
from shapely import Polygon, box

from geoseg.evaluation import match_footprints
from geoseg.evaluation.overlaps import find_overlaps
from geoseg.evaluation.polygon_scores import (
    PolygonScores,
    measure_in_chunks,
    measure_pairs,
    score_polygons,
)

HOUSES = [box(x, 0, x + 10, 10) for x in (0, 20, 40, 60)]


def score(pred: list[Polygon], truth: list[Polygon]) -> PolygonScores:
    sides = np.array(pred, dtype=object), np.array(truth, dtype=object)
    overlaps = find_overlaps(*sides)
    return score_polygons(*sides, match_footprints(*sides, overlaps=overlaps), overlaps)


def test_means_are_of_the_matched_pairs() -> None:
    # In another order; one is 1 m off, one exact with a vertex more, the third beside everything.
    extra = Polygon([(40, 0), (50, 0), (50, 10), (45, 10), (40, 10)])
    scores = score([extra, box(1, 0, 11, 10), box(100, 0, 110, 10)], HOUSES)
    iou = 90 / 110
    assert scores.mean_iou == pytest.approx((1 + iou) / 2)
    assert scores.c_iou == pytest.approx((8 / 9 + iou) / 2)
    assert scores.boundary_iou == pytest.approx((1 + 1 / 3) / 2)
    assert scores.polis_m == pytest.approx(0.25)
    assert scores.polis_px is None
    assert scores.vertex_ratio == 9 / 8
    assert scores.boundary_width_m == 1


def test_splits_and_merges_are_counted() -> None:
    pred = [box(0, 0, 5, 10), box(5, 0, 10, 10), box(20, 0, 50, 10)]
    scores = score(pred, HOUSES)
    assert (scores.num_splits, scores.num_merges) == (1, 1)


def test_without_pairs_there_are_no_means() -> None:
    for pred, truth in (([], HOUSES), (HOUSES, []), ([], [])):
        values = score(pred, truth).to_dict()
        assert values.pop("num_splits") == values.pop("num_merges") == 0
        assert values.pop("boundary_width_m") == 1
        assert set(values.values()) == {None}


def test_scores_are_plain_json() -> None:
    assert json.loads(json.dumps(score(HOUSES, HOUSES).to_dict()))["c_iou"] == 1


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    pred = np.array([box(x, 0, x + 10, 11) for x in range(7)], dtype=object)
    truth = np.array([box(x, 1, x + 9, 11) for x in range(7)], dtype=object)
    whole = measure_pairs(pred, truth, np.ones(7))
    monkeypatch.setattr("geoseg.evaluation.polygon_scores._CHUNK", 3)
    parts = measure_pairs(pred, truth, np.ones(7))
    for name, values in vars(whole).items():
        assert np.array_equal(values, getattr(parts, name)), name
    assert measure_in_chunks(
        lambda some, _: np.full(len(some), len(some)), pred, truth
    ).tolist() == [
        *[3] * 6,
        1,
    ]
