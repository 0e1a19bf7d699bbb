from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.pipeline.waiting import Waiting
from geoseg.types import Detection, PendingOutlines

Box = tuple[float, float, float, float]

BELOW = [(100.0, -math.inf, math.inf, math.inf)]
boxes = st.tuples(
    st.integers(0, 300), st.integers(0, 9000), st.integers(1, 60), st.integers(1, 5000)
).map(lambda place: (place[0], place[1], place[0] + place[2], place[1] + place[3]))


def make_detection(box: Box) -> Detection:
    return Detection(np.array(box, np.float32), 0.9, np.ones((2, 2), np.float16), 0, 0)


def make_outlines(*some: Box) -> PendingOutlines:
    array = np.array(some, np.float32).reshape(-1, 4)
    y1, x1, y2, x2 = array.astype(float).T
    return PendingOutlines(shapely.box(x1, -y2, x2, -y1), np.ones(len(array), np.float32), array)


def fill(detections: Sequence[Box], outlines: Sequence[Box]) -> Waiting:
    waiting = Waiting()
    waiting.put([make_detection(box) for box in detections], make_outlines(*outlines))
    return waiting


def read(taken: tuple[list[Detection], PendingOutlines]) -> tuple[list[Box], list[Box]]:
    detections, outlines = taken
    return sorted(tuple(one.box.tolist()) for one in detections), sorted(
        tuple(box) for box in outlines.boxes.tolist()
    )


def test_nothing_waits_at_first() -> None:
    waiting = Waiting()
    assert len(waiting) == 0
    assert read(waiting.take_strip(-math.inf, math.inf)) == ([], [])
    assert read(waiting.take_apart(BELOW, 1)) == ([], [])


def test_a_strip_takes_what_touches_it_and_leaves_the_rest() -> None:
    # The last one begins two bins before the strip.
    row = [(0, 10, 5, 20), (0, 6000, 5, 6010), (0, 100, 5, 6000)]
    waiting = fill(row, row)
    assert read(waiting.take_strip(6000, 7000)) == (sorted(row[1:]), sorted(row[1:]))
    assert len(waiting) == 2
    assert read(waiting.take_strip(-math.inf, math.inf)) == (row[:1], row[:1])


@given(
    detections=st.lists(boxes, max_size=12),
    outlines=st.lists(boxes, max_size=12),
    left=st.integers(0, 9000),
    width=st.integers(0, 5000),
)
def test_strips_are_those_of_all_boxes(
    detections: list[Box], outlines: list[Box], left: int, width: int
) -> None:
    def inside(some: list[Box]) -> list[Box]:
        return sorted(box for box in some if box[3] >= left and box[1] <= left + width)

    waiting = fill(detections, outlines)
    taken = waiting.take_strip(left, left + width)
    assert read(taken) == (inside(detections), inside(outlines))
    assert len(waiting) == len(detections) + len(outlines) - len(taken[0]) - len(taken[1])
    # What is put back is found again.
    waiting.put(*taken)
    assert read(waiting.take_strip(-math.inf, math.inf)) == (sorted(detections), sorted(outlines))


def test_what_is_connected_with_unseen_ground_stays() -> None:
    # From the left: reaches it; comes near one that does; a chain over another; apart.
    outlines = [(90, 0, 101, 10), (80, 3000, 89, 3010), (50, 6000, 60, 9000)]
    detections = [(88, 3000, 105, 3010), (60, 8990, 99, 9005), (10, 0, 20, 10)]
    waiting = fill(detections, outlines)
    assert read(waiting.take_apart(BELOW, 2)) == ([(10, 0, 20, 10)], [])
    assert read(waiting.take_apart([], 2)) == (sorted(detections[:2]), sorted(outlines))
    assert len(waiting) == 0


def test_order_does_not_depend_on_when_it_came() -> None:
    places = [(0, 9000, 5, 9010), (0, 10, 5, 20), (0, 5000, 5, 5010)]
    taken = [
        [one.box.tolist() for one in fill(order, []).take_strip(0, math.inf)[0]]
        for order in (places, places[::-1])
    ]
    assert taken[0] == taken[1]
