"""The tiles of a shard, handed to a detector and moved to the model grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.config import DetectConfig, TileConfig
from geoseg.detections.scan import scan_block
from geoseg.tiles import Shard, ShardPlan, make_grid
from geoseg.types import Detection, ImageBlock, NoProgress, Window

TILES = TileConfig(tile_size_px=32, overlap_px=8)
# Tiles start at 0, 24 and 38 along both axes.
GRID = make_grid((70, 70), TILES)
(SHARD,) = ShardPlan(GRID)


class BrightDetector:
    """Finds the bounds of what is white; remembers the batches."""

    tile_size_px = 32
    class_names: tuple[str, ...] = ("building",)

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.windows: list[list[list[float]] | None] = []

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """One detection for each image that has white pixels."""
        self.batches.append(len(images))
        self.windows.append(None if windows is None else windows.tolist())
        return [self._find(image) for image in images]

    def _find(self, image: NDArray[np.uint8]) -> list[Detection]:
        rows, cols = np.nonzero(image[..., 0] == 255)
        if not len(rows):
            return []
        box = np.array([rows.min(), cols.min(), rows.max() + 1, cols.max() + 1], np.float32)
        return [Detection(box, 0.9, np.ones((4, 4), np.float32))]


class CountingProgress(NoProgress):
    """Adds up what it is told."""

    def __init__(self) -> None:
        self.steps = self.found = 0

    def advance(self, steps: int, found: int = 0) -> None:
        """Add up."""
        self.steps += steps
        self.found += found


def make_block(*spots: tuple[int, int, int, int]) -> ImageBlock:
    """A dark block of the shard's window with white boxes."""
    image = np.zeros((70, 70, 3), np.uint8)
    for y1, x1, y2, x2 in spots:
        image[y1:y2, x1:x2] = 255
    return ImageBlock(SHARD.window, image, np.ones((70, 70), bool))


def scan(
    block: ImageBlock,
    shard: Shard = SHARD,
    *,
    detector: BrightDetector | None = None,
    batch_size: int = 4,
    progress: NoProgress | None = None,
) -> list[Detection]:
    """`scan_block` with defaults."""
    return scan_block(
        block,
        shard,
        detector or BrightDetector(),
        tiles=TILES,
        detect=DetectConfig(),
        batch_size=batch_size,
        progress=progress or NoProgress(),
    )


def summarize(found: Sequence[Detection]) -> list[tuple[int, list[float]]]:
    """Tile and box of each."""
    return [(one.tile_index, one.box.tolist()) for one in found]


def test_boxes_are_moved_to_the_grid() -> None:
    # Seen whole by the tile at 0, 0 and in part by the one to the right, which starts at 24.
    found = scan(make_block((3, 20, 9, 30)))
    assert summarize(found) == [(0, [3, 20, 9, 30]), (1, [3, 24, 9, 30])]


def test_a_block_that_starts_elsewhere_is_cut_right() -> None:
    # Only the tiles at 24, 24 and at 38, 24 have a share in this.
    (shard,) = ShardPlan(GRID, shapely.box(33, 33, 37, 60))
    assert [(tile.row, tile.col) for tile in shard.tiles] == [(1, 1), (2, 1)]
    assert shard.window == Window(24, 24, 32, 46)
    whole = make_block((40, 30, 50, 45))
    part = ImageBlock(shard.window, whole.image[24:70, 24:56], whole.valid[24:70, 24:56])
    assert summarize(scan(part, shard)) == [(4, [40, 30, 50, 45]), (7, [40, 30, 50, 45])]
    # A block may be larger than the shard.
    assert summarize(scan(whole, shard)) == summarize(scan(part, shard))


def test_the_detector_is_told_where_tiles_have_data() -> None:
    block = make_block()
    block.valid[:, 66:] = False
    block.valid[2, 5] = False
    detector = BrightDetector()
    scan(block, detector=detector, batch_size=3)
    # Tiles start at 0, 24 and 38; a hole inside of a tile is no border.
    row = [[0, 0, 32, 32], [0, 0, 32, 32], [0, 0, 32, 28]]
    assert detector.windows == [row, row, row]
    detector = BrightDetector()
    scan(make_block(), detector=detector, batch_size=9)
    assert detector.windows == [[[0, 0, 32, 32]] * 9]


def test_tiles_without_data_are_skipped() -> None:
    block = make_block((3, 3, 9, 9), (60, 60, 66, 66))
    block.valid[:, 34:] = False
    detector, progress = BrightDetector(), CountingProgress()
    found = scan(block, detector=detector, batch_size=99, progress=progress)
    # The last column of tiles, which starts at 38, is not looked at.
    assert detector.batches == [6]
    assert summarize(found) == [(0, [3, 3, 9, 9])]
    assert (progress.steps, progress.found) == (9, 1)


def test_a_shard_without_data_asks_nobody() -> None:
    block = make_block((3, 3, 9, 9))
    block.valid[:] = False
    detector, progress = BrightDetector(), CountingProgress()
    assert scan(block, detector=detector, progress=progress) == []
    assert detector.batches == []
    assert progress.steps == 9


def test_detections_on_invalid_pixels_are_dropped() -> None:
    block = make_block((3, 3, 9, 9))
    block.valid[:, :7] = False
    assert scan(block) == []
    block.valid[:, 5:] = True
    assert summarize(scan(block)) == [(0, [3, 3, 9, 9])]


@pytest.mark.parametrize(("batch_size", "batches"), [(1, [1] * 9), (4, [4, 4, 1]), (99, [9])])
def test_tiles_come_in_batches(batch_size: int, batches: list[int]) -> None:
    detector = BrightDetector()
    scan(make_block(), detector=detector, batch_size=batch_size)
    assert detector.batches == batches


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 9), st.integers(1, 12))
def test_the_batch_size_changes_nothing(row: int, col: int, size: int, batch_size: int) -> None:
    block = make_block((row, col, row + size, col + size))
    found = scan(block, batch_size=batch_size)
    assert summarize(found) == summarize(scan(block, batch_size=1))
    assert any(one.box.tolist() == [row, col, row + size, col + size] for one in found)
