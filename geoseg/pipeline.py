"""The stages in order: raster, tiles, detections, footprints."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from shapely.affinity import affine_transform

from geoseg.config import PredictConfig
from geoseg.detections.merge import merge_detections
from geoseg.detections.scan import scan_block
from geoseg.footprints import clip_to_aoi, make_footprints
from geoseg.tiles import Shard, make_grid, make_shards, select_tiles
from geoseg.types import (
    Detection,
    Detector,
    Footprints,
    ImageBlock,
    Progress,
    RasterSource,
    Runner,
    Window,
)

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

# 8 x 8 tiles with the default overlap are 1952 px a side: 15 MB, few enough to read ahead,
# and large enough that the halo costs little.
TILES_PER_SIDE = 8


@dataclass(frozen=True)
class Scan:
    """What was found on a raster, before it became footprints.

    Attributes:
        detections: one for each object, in pixels of the model grid.
        num_tiles: tiles that were looked at.
        area_m2: ground that was looked at: the valid part of the raster, or the whole area.
    """

    detections: list[Detection]
    num_tiles: int
    area_m2: float


def scan_raster(
    source: RasterSource,
    detector: Detector,
    config: PredictConfig,
    *,
    runner: Runner,
    progress: Progress,
    area_px: Polygon | MultiPolygon | None = None,
    batch_size: int = 1,
) -> Scan:
    """Find the objects of a raster.

    Args:
        source: the raster, at the model's GSD.
        detector: the model.
        config: all settings; `tiles.tile_size_px` must be the detector's.
        runner: runs the shards.
        progress: is told of every tile.
        area_px: in pixels of the model grid; only tiles that touch it are run. None is
            everywhere.
        batch_size: tiles handed to the detector at once.

    Raises:
        RasterError: the raster cannot be read.
    """
    grid = make_grid(source.shape_hw, config.tiles)
    tiles = list(grid) if area_px is None else select_tiles(grid, area_px)
    shards = make_shards(grid, TILES_PER_SIDE, tiles)

    def scan(item: tuple[Shard, ImageBlock]) -> tuple[list[Detection], int]:
        shard, block = item
        found = scan_block(
            block,
            shard,
            detector,
            tiles=config.tiles,
            detect=config.detect,
            batch_size=batch_size,
            progress=progress,
        )
        return found, sum(_count_valid(block, tile.core) for tile in shard.tiles)

    progress.start("tiles", len(tiles))
    try:
        # Closed at once when interrupted: nothing may read from a source that is being closed.
        with closing(read_ahead(source, shards)) as blocks:
            results = list(runner.run(scan, blocks))
    finally:
        progress.finish()
    found = [one for some, _ in results for one in some]
    merged = merge_detections(found, {tile.index: tile for tile in tiles}, source.shape_hw)
    num_valid = sum(count for _, count in results) if area_px is None else area_px.area
    return Scan(merged, len(tiles), float(num_valid) * source.gsd_m**2)


def vectorize(
    scan: Scan,
    source: RasterSource,
    config: PredictConfig,
    area_px: Polygon | MultiPolygon | None = None,
) -> Footprints:
    """Footprints of what was found, in a local metric CRS.

    Args:
        scan: what was found.
        source: the raster it was found on.
        config: tolerance and least area.
        area_px: in pixels of the model grid; only footprints whose centre lies inside are kept.
    """
    footprints = make_footprints(
        scan.detections, transform=source.transform, crs=source.crs, config=config.footprints
    )
    if area_px is None:
        return footprints
    return clip_to_aoi(footprints, to_ground(area_px, source), source.crs)


def to_ground(area_px: Polygon | MultiPolygon, source: RasterSource) -> Polygon | MultiPolygon:
    """Polygons in pixels of the model grid, x columns, y rows, in the CRS of the source."""
    return affine_transform(area_px, source.transform.to_shapely())


def read_ahead(
    source: RasterSource, shards: Sequence[Shard]
) -> Generator[tuple[Shard, ImageBlock], None, None]:
    """Read each shard's pixels while the one before is worked on.

    Closing the generator waits for the read that is going on.
    """
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting = [reader.submit(source.read, shard.window) for shard in shards[:1]]
        for shard, following in zip_longest(shards, shards[1:]):
            block = waiting.pop().result()
            if following is not None:
                waiting.append(reader.submit(source.read, following.window))
            yield shard, block


def _count_valid(block: ImageBlock, window: Window) -> int:
    top, left, bottom, right = window.box_yx
    y, x = block.window.row_off, block.window.col_off
    return int(block.valid[top - y : bottom - y, left - x : right - x].sum())
