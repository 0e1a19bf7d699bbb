from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.detections.fusion import fuse_views
from geoseg.masks import paste_mask
from geoseg.types import Detection


def see(*box: float, score: float = 0.8, class_index: int = 0) -> Detection:
    """A rectangle, seen perfectly."""
    mask = np.ones((28, 28), np.float16)
    return Detection(np.array(box, np.float32), score, mask, class_index)


def test_one_object_of_two_views_worked_by_hand() -> None:
    (fused,) = fuse_views([[see(10, 10, 30, 30, score=0.9)], [see(10, 10, 30, 40, score=0.6)]])
    assert fused.score == pytest.approx((0.9 + 0.6) / 2)
    # Of the right third only 0.6 of 1.5 is sure: below one half.
    pixels = paste_mask(fused.mask, fused.box, (50, 50))
    assert pixels[10:30, 10:30].all()
    assert pixels.sum() == 400
    # A pixel of margin where the views see one, so that the outline has both sides.
    assert fused.box.tolist() == [10, 10, 30, 31]
    assert fused.mask.dtype == np.float16


def test_what_one_view_alone_sees_becomes_doubtful_and_keeps_its_shape() -> None:
    alone = see(10.5, 10.2, 30, 30, score=0.8)
    (fused,) = fuse_views([[alone], [], [], []])
    assert fused.score == pytest.approx(0.2)
    assert fused.box is alone.box
    assert fused.mask is alone.mask
    assert fuse_views([[alone], [], [], []], min_score=0.3) == []


def test_neighbours_and_other_classes_stay_apart() -> None:
    # IoU 1/3 with the second, and the very place of the third.
    views = [
        [see(0, 0, 20, 20, score=0.9)],
        [see(0, 10, 20, 30), see(0, 0, 20, 20, class_index=1, score=0.7)],
    ]
    assert [round(one.score, 3) for one in fuse_views(views)] == [0.45, 0.4, 0.35]


def test_two_objects_of_one_view_are_never_one() -> None:
    views = [[see(0, 0, 20, 20, score=0.9), see(0, 2, 20, 22, score=0.5)], [see(0, 1, 20, 21)]]
    first, second = fuse_views(views)
    assert first.score == pytest.approx((0.9 + 0.8) / 2)
    assert second.score == pytest.approx(0.25)


def test_the_nearest_object_is_joined() -> None:
    views = [
        [see(0, 0, 20, 20, score=0.9), see(0, 8, 20, 28, score=0.85)],
        [see(0, 7, 20, 27, score=0.5)],
    ]
    assert [round(one.score, 3) for one in fuse_views(views)] == [0.675, 0.45]


@pytest.mark.parametrize("views", [[[]], [[], []]])
def test_nothing_seen_is_nothing_found(views: list[list[Detection]]) -> None:
    assert fuse_views(views) == []


boxes = st.tuples(
    st.integers(0, 40), st.integers(0, 40), st.integers(4, 20), st.integers(4, 20)
).map(lambda one: (one[0], one[1], one[0] + one[2], one[1] + one[3]))
seen = st.lists(st.tuples(boxes, st.integers(1, 99)), max_size=5).map(
    lambda some: [see(*box, score=score / 100) for box, score in some]
)


@given(st.lists(seen, min_size=1, max_size=4))
def test_scores_are_shared_out_and_boxes_stay_inside(views: list[list[Detection]]) -> None:
    fused = fuse_views(views)
    total = sum(one.score for some in views for one in some)
    assert sum(one.score for one in fused) == pytest.approx(total / len(views))
    assert [one.score for one in fused] == sorted((one.score for one in fused), reverse=True)
    for one in fused:
        assert (one.box >= 0).all()
        assert (one.box <= 60).all()
        assert (one.box[2:] > one.box[:2]).all()


@given(st.lists(seen, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_the_views_changes_nothing(
    views: list[list[Detection]], random: object
) -> None:
    shuffled = list(views)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = fuse_views(views), fuse_views(shuffled)
    assert [found.score for found in one] == pytest.approx([found.score for found in other])


def test_equal_scores_and_boxes_are_taken_by_what_else_their_view_shows() -> None:
    same = see(0, 0, 4, 4, score=0.01)
    views = [[same, same, same], [same, same, same, see(0, 0, 4, 5, score=0.02)]]
    one, other = fuse_views(views), fuse_views(views[::-1])
    assert [found.score for found in one] == pytest.approx([found.score for found in other])
