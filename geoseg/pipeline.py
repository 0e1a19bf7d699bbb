"""The stages in order: raster, tiles, detections, footprints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from geoseg.config import PredictConfig
from geoseg.detections.merge import merge_detections
from geoseg.detections.scan import scan_block
from geoseg.errors import AoiError
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
)

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

# 8 x 8 tiles with the default overlap are 1952 px a side: 15 MB, few enough to read ahead,
# and large enough that the halo costs little.
TILES_PER_SIDE = 8


def find_footprints(
    source: RasterSource,
    detector: Detector,
    config: PredictConfig,
    *,
    runner: Runner,
    progress: Progress,
    aoi: Polygon | MultiPolygon | None = None,
    batch_size: int = 1,
) -> Footprints:
    """Find the buildings of a raster.

    Args:
        source: the raster, at the model's GSD.
        detector: the model.
        config: all settings.
        runner: runs the shards.
        progress: is told of every tile.
        aoi: in the CRS of the source; only tiles that touch it are run, and only footprints
            with their centre inside are kept. None is everywhere.
        batch_size: tiles handed to the detector at once.

    Returns:
        Footprints in a local metric CRS.

    Raises:
        AoiError: no tile touches the area.
        RasterError: the raster cannot be read.
    """
    detections = find_detections(
        source, detector, config, runner=runner, progress=progress, aoi=aoi, batch_size=batch_size
    )
    footprints = make_footprints(
        detections, transform=source.transform, crs=source.crs, config=config.footprints
    )
    return footprints if aoi is None else clip_to_aoi(footprints, aoi, source.crs)


def find_detections(
    source: RasterSource,
    detector: Detector,
    config: PredictConfig,
    *,
    runner: Runner,
    progress: Progress,
    aoi: Polygon | MultiPolygon | None = None,
    batch_size: int = 1,
) -> list[Detection]:
    """Find objects, one detection each, in pixels of the model grid; see `find_footprints`."""
    grid = make_grid(source.shape_hw, config.tiles)
    tiles = list(grid) if aoi is None else select_tiles(grid, to_pixels(aoi, source))
    if not tiles:
        raise AoiError(f"{source.name}: the area of interest must touch the raster; it does not.")
    shards = make_shards(grid, TILES_PER_SIDE, tiles)
    progress.start("tiles", len(tiles))

    def scan(item: tuple[Shard, ImageBlock]) -> list[Detection]:
        shard, block = item
        return scan_block(
            block,
            shard,
            detector,
            tiles=config.tiles,
            detect=config.detect,
            batch_size=batch_size,
            progress=progress,
        )

    found = [one for some in runner.run(scan, read_ahead(source, shards)) for one in some]
    progress.finish()
    return merge_detections(found, {tile.index: tile for tile in tiles}, source.shape_hw)


def read_ahead(
    source: RasterSource, shards: Sequence[Shard]
) -> Iterator[tuple[Shard, ImageBlock]]:
    """Read each shard's pixels while the one before is worked on."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting = reader.submit(source.read, shards[0].window)
        for index, shard in enumerate(shards):
            block = waiting.result()
            if index + 1 < len(shards):
                waiting = reader.submit(source.read, shards[index + 1].window)
            yield shard, block


def to_pixels(area: Polygon | MultiPolygon, source: RasterSource) -> Polygon | MultiPolygon:
    """An area in the source's CRS in pixels of the model grid, x columns, y rows."""
    from shapely.affinity import affine_transform

    inverse = ~source.transform
    return affine_transform(
        area, [inverse.a, inverse.b, inverse.d, inverse.e, inverse.c, inverse.f]
    )
