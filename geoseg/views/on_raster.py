"""Footprints as outlines in the pixels of a raster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geoseg.crs import transform_polygons
from geoseg.types import FootprintBatches
from geoseg.views.outlines import Outlines, to_pixels

if TYPE_CHECKING:
    from affine import Affine
    from pyproj import CRS


@dataclass(frozen=True)
class OutlinesOnRaster:
    """Outlines of footprints, moved into the pixels of a raster as they are asked for.

    Attributes:
        footprints: any number of batches.
        crs: CRS of the raster.
        transform: pixel (col, row) of the raster -> CRS (x, y).
    """

    footprints: FootprintBatches
    crs: CRS
    transform: Affine

    def __iter__(self) -> Iterator[Outlines]:
        for batch in self.footprints:
            on_raster = transform_polygons(batch.polygons, batch.crs, self.crs)
            yield Outlines(to_pixels(list(on_raster), self.transform), batch.scores)
