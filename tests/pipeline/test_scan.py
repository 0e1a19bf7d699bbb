from __future__ import annotations

import threading

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.config import DetectConfig, PredictConfig, TileConfig
from geoseg.crs import WGS84, transform_polygons
from geoseg.errors import RasterError
from geoseg.jobs import ShardMemory
from geoseg.pipeline import ShardWork, find_detections, make_frame
from geoseg.pipeline.frame import to_ground
from geoseg.types import Detection, Footprints, ImageBlock, ShardResult, Window
from tests.bright import (
    ROOFS_PX,
    SHAPE_HW,
    BrightDetector,
    assert_same_buildings,
    make_scene,
    place_roofs,
)
from tests.pipeline.placed import (
    CONFIG,
    CountingProgress,
    DistantRunner,
    PlacedScan,
    PlacedSource,
)

PIXEL_M2 = 0.09


def areas_px(scan: PlacedScan) -> list[int]:
    """Ground areas in scene pixels, at the scale of UTM on its central meridian."""
    return sorted(np.round(scan.footprints.areas_m2 * 0.9996**2 / PIXEL_M2).astype(int).tolist())


def assert_places(footprints: Footprints, roofs_px: list[tuple[int, int, int, int]]) -> None:
    found = transform_polygons(footprints.polygons, footprints.crs, WGS84)
    assert_same_buildings(found, place_roofs(roofs_px=roofs_px))


def test_each_building_is_found_once_and_whole_across_seams() -> None:
    source = PlacedSource(make_scene())
    found = find_detections(source, BrightDetector(), CONFIG)
    assert [tuple(one.box.tolist()) for one in found] == sorted(ROOFS_PX)
    scan = PlacedScan(source)
    assert_places(scan.footprints, [*ROOFS_PX])
    assert scan.plan.num_tiles == 4
    assert scan.scan.num_valid_px == SHAPE_HW[0] * SHAPE_HW[1]


def test_areas_are_those_of_the_ground() -> None:
    footprints = PlacedScan(PlacedSource(make_scene())).footprints
    # 40 x 60 pixels of 0.3 m, at the scale of UTM on its central meridian, are 216 m2.
    assert footprints.areas_m2[0] == pytest.approx(40 * 60 * PIXEL_M2 / 0.9996**2, rel=0.01)


@pytest.mark.parametrize("tiles_per_side", [1, 8])
def test_a_roof_larger_than_a_tile_is_put_together(tiles_per_side: int) -> None:
    roofs = [(100, 50, 160, 750)]
    source = PlacedSource(make_scene((300, 800), roofs))
    assert_places(PlacedScan(source, tiles_per_side=tiles_per_side).footprints, roofs)


def test_an_area_limits_tiles_and_keeps_buildings_whole_by_their_centre() -> None:
    source = PlacedSource(make_scene((700, 700), [(20, 20, 60, 60), (20, 280, 60, 340)]))
    progress = CountingProgress()
    # Holds the centre of the first roof, and a third of the second.
    scan = PlacedScan(source, area_px=shapely.box(0, 0, 300, 50), progress=progress)
    assert scan.plan.num_tiles == 2
    assert progress.told[0] == ("tiles", 2)
    assert areas_px(scan) == pytest.approx([40 * 40], rel=0.01)


def test_an_area_elsewhere_has_no_tiles_and_no_buildings() -> None:
    scan = PlacedScan(PlacedSource(make_scene()), area_px=shapely.box(5000, 5000, 5100, 5100))
    assert (scan.plan.num_tiles, len(scan.plan), scan.batches) == (0, 0, [])


def test_ground_without_data_counts_for_nothing() -> None:
    hole = Window(0, 0, 120, 100)
    scan = PlacedScan(PlacedSource(make_scene(), hole))
    # The roof in the hole is dropped although its pixels are bright.
    assert_places(scan.footprints, sorted(ROOFS_PX)[1:])
    assert scan.scan.num_valid_px == SHAPE_HW[0] * SHAPE_HW[1] - hole.area_px


def test_a_raster_without_data_is_not_shown_to_the_model() -> None:
    detector = BrightDetector()
    scan = PlacedScan(PlacedSource(make_scene(), Window(0, 0, 420, 330)), detector)
    assert (scan.batches, scan.scan.num_valid_px, detector.num_seen) == ([], 0, [])


@pytest.mark.parametrize("runner", [None, DistantRunner(1)])
def test_every_tile_is_told_and_the_stage_ends(runner: DistantRunner | None) -> None:
    progress = CountingProgress()
    PlacedScan(PlacedSource(make_scene((1000, 700), [])), progress=progress, runner=runner)
    assert progress.told[0] == ("tiles", 12)
    assert progress.num_steps == 12
    assert progress.told[-1] == ("finish", 0)


def test_what_is_kept_is_not_done_again_but_told() -> None:
    source, store = PlacedSource(make_scene((1000, 700))), ShardMemory()
    whole = PlacedScan(source, tiles_per_side=1)
    finished = dict(enumerate(_results(source, whole)))
    for index in (0, 3, 4, 11):
        store.put(finished[index])
    detector, progress = BrightDetector(), CountingProgress()
    again = PlacedScan(source, detector, tiles_per_side=1, store=store, progress=progress)
    assert sum(detector.num_seen) == 12 - 4
    assert progress.num_steps == 12
    assert _wkb(again.footprints) == _wkb(whole.footprints)
    assert again.scan.num_valid_px == whole.scan.num_valid_px


def _results(source: PlacedSource, scan: PlacedScan) -> list[ShardResult]:
    work = ShardWork(source, BrightDetector, scan.plan, make_frame(source), CONFIG)
    return [work(index) for index in range(len(scan.plan))]


def _wkb(footprints: Footprints) -> list[bytes]:
    return shapely.to_wkb(footprints.polygons).tolist()  # type: ignore[no-any-return]


@settings(max_examples=15)
@given(down=st.integers(0, 130), right=st.integers(0, 170), overlap_px=st.integers(48, 150))
def test_moving_the_raster_changes_no_building(down: int, right: int, overlap_px: int) -> None:
    config = PredictConfig(tiles=TileConfig(overlap_px=overlap_px))
    scene = make_scene()
    frame = np.full((3, SHAPE_HW[0] + 130, SHAPE_HW[1] + 170), 50, np.uint8)
    frame[:, down : down + SHAPE_HW[0], right : right + SHAPE_HW[1]] = scene
    found = find_detections(PlacedSource(frame), BrightDetector(), config)
    move = np.array([down, right, down, right])
    assert [tuple(one.box.tolist()) for one in found] == sorted(
        tuple((np.array(roof) + move).tolist()) for roof in ROOFS_PX
    )


class BrokenSource(PlacedSource):
    """Cannot read what meets a bad row of pixels."""

    def read(self, window: Window) -> ImageBlock:
        if window.row_off <= 320 < window.row_off + window.height:
            raise RasterError(f"scene: window {tuple(window)} cannot be read.")
        return super().read(window)


@pytest.mark.parametrize("tiles_per_side", [1, 8])
def test_a_failed_read_is_passed_on_and_the_stage_ends(tiles_per_side: int) -> None:
    progress = CountingProgress()
    with pytest.raises(RasterError, match="cannot be read"):
        PlacedScan(BrokenSource(make_scene()), progress=progress, tiles_per_side=tiles_per_side)
    assert progress.told[-1] == ("finish", 0)


@pytest.mark.parametrize("tiles_per_side", [1, 8])
def test_tiles_that_cannot_be_read_are_left_out_and_named(tiles_per_side: int) -> None:
    progress = CountingProgress()
    scan = PlacedScan(
        BrokenSource(make_scene()),
        progress=progress,
        tiles_per_side=tiles_per_side,
        skips_unreadable=True,
    )
    # Of two rows of tiles the lower one holds the bad row of pixels.
    assert sorted(scan.scan.unread) == [Window(0, 30, 300, 300), Window(120, 30, 300, 300)]
    # The lowest roof is seen as far as the upper tiles reach.
    seen = [(y1, x1, min(y2, 300), x2) for y1, x1, y2, x2 in ROOFS_PX]
    assert_places(scan.footprints, seen)
    assert progress.num_steps == 4


class SlowSource(PlacedSource):
    """Takes its time for every read but the first."""

    def __init__(self, bands: NDArray[np.uint8]) -> None:
        super().__init__(bands)
        self.may_go_on = threading.Event()
        self.num_started = self.num_ended = 0
        self.reader: threading.Thread | None = None

    def read(self, window: Window) -> ImageBlock:
        self.reader = threading.current_thread()
        self.num_started += 1
        if self.num_started > 1:
            self.may_go_on.wait(30)
        self.num_ended += 1
        return super().read(window)


class InterruptedDetector(BrightDetector):
    """Is interrupted as by Ctrl-C while the next shard is being read."""

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        raise KeyboardInterrupt


def test_an_interruption_waits_for_no_read_and_begins_none() -> None:
    source = SlowSource(make_scene())
    with pytest.raises(KeyboardInterrupt):
        PlacedScan(source, InterruptedDetector(), tiles_per_side=1)
    # The second read, if it has begun, is going on still.
    assert source.num_ended == 1
    source.may_go_on.set()
    # Its thread ends with it, and takes up no other.
    assert source.reader is not None
    source.reader.join(30)
    assert not source.reader.is_alive()
    assert source.num_started == source.num_ended <= 2


def test_detections_mostly_without_data_are_dropped_by_the_share_asked_for() -> None:
    # Covers the upper 30 of the 40 rows of the first roof.
    source = PlacedSource(make_scene(), Window(0, 0, 420, 50))
    kept = PredictConfig(detect=DetectConfig(min_valid_share=0.2))
    assert len(PlacedScan(source).footprints) == len(ROOFS_PX) - 1
    assert len(PlacedScan(source, config=kept).footprints) == len(ROOFS_PX)


def test_an_area_on_the_ground_has_the_corners_of_its_pixels() -> None:
    area = to_ground(shapely.box(10, 20, 30, 50), PlacedSource(make_scene()))
    assert area.bounds == pytest.approx((500_003, 6_649_985, 500_009, 6_649_994))
