"""The work on a small raster of many shards, on any runner."""

from __future__ import annotations

import shapely

from geoseg.types import Runner
from tests.bright import make_scene
from tests.pipeline.placed import CountingProgress, PlacedScan, PlacedSource

# The last of these is larger than a shard of one tile.
ROOFS_PX = [(y, x, y + 30, x + 40) for y in range(20, 640, 90) for x in range(15, 860, 80)]
ROOFS_PX += [(660, 100, 690, 800)]


def find_buildings(runner: Runner) -> tuple[list[bytes], list[float], int]:
    """Outlines, scores, and how many tiles the progress was told of."""
    progress = CountingProgress()
    source = PlacedSource(make_scene((720, 900), ROOFS_PX))
    found = PlacedScan(source, tiles_per_side=1, runner=runner, progress=progress).footprints
    outlines: list[bytes] = shapely.to_wkb(found.polygons).tolist()
    return outlines, found.scores.tolist(), progress.num_steps
