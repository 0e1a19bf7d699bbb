"""From detections to footprints, as far as what is known settles them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoseg.config import PredictConfig
from geoseg.detections.merge import split_merged
from geoseg.footprints import clip_to_aoi
from geoseg.footprints.build import finish_outlines, outline_detections
from geoseg.footprints.settle import join_outlines, split_settled
from geoseg.pipeline.frame import Frame
from geoseg.tiles import Rectangle, TileGrid
from geoseg.types import Detection, Footprints, PendingOutlines


@dataclass(frozen=True)
class Settled:
    """What is done with, and what has to wait for more.

    Attributes:
        footprints: nothing that follows can change them, from top to bottom.
        outlines: buildings that lack no part, but perhaps a neighbour.
        detections: parts of buildings that may have others.
    """

    footprints: Footprints
    outlines: PendingOutlines
    detections: tuple[Detection, ...]


def settle(
    detections: Sequence[Detection],
    outlines: Sequence[PendingOutlines],
    unseen: Sequence[Rectangle],
    *,
    grid: TileGrid,
    frame: Frame,
    config: PredictConfig,
) -> Settled:
    """Make footprints of what is complete.

    Settling twice, some of the detections at first and what had to wait with the others after,
    gives the footprints that settling all at once gives.

    Args:
        detections: in pixels of the model grid, `tile_index` set, in any order.
        outlines: what had to wait before, in any number of lots.
        unseen: where detections may follow.
        grid: the tiles.
        frame: their place on the ground.
        config: how masks become polygons.
    """
    merged, waiting = split_merged(detections, grid.tile_at, frame.shape_hw, unseen)
    fresh = outline_detections(
        merged,
        transform=frame.transform,
        crs=frame.crs,
        config=config.footprints,
        metric_crs=frame.metric_crs,
    )
    incomplete: list[Rectangle] = [tuple(one.box.tolist()) for one in waiting]
    complete, pending = split_settled(
        join_outlines([*outlines, fresh]),
        [*unseen, *incomplete],
        tolerance_m=config.footprints.tolerance_m,
        gsd_m=frame.gsd_m,
    )
    footprints = finish_outlines(complete, frame.metric_crs, config.footprints)
    if frame.area is not None:
        footprints = clip_to_aoi(footprints, frame.area, frame.crs)
    return Settled(footprints, pending, tuple(waiting))
