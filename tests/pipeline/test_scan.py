from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg import pipeline
from geoseg.config import DetectConfig, FootprintConfig, PredictConfig, TileConfig
from geoseg.crs import WGS84, transform_polygons
from geoseg.errors import RasterError
from geoseg.pipeline import Scan, scan_raster, to_ground, vectorize
from geoseg.raster.memory import ImageSource
from geoseg.runners.in_process import InProcessRunner
from geoseg.types import Detection, ImageBlock, NoProgress, Progress, Window
from tests.bright import (
    PLACE,
    ROOFS_PX,
    SHAPE_HW,
    UTM,
    BrightDetector,
    assert_same_buildings,
    make_scene,
    place_roofs,
)

CONFIG = PredictConfig(footprints=FootprintConfig(tolerance_m=0.1))


class PlacedSource(ImageSource):
    """The scene at its place on Earth; a part may be without data."""

    def __init__(self, bands: NDArray[np.uint8], hole: Window | None = None) -> None:
        super().__init__("scene", np.moveaxis(bands, 0, 2), gsd_m=0.3)
        self.crs = UTM
        self.transform = PLACE
        self.hole = hole

    def read(self, window: Window) -> ImageBlock:
        block = super().read(window)
        if self.hole is not None:
            y1, x1, y2, x2 = self.hole.box_yx
            rows = slice(max(0, y1 - window.row_off), max(0, y2 - window.row_off))
            cols = slice(max(0, x1 - window.col_off), max(0, x2 - window.col_off))
            block.valid[rows, cols] = False
        return block


class CountingProgress:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def start(self, stage: str, total: int) -> None:
        self.told.append((stage, total))

    def advance(self, steps: int, found: int = 0) -> None:
        self.told.append(("advance", steps))

    def finish(self) -> None:
        self.told.append(("finish", 0))


def scan_scene(
    source: ImageSource,
    detector: BrightDetector | None = None,
    config: PredictConfig = CONFIG,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> Scan:
    return scan_raster(
        source,
        detector or BrightDetector(),
        config,
        runner=InProcessRunner(),
        progress=progress or NoProgress(),
        **options,
    )


def boxes_of(scan: Scan) -> list[tuple[float, ...]]:
    return [tuple(one.box.tolist()) for one in scan.detections]


def test_each_building_is_found_once_and_whole_across_seams() -> None:
    scan = scan_scene(PlacedSource(make_scene()))
    assert scan.num_tiles == 4
    assert boxes_of(scan) == sorted(ROOFS_PX)
    assert scan.area_m2 == pytest.approx(SHAPE_HW[0] * SHAPE_HW[1] * 0.09)


def test_footprints_lie_where_the_roofs_are() -> None:
    source = PlacedSource(make_scene())
    footprints = vectorize(scan_scene(source), source, CONFIG)
    assert_same_buildings(transform_polygons(footprints.polygons, footprints.crs, WGS84),
                          place_roofs())  # fmt: skip
    # 40 x 60 pixels of 0.3 m, at the scale of UTM on its central meridian, are 216 m2.
    assert footprints.areas_m2[0] == pytest.approx(40 * 60 * 0.09 / 0.9996**2, rel=0.01)


def test_a_roof_larger_than_a_tile_is_put_together() -> None:
    roofs = [(100, 50, 160, 750)]
    scan = scan_scene(PlacedSource(make_scene((300, 800), roofs)))
    assert boxes_of(scan) == roofs


def test_an_area_limits_tiles_and_keeps_buildings_whole_by_their_centre() -> None:
    source = PlacedSource(make_scene((700, 700), [(20, 20, 60, 60), (20, 280, 60, 340)]))
    progress = CountingProgress()
    # Holds the centre of the first roof, and a third of the second.
    area = shapely.box(0, 0, 300, 50)
    scan = scan_scene(source, area_px=area, progress=progress)
    assert scan.num_tiles == 2
    assert progress.told[0] == ("tiles", 2)
    assert scan.area_m2 == pytest.approx(300 * 50 * 0.09)
    footprints = vectorize(scan, source, CONFIG, area)
    assert len(footprints) == 1
    assert footprints.areas_m2[0] == pytest.approx(40 * 40 * 0.09, rel=0.01)


def test_an_area_elsewhere_has_no_tiles_and_no_buildings() -> None:
    source = PlacedSource(make_scene())
    area = shapely.box(5000, 5000, 5100, 5100)
    scan = scan_scene(source, area_px=area)
    assert (scan.num_tiles, scan.detections) == (0, [])
    assert len(vectorize(scan, source, CONFIG, area)) == 0


def test_ground_without_data_counts_for_nothing() -> None:
    hole = Window(0, 0, 120, 100)
    scan = scan_scene(PlacedSource(make_scene(), hole))
    # The roof in the hole is dropped although its pixels are bright.
    assert boxes_of(scan) == sorted(ROOFS_PX)[1:]
    assert scan.area_m2 == pytest.approx((SHAPE_HW[0] * SHAPE_HW[1] - hole.area_px) * 0.09)


def test_a_raster_without_data_is_not_shown_to_the_model() -> None:
    detector = BrightDetector()
    scan = scan_scene(PlacedSource(make_scene(), Window(0, 0, 420, 330)), detector)
    assert (scan.detections, scan.area_m2, detector.num_seen) == ([], 0, [])


def test_every_tile_is_told_and_the_stage_ends() -> None:
    progress = CountingProgress()
    scan_scene(PlacedSource(make_scene((1000, 700), [])), progress=progress, batch_size=5)
    assert progress.told[0] == ("tiles", 12)
    assert sum(steps for name, steps in progress.told if name == "advance") == 12
    assert progress.told[-1] == ("finish", 0)


@pytest.mark.parametrize("tiles_per_side", [1, 2, 3])
@pytest.mark.parametrize("batch_size", [1, 2, 7])
def test_shards_and_batches_change_nothing(
    tiles_per_side: int, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = PlacedSource(make_scene((900, 900), [(220, 230, 320, 300), (500, 100, 530, 600)]))
    expected = scan_scene(source)
    monkeypatch.setattr(pipeline, "TILES_PER_SIDE", tiles_per_side)
    scan = scan_scene(source, batch_size=batch_size)
    assert boxes_of(scan) == boxes_of(expected)
    assert scan.area_m2 == expected.area_m2
    for one, other in zip(scan.detections, expected.detections, strict=True):
        assert np.array_equal(one.mask, other.mask)


@settings(max_examples=15)
@given(down=st.integers(0, 130), right=st.integers(0, 170), overlap_px=st.integers(48, 150))
def test_moving_the_raster_changes_no_building(down: int, right: int, overlap_px: int) -> None:
    config = PredictConfig(tiles=TileConfig(overlap_px=overlap_px))
    scene = make_scene()
    frame = np.full((3, SHAPE_HW[0] + 130, SHAPE_HW[1] + 170), 50, np.uint8)
    frame[:, down : down + SHAPE_HW[0], right : right + SHAPE_HW[1]] = scene
    scan = scan_scene(PlacedSource(frame), config=config)
    move = np.array([down, right, down, right])
    assert boxes_of(scan) == sorted(tuple((np.array(roof) + move).tolist()) for roof in ROOFS_PX)


class BrokenSource(PlacedSource):
    """Fails at the second read."""

    num_reads = 0

    def read(self, window: Window) -> ImageBlock:
        self.num_reads += 1
        if self.num_reads == 2:
            raise RasterError("scene: window cannot be read.")
        return super().read(window)


def test_a_failed_read_is_passed_on_and_the_stage_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "TILES_PER_SIDE", 1)
    progress = CountingProgress()
    with pytest.raises(RasterError, match="cannot be read"):
        scan_scene(BrokenSource(make_scene()), progress=progress)
    assert progress.told[-1] == ("finish", 0)


class SlowSource(PlacedSource):
    """Takes its time for every read but the first."""

    def __init__(self, bands: NDArray[np.uint8]) -> None:
        super().__init__(bands)
        self.may_go_on = threading.Event()
        self.num_started = self.num_ended = 0

    def read(self, window: Window) -> ImageBlock:
        self.num_started += 1
        if self.num_started > 1:
            self.may_go_on.wait(30)
        self.num_ended += 1
        return super().read(window)


class InterruptedDetector(BrightDetector):
    """Is interrupted as by Ctrl-C while the next shard is being read."""

    def __init__(self, source: SlowSource) -> None:
        super().__init__()
        self.source = source

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        threading.Timer(0.05, self.source.may_go_on.set).start()
        raise KeyboardInterrupt


def test_nothing_reads_any_more_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "TILES_PER_SIDE", 1)
    source = SlowSource(make_scene())
    with pytest.raises(KeyboardInterrupt):
        scan_scene(source, InterruptedDetector(source))
    assert source.num_started == source.num_ended <= 2


def test_detections_mostly_without_data_are_dropped_by_the_share_asked_for() -> None:
    # Covers the upper 30 of the 40 rows of the first roof.
    source = PlacedSource(make_scene(), Window(0, 0, 420, 50))
    kept = PredictConfig(detect=DetectConfig(min_valid_share=0.2))
    assert len(scan_scene(source).detections) == len(ROOFS_PX) - 1
    assert len(scan_scene(source, config=kept).detections) == len(ROOFS_PX)


def test_an_area_on_the_ground_has_the_corners_of_its_pixels() -> None:
    area = to_ground(shapely.box(10, 20, 30, 50), PlacedSource(make_scene()))
    assert area.bounds == pytest.approx((500_003, 6_649_985, 500_009, 6_649_994))
