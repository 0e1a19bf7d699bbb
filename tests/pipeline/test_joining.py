"""What is joined from shards is what one shard gives, to the byte."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.config import FootprintConfig, PredictConfig
from geoseg.footprints.settle import NEAR_M
from geoseg.types import Footprints
from tests.bright import BrightDetector, make_scene
from tests.pipeline.placed import DistantRunner, PlacedScan, PlacedSource

Roof = tuple[int, int, int, int]


def content(footprints: Footprints) -> list[tuple[bytes, float, float]]:
    """All that a result says, in an order of its own."""
    wkb = shapely.to_wkb(footprints.polygons)
    return sorted(
        zip(wkb.tolist(), footprints.scores.tolist(), footprints.areas_m2.tolist(), strict=True)
    )


def draw_roofs(seed: int, shape_hw: tuple[int, int], step_px: int) -> list[Roof]:
    """Roofs of many sizes in rows; many touch, some are larger than a tile."""
    random = np.random.default_rng(seed)
    roofs = []
    for top in range(4, shape_hw[0] - step_px, step_px):
        for left in range(4, shape_hw[1] - step_px, step_px):
            height, width = random.integers(12, step_px + 2, 2).tolist()
            roofs.append((top, left, top + height, left + width))
    long = int(random.integers(0, shape_hw[0] - 40))
    return [*roofs, (long, 30, long + 25, shape_hw[1] - 60)]


class WideDetector(BrightDetector):
    """Sees outlines a little too wide, so that neighbours overlap."""

    def _detect_one(self, image):  # type: ignore[no-untyped-def]
        found = super()._detect_one(image)
        for number, one in enumerate(found):
            y1, x1, y2, x2 = one.box
            one.box[:] = [max(y1 - 1, 0), max(x1 - 1, 0), min(y2 + 1, 300), min(x2 + 1, 300)]
            object.__setattr__(one, "score", 0.5 + (number * 7 % 40) / 100)
        return found


@settings(max_examples=8)
@given(
    seed=st.integers(0, 1000),
    step_px=st.sampled_from([38, 55, 90]),
    tiles_per_side=st.sampled_from([1, 2, 3]),
    is_wide=st.booleans(),
)
def test_division_into_shards_changes_no_byte(
    seed: int, step_px: int, tiles_per_side: int, is_wide: bool
) -> None:
    shape_hw = (820, 1150)
    source = PlacedSource(make_scene(shape_hw, draw_roofs(seed, shape_hw, step_px)))
    detector = WideDetector() if is_wide else BrightDetector()
    config = PredictConfig(footprints=FootprintConfig(tolerance_m=0.5))
    whole = PlacedScan(source, detector, config, tiles_per_side=99)
    parts = PlacedScan(source, detector, config, tiles_per_side=tiles_per_side)
    assert len(whole.plan) == 1 < len(parts.plan)
    assert len(whole.footprints) > 20
    assert content(parts.footprints) == content(whole.footprints)


@pytest.mark.parametrize("seed", [1, 2])
def test_results_in_any_order_from_elsewhere_give_the_same_batches(seed: int) -> None:
    shape_hw = (820, 1150)
    source = PlacedSource(make_scene(shape_hw, draw_roofs(3, shape_hw, 55)))
    here = PlacedScan(source, tiles_per_side=2)
    elsewhere = PlacedScan(source, tiles_per_side=2, runner=DistantRunner(seed))
    assert len(here.batches) == len(elsewhere.batches) > 4
    for one, other in zip(here.batches, elsewhere.batches, strict=True):
        assert shapely.to_wkb(one.polygons).tolist() == shapely.to_wkb(other.polygons).tolist()


def test_buildings_of_different_batches_do_not_come_close() -> None:
    shape_hw = (820, 1150)
    source = PlacedSource(make_scene(shape_hw, draw_roofs(5, shape_hw, 38)))
    batches = PlacedScan(source, WideDetector(), tiles_per_side=1).batches
    assert len(batches) > 10
    for number, batch in enumerate(batches):
        others = [one.polygons for one in batches[number + 1 :]]
        if others:
            tree = shapely.STRtree(np.concatenate(others))
            near = tree.query(batch.polygons, predicate="dwithin", distance=NEAR_M)
            assert near.size == 0


def test_an_area_gives_what_the_whole_gives_there() -> None:
    shape_hw = (820, 1150)
    source = PlacedSource(make_scene(shape_hw, draw_roofs(7, shape_hw, 55)))
    area = shapely.Polygon([(50, 50), (1100, 300), (900, 800), (400, 350), (100, 700)])
    one = PlacedScan(source, area_px=area, tiles_per_side=99)
    many = PlacedScan(source, area_px=area, tiles_per_side=2)
    assert content(one.footprints) == content(many.footprints)
    assert 10 < len(one.footprints) < 200


def test_what_waits_for_later_shards_does_not_grow_with_the_rows() -> None:
    def most_waiting(num_rows: int) -> int:
        # As many rows of tiles; the pattern of roofs repeats from each to the next.
        shape_hw = (300 + 236 * (num_rows - 1), 1150)
        roofs = [
            (y, x, y + 30, x + 30)
            for y in range(7, shape_hw[0] - 40, 59)
            for x in range(7, shape_hw[1] - 40, 59)
        ]
        source = PlacedSource(make_scene(shape_hw, roofs))
        return max(PlacedScan(source, tiles_per_side=1).num_waiting)

    assert 20 < most_waiting(12) <= most_waiting(4)
