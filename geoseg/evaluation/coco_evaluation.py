"""All that one run says of COCO results: some images beside all, one file against another."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from geoseg.errors import DatasetError
from geoseg.evaluation.bootstrap import (
    NUM_RESAMPLES,
    ScoreDifference,
    ScoreIntervals,
    estimate_difference,
    estimate_intervals,
)
from geoseg.evaluation.coco import CocoScores, score_matches
from geoseg.evaluation.coco_files import choose_images, read_truth
from geoseg.evaluation.coco_matches import CocoMatches, match_predictions
from geoseg.evaluation.coco_table import ScoredColumn, format_columns, format_difference
from geoseg.evaluation.polygon_scores import PolygonScores
from geoseg.evaluation.report import format_scores


@dataclass(frozen=True)
class CocoRequest:
    """What to find out.

    Attributes:
        score: see `CocoScores.f1`.
        only: file names of images that are scored beside all; None for none.
        category: taken for the category of every prediction; None takes theirs.
        against: another predictions file to compare with; None for none.
        num_resamples: for intervals; 0 for none, unless there is something to compare with.
        seed: of the resamples.
        num_processes: see `geoseg.evaluation.spreading.spread`.
    """

    score: float = 0.5
    only: frozenset[str] | None = None
    category: int | None = None
    against: Path | None = None
    num_resamples: int = 0
    seed: int = 0
    num_processes: int = 1


@dataclass(frozen=True)
class ScoredSet:
    """A set of images.

    Attributes:
        scores: of the predictions.
        intervals: of the two figures of the challenge; None where they were not asked for.
        against: scores of the other predictions file; None for none.
        difference: between the two; None likewise.
    """

    scores: CocoScores
    intervals: ScoreIntervals | None = None
    against: CocoScores | None = None
    difference: ScoreDifference | None = None


@dataclass(frozen=True)
class CocoEvaluation:
    """What was found out.

    Attributes:
        found: matches of the predictions, to look closer.
        every: all images of the annotation.
        only: the images that were asked for; None for none.
        image_ids: their ids; None likewise.
    """

    found: CocoMatches = field(repr=False)
    every: ScoredSet
    only: ScoredSet | None = None
    image_ids: frozenset[int] | None = field(default=None, repr=False)

    def with_polygons(
        self, every: PolygonScores, only: PolygonScores | None = None
    ) -> CocoEvaluation:
        """The same with how well outlines follow the truth, in all images and in some."""
        return replace(
            self,
            every=_add_polygons(self.every, every),
            only=None if self.only is None else _add_polygons(self.only, only),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values: the scores of all images, with what was asked for besides."""
        values = _to_dict(self.every)
        if self.only is not None:
            values["only"] = _to_dict(self.only)
        return values


def evaluate_coco(
    predictions_json: Path, annotation_json: Path, request: CocoRequest | None = None
) -> CocoEvaluation:
    """Score COCO results in as many ways as were asked for, reading and matching once.

    Args:
        predictions_json: as of `geoseg.evaluation.evaluate_predictions`.
        annotation_json: likewise.
        request: None for the scores of all images alone.

    Raises:
        DatasetError: as of `geoseg.evaluation.evaluate_predictions`.
        ConfigError: a number is out of range.
    """
    request = request or CocoRequest()
    paths = [path for path in (predictions_json, request.against) if path is not None]
    missing = next((path for path in paths if not path.is_file()), None)
    if missing is not None:
        # Said before minutes have gone into the other file.
        raise DatasetError(f"{missing}: no such file.")
    truth = read_truth(annotation_json, num_processes=request.num_processes)
    image_ids = None if request.only is None else choose_images(truth, request.only)
    found = [
        match_predictions(
            path, truth, category=request.category, num_processes=request.num_processes
        )
        for path in paths
    ]
    return CocoEvaluation(
        found=found[0],
        every=_score_set(found, None, request),
        only=None if image_ids is None else _score_set(found, image_ids, request),
        image_ids=image_ids,
    )


def format_evaluation(
    evaluation: CocoEvaluation, title: str = "predictions", other_title: str = "against"
) -> str:
    """The scores as text: a table of one column, or of as many as there are.

    Args:
        evaluation: what was found out.
        title: of the predictions.
        other_title: of those that they are compared with.
    """
    sets = [("all images", evaluation.every)]
    if evaluation.only is not None:
        sets.append(("listed images", evaluation.only))
    tables = [
        format_difference(
            heading,
            ScoredColumn(title, one.scores),
            ScoredColumn(other_title, one.against),
            one.difference,
        )
        for heading, one in sets
        if one.against is not None and one.difference is not None
    ]
    if tables:
        return "\n\n".join(tables)
    if len(sets) == 1 and evaluation.every.intervals is None:
        return format_scores(evaluation.every.scores)
    return format_columns(
        [ScoredColumn(heading, one.scores, one.intervals) for heading, one in sets]
    )


def _score_set(
    found: list[CocoMatches], image_ids: frozenset[int] | None, request: CocoRequest
) -> ScoredSet:
    scores = [score_matches(one, score=request.score, image_ids=image_ids) for one in found]
    if len(found) == 2:
        one, two = found
        num_resamples = request.num_resamples or NUM_RESAMPLES
        difference = estimate_difference(
            one, two, image_ids, num_resamples=num_resamples, seed=request.seed
        )
        return ScoredSet(scores[0], None, scores[1], difference)
    if request.num_resamples:
        intervals = estimate_intervals(
            found[0], image_ids, num_resamples=request.num_resamples, seed=request.seed
        )
        return ScoredSet(scores[0], intervals)
    return ScoredSet(scores[0])


def _add_polygons(one: ScoredSet, polygons: PolygonScores | None) -> ScoredSet:
    return replace(one, scores=replace(one.scores, polygons=polygons))


def _to_dict(one: ScoredSet) -> dict[str, Any]:
    values = one.scores.to_dict()
    for name in ("intervals", "against", "difference"):
        value = getattr(one, name)
        if value is not None:
            values[name] = asdict(value)
    return values
