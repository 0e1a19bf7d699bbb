"""Building polygons cut to the tiles of a raster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.crs import pixel_to_xy
from geoseg.errors import DatasetError
from geoseg.raster.aoi import raster_outline
from geoseg.raster.vector import read_polygons, take_polygons

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from geoseg.types import RasterSource, Window


@dataclass(frozen=True)
class LabelSet:
    """Buildings of a raster, in pixels of its model grid.

    Attributes:
        polygons: object (N,) of valid shapely Polygon; x columns, y rows.
        tree: index over them.
    """

    polygons: NDArray[np.object_]
    tree: shapely.STRtree

    def cut(self, window: Window, min_visible_share: float) -> list[NDArray[np.object_]]:
        """The buildings seen in a window.

        A building of which less than `min_visible_share` of its area lies inside is left out:
        a sliver of a roof cannot be told from the ground, and would be learned as one.

        Args:
            window: in pixels of the model grid.
            min_visible_share: 0..1; 0 keeps all that share ground with the window.

        Returns:
            One array of shapely Polygon for each building, in pixels of the window, in the
            order of the file; more than one polygon where the border cuts it into several.
        """
        top, left, bottom, right = window.box_yx
        hits = np.sort(self.tree.query(shapely.box(left, top, right, bottom)))
        whole = self.polygons[hits]
        cut = shapely.intersection(whole, shapely.box(left, top, right, bottom))
        visible = shapely.area(cut) / shapely.area(whole)
        kept = cut[(visible > 0) & (visible >= min_visible_share)]
        moved = shapely.transform(kept, lambda xy: xy - np.array([left, top]))
        return [take_polygons(np.array([one], dtype=object)) for one in moved]


def read_labels(path: Path, source: RasterSource) -> LabelSet:
    """Read the building polygons that lie on a raster.

    Args:
        path: vector file in any format and CRS.
        source: opened raster.

    Raises:
        DatasetError: no polygon touches the raster.
        VectorError: the file cannot be read.
        CRSError: a polygon reaches to where the raster's CRS is not defined.
    """
    polygons = read_polygons(path, source.crs, within=raster_outline(source))
    inverse = ~source.transform
    pixels = take_polygons(
        shapely.transform(
            polygons, lambda xy: np.column_stack(pixel_to_xy(inverse, xy[:, 0], xy[:, 1]))
        )
    )
    height, width = source.shape_hw
    on_raster = shapely.intersects(pixels, shapely.box(0, 0, width, height))
    if not on_raster.any():
        raise DatasetError(
            f"{path}: labels must hold polygons that touch the raster; none lies on {source.name}."
        )
    kept = pixels[on_raster]
    return LabelSet(kept, shapely.STRtree(kept))
