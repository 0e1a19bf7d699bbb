"""From one shard of a raster to its detections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geoseg.config import DetectConfig, TileConfig
from geoseg.detections.valid import drop_invalid, find_window
from geoseg.tiles import Shard
from geoseg.types import Detection, Detector, ImageBlock, Progress, Tile


def scan_block(
    block: ImageBlock,
    shard: Shard,
    detector: Detector,
    *,
    tiles: TileConfig,
    detect: DetectConfig,
    batch_size: int,
    progress: Progress,
) -> list[Detection]:
    """Find objects in the tiles of a shard.

    Tiles with nearly no valid pixel are skipped. Boxes end where the data does: what fills a tile
    beyond a raster is its mirror image, in which a building that the border cuts goes on.
    Detections mostly on invalid pixels are dropped.

    Args:
        block: the pixels of the shard's window, or of a larger one.
        shard: its tiles.
        detector: the model.
        tiles: how much of a tile must be valid.
        detect: how much of a detection must be valid.
        batch_size: tiles handed to the detector at once.
        progress: is told of every tile, skipped or not.

    Returns:
        Detections in pixels of the model grid, tile by tile, `tile_index` set.
    """
    found: list[Detection] = []
    seen = [tile for tile in shard.tiles if _valid_of(block, tile).mean() >= tiles.min_valid_share]
    progress.advance(len(shard.tiles) - len(seen))
    for batch in _batches(seen, batch_size):
        images = np.stack([_cut(block.image, block, tile) for tile in batch])
        valid = [_valid_of(block, tile) for tile in batch]
        windows = np.array([find_window(one) for one in valid], np.float32)
        found_of_tiles = detector.detect(images, windows)
        for tile, own, detections in zip(batch, valid, found_of_tiles, strict=True):
            kept = drop_invalid(detections, own, detect.min_valid_share)
            found.extend(_to_grid(one, tile) for one in kept)
            progress.advance(1, len(kept))
    return found


def _cut(array: NDArray[np.generic], block: ImageBlock, tile: Tile) -> NDArray[np.generic]:
    top = tile.window.row_off - block.window.row_off
    left = tile.window.col_off - block.window.col_off
    return array[top : top + tile.window.height, left : left + tile.window.width]


def _valid_of(block: ImageBlock, tile: Tile) -> NDArray[np.bool_]:
    return _cut(block.valid, block, tile)  # type: ignore[return-value]


def _to_grid(detection: Detection, tile: Tile) -> Detection:
    y, x = tile.window.row_off, tile.window.col_off
    box = detection.box + np.array([y, x, y, x], np.float32)
    return replace(detection, box=box, tile_index=tile.index)


def _batches(tiles: Sequence[Tile], size: int) -> Iterator[Sequence[Tile]]:
    for start in range(0, len(tiles), size):
        yield tiles[start : start + size]
