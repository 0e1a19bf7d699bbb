from __future__ import annotations

import pickle

import pytest

from geoseg.pipeline import ShardWork, make_frame
from geoseg.tiles import ShardPlan, make_grid
from geoseg.types import StagedWork
from tests.bright import BrightDetector, make_scene
from tests.pipeline.placed import CONFIG, CountingProgress, PlacedSource


class CountedDetector(BrightDetector):
    """Counts how often it is loaded."""

    num_loaded = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).num_loaded += 1


@pytest.fixture
def work() -> ShardWork:
    source = PlacedSource(make_scene((700, 700)))
    plan = ShardPlan(make_grid(source.shape_hw, CONFIG.tiles), tiles_per_side=2)
    CountedDetector.num_loaded = 0
    progress = CountingProgress()
    return ShardWork(source, CountedDetector, plan, make_frame(source), CONFIG, progress=progress)


def test_it_is_work_of_stages(work: ShardWork) -> None:
    assert isinstance(work, StagedWork)


def test_the_network_is_loaded_once_and_not_before_it_is_needed(work: ShardWork) -> None:
    work.read(0)
    assert CountedDetector.num_loaded == 0
    work.load()
    work(0)
    work(1)
    assert CountedDetector.num_loaded == 1


def test_a_copy_in_another_process_has_no_network_and_tells_nobody(work: ShardWork) -> None:
    work.load()
    copy = pickle.loads(pickle.dumps(work))
    result = copy(3)
    assert CountedDetector.num_loaded == 2
    assert work.progress.told == []  # type: ignore[attr-defined]
    own = work(3)
    assert (result.num_found, result.num_valid_px) == (own.num_found, own.num_valid_px)
    assert work.progress.num_steps == own.num_tiles  # type: ignore[attr-defined]


def test_a_shard_keeps_for_itself_only_what_others_see(work: ShardWork) -> None:
    result = work(0)
    assert len(result.footprints) > 0
    overlap = work._plan.seen_by_others(0)
    for one in result.detections:
        y1, x1, y2, x2 = one.box
        assert any(y1 < b and t < y2 and x1 < r and left < x2 for t, left, b, r in overlap)
