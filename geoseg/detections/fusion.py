"""One detection per object, where the same tile was looked at several times.

Weighted boxes fusion (Solovyev et al. 2021, "Weighted boxes fusion: ensembling boxes from different
object detection models"), with soft masks averaged the way that the boxes are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geoseg.masks import sample_mask
from geoseg.types import Detection

# Boxes of two views that overlap by less are two objects.
MIN_IOU = 0.5


@dataclass
class _Group:
    """Detections of one object, at most one of each view.

    Attributes:
        members: best first.
        views: the view of each.
        box: float64 (4,), mean of the members' boxes, weighted by score.
    """

    members: list[Detection] = field(default_factory=list)
    views: set[int] = field(default_factory=set)
    box: NDArray[np.float64] = field(default_factory=lambda: np.zeros(4))

    def add(self, detection: Detection, view: int) -> None:
        self.members.append(detection)
        self.views.add(view)
        scores = [member.score for member in self.members]
        self.box = np.average(
            [member.box.astype(np.float64) for member in self.members], axis=0, weights=scores
        )


def fuse_views(views: Sequence[Sequence[Detection]], min_score: float = 0.0) -> list[Detection]:
    """Fuse what several views of one image show.

    Detections are taken by descending score; each joins the group of its class whose mean box it
    overlaps most, if that has none of its view yet, or opens one. The score of a group is the sum
    of its scores divided by the number of views: what few of them see becomes doubtful.

    Args:
        views: detections of each view, all in the pixels of the image, scores above 0.
        min_score: fused detections that score less are left out.

    Returns:
        Fused detections, best first. A box of several views fits its mask, which has one cell a
        pixel; what one view alone has seen keeps box and mask.
    """
    found = [(one, view) for view, some in enumerate(views) for one in some]
    # Boxes, and what else a view shows, settle ties, so that the order of the views does not.
    contents = [sorted((-one.score, *one.box.tolist()) for one in some) for some in views]
    found.sort(key=lambda item: (-item[0].score, *item[0].box.tolist(), contents[item[1]]))
    groups: list[_Group] = []
    for detection, view in found:
        group = _find_group(groups, detection, view)
        if group is None:
            group = _Group()
            groups.append(group)
        group.add(detection, view)
    fused = [_fuse(group.members, len(views)) for group in groups]
    kept = [one for one in fused if one.score >= min_score]
    return sorted(kept, key=lambda one: -one.score)


def _find_group(groups: Sequence[_Group], detection: Detection, view: int) -> _Group | None:
    open_ones = [
        group
        for group in groups
        if view not in group.views and group.members[0].class_index == detection.class_index
    ]
    if not open_ones:
        return None
    ious = _box_ious(detection.box, np.stack([group.box for group in open_ones]))
    best = int(np.argmax(ious))
    return open_ones[best] if ious[best] >= MIN_IOU else None


def _box_ious(box: NDArray[np.floating], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """IoU of a box (4,) with others (N, 4)."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    shared = np.prod(np.maximum(sides, 0.0), axis=1)
    together = np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1) - shared
    return np.divide(shared, together, out=np.zeros_like(shared), where=together > 0)


def _fuse(members: Sequence[Detection], num_views: int) -> Detection:
    scores = np.array([member.score for member in members])
    score = float(scores.sum() / num_views)
    if len(members) == 1:
        return replace(members[0], score=score)
    boxes = np.stack([member.box for member in members])
    y1, x1 = np.floor(boxes[:, :2].min(axis=0)).astype(int).tolist()
    y2, x2 = np.ceil(boxes[:, 2:].max(axis=0)).astype(int).tolist()
    sampled = [sample_mask(member.mask, member.box, (y1, x1, y2, x2)) for member in members]
    mask = np.average(sampled, axis=0, weights=scores)
    rows, cols = _span(mask.max(axis=1)), _span(mask.max(axis=0))
    box = np.array([y1 + rows.start, x1 + cols.start, y1 + rows.stop, x1 + cols.stop], np.float32)
    return replace(members[0], box=box, score=score, mask=mask[rows, cols].astype(np.float16))


def _span(profile: NDArray[np.floating]) -> slice:
    """Where a soft mask is inside, and a pixel more; all of it where it is nowhere."""
    inside = np.flatnonzero(profile > 0.5)
    if not len(inside):
        return slice(0, len(profile))
    return slice(max(0, int(inside[0]) - 1), min(len(profile), int(inside[-1]) + 2))
