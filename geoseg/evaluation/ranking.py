"""Detections by score, and the F1 that each score gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RankedDetections:
    """Detections of some images, each matched or not.

    Attributes:
        scores: float64 (N,), 0..1.
        is_true: bool (N,), True where a detection is matched with a labelled object.
        image_ids: int64 (N,), the image that each was found in.
        num_truth: labelled objects, found or not.
    """

    scores: NDArray[np.float64]
    is_true: NDArray[np.bool_]
    image_ids: NDArray[np.int64]
    num_truth: int

    def __len__(self) -> int:
        return len(self.scores)


def join_ranked(parts: Sequence[RankedDetections]) -> RankedDetections:
    """The detections of all parts; none for no parts."""
    return RankedDetections(
        scores=np.concatenate([np.zeros(0), *(part.scores for part in parts)]),
        is_true=np.concatenate([np.zeros(0, np.bool_), *(part.is_true for part in parts)]),
        image_ids=np.concatenate([np.zeros(0, np.int64), *(part.image_ids for part in parts)]),
        num_truth=sum(part.num_truth for part in parts),
    )


def f1_at(detections: RankedDetections, score: float) -> float:
    """F1 of the detections that score at least `score`; 0 where nothing is right."""
    is_kept = detections.scores >= score
    num_true = int(detections.is_true[is_kept].sum())
    return 2 * num_true / max(int(is_kept.sum()) + detections.num_truth, 1)


def find_best_f1(detections: RankedDetections) -> tuple[float, float]:
    """The highest F1, and the highest score that gives it; zeros where nothing is right.

    Matching is greedy by score: what scores low takes nothing from what scores high, so that
    one matching serves all scores.

    Example:
        >>> scores, is_true = np.array([0.9, 0.8, 0.7]), np.array([True, False, True])
        >>> found = RankedDetections(scores, is_true, np.zeros(3, np.int64), num_truth=2)
        >>> find_best_f1(found)
        (0.8, 0.7)
    """
    order = np.argsort(-detections.scores, kind="stable")
    scores = detections.scores[order]
    # Equal scores are kept or dropped together: only the last of them counts.
    ends = np.flatnonzero(np.append(scores[1:] != scores[:-1], np.ones(len(scores[:1]), bool)))
    hits = np.cumsum(detections.is_true[order])[ends]
    if not len(hits) or not hits[-1]:
        return 0.0, 0.0
    f1 = 2 * hits / (ends + 1 + detections.num_truth)
    best = int(np.argmax(f1))
    return float(f1[best]), float(scores[ends[best]])
