"""Detections on an image that lies nowhere."""

from __future__ import annotations

from geoseg.config import PredictConfig
from geoseg.detections.merge import merge_detections
from geoseg.detections.scan import scan_block
from geoseg.tiles import ShardPlan, make_grid
from geoseg.types import Detection, Detector, NoProgress, RasterSource


def find_detections(
    source: RasterSource, detector: Detector, config: PredictConfig, *, batch_size: int = 1
) -> list[Detection]:
    """Find the objects of an image that fits into memory.

    Args:
        source: the image, at the model's GSD.
        detector: the model.
        config: all settings; `tiles.tile_size_px` must be the detector's.
        batch_size: tiles handed to the detector at once.

    Returns:
        One for each object, in pixels of the model grid.
    """
    grid = make_grid(source.shape_hw, config.tiles)
    found: list[Detection] = []
    for shard in ShardPlan(grid):
        found += scan_block(
            source.read(shard.window),
            shard,
            detector,
            tiles=config.tiles,
            detect=config.detect,
            batch_size=batch_size,
            progress=NoProgress(),
        )
    return merge_detections(found, grid.tile_at, source.shape_hw)
