"""How long a run would take, found by doing a few seconds of it."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoseg.errors import RasterError
from geoseg.prediction.many_rasters import list_unfinished
from geoseg.prediction.measure import TILES_PER_SIDE, measure_speed
from geoseg.prediction.one_raster import PredictionRun
from geoseg.prediction.survey import survey_rasters
from geoseg.types import Window

if TYPE_CHECKING:
    from geoseg.prediction.one_raster import PredictionRequest
    from geoseg.prediction.survey import SurveyedRaster
    from geoseg.prediction.targets import SetTargets
    from geoseg.raster.listing import ListedRaster
    from geoseg.types import Tile

# Places at which it is looked whether a raster has data, in no more than so many seconds.
_NUM_LOOKS = 64
_SECONDS_OF_LOOKS = 1.0
_LOOK_PX = 8


@dataclass(frozen=True)
class Estimate:
    """What a run would have to do, and how long it would take here.

    Attributes:
        num_rasters: rasters to look at.
        num_tiles: tiles of all rasters.
        area_km2: ground: the whole area, else about the part of the rasters that has data.
        gsd_m: ground metres per pixel at which the first raster is looked at.
        engine: "keras" or "onnx".
        tiles_per_s: tiles that have data, once the network is loaded.
        seconds: from the start of the run to its last footprint, by this process alone.
        left_out: one line for each raster that could not be read, with its name.
    """

    num_rasters: int
    num_tiles: int
    area_km2: float
    gsd_m: float
    engine: str
    tiles_per_s: float
    seconds: float
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One raster.

    Attributes:
        num_tiles: of the raster, or of the area on it.
        area_km2: about the ground that has data, or the area.
        gsd_m: ground metres per pixel at which it is looked at.
        share: of the tiles, that has data.
        with_data: indices of some parts of it that have data.
    """

    num_tiles: int
    area_km2: float
    gsd_m: float
    share: float
    with_data: tuple[int, ...]


def estimate_rasters(
    listed: Sequence[ListedRaster], request: PredictionRequest, targets: SetTargets
) -> Estimate | None:
    """Look at the rasters as a run would, and do a few seconds of its work; nothing is written.

    The speed is measured on one raster, in the middle of what has data.

    Args:
        listed: at least one.
        request: what is asked of all of them; its raster does not count.
        targets: results that are asked for are checked; there need not be any.

    Returns:
        None where all results are there and are to be left.

    Raises:
        GeosegError: the subclass says what is wrong, as of the run.
    """
    started = time.monotonic()
    todo = list_unfinished(listed, request, targets)
    if not todo:
        return None
    survey = survey_rasters(todo, request)
    parts = [_look(raster, _SECONDS_OF_LOOKS / len(survey.rasters)) for raster in survey.rasters]
    best = int(np.argmax([part.share for part in parts]))
    with warnings.catch_warnings():
        # They came when it was looked at.
        warnings.simplefilter("ignore")
        run = PredictionRun(survey.rasters[best].request)
    with run:
        speed = measure_speed(run, parts[best].with_data, started)
    return Estimate(
        num_rasters=len(parts),
        num_tiles=sum(part.num_tiles for part in parts),
        area_km2=sum(part.area_km2 for part in parts),
        gsd_m=parts[0].gsd_m,
        engine=run.engine,
        tiles_per_s=speed.tiles_per_s,
        seconds=speed.reckon_s(sum(part.num_tiles * part.share for part in parts)),
        left_out=survey.left_out,
    )


def _look(raster: SurveyedRaster, seconds: float) -> _Part:
    """Open a raster as the run does, and look here and there whether it has data."""
    with PredictionRun(raster.request) as run:
        plan = run.make_plan(TILES_PER_SIDE)
        num_looks = min(_NUM_LOOKS, run.num_tiles)
        with_data, num_seen = [], 0
        until = time.monotonic() + seconds
        # In no order: whenever the time is up, they come from all over the raster.
        for number in np.random.default_rng(0).permutation(num_looks).tolist():
            shard = plan.shard(number * len(plan) // num_looks)
            window = _find_middle(shard.tiles[number * len(shard.tiles) // num_looks])
            num_seen += 1
            if _has_data(run, window):
                with_data.append(shard.index)
            if time.monotonic() > until:
                break
        share = len(with_data) / num_seen
        area_km2 = run.area_km2 * (1.0 if run.has_area else share)
        gsd_m = run.source.gsd_m
        return _Part(run.num_tiles, area_km2, gsd_m, share, tuple(sorted(with_data)))


def _has_data(run: PredictionRun, window: Window) -> bool:
    try:
        return bool(run.source.read(window).valid.any())
    except RasterError:
        if not run.skips_unreadable:
            raise
        return False


def _find_middle(tile: Tile) -> Window:
    """A few pixels in the middle of what a tile owns."""
    core = tile.core
    width, height = min(core.width, _LOOK_PX), min(core.height, _LOOK_PX)
    left, top = (core.width - width) // 2, (core.height - height) // 2
    return Window(core.col_off + left, core.row_off + top, width, height)
