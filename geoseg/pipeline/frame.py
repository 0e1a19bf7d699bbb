"""Where the pixels of a run lie on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapely.affinity import affine_transform

from geoseg.crs import local_metric_crs

if TYPE_CHECKING:
    from affine import Affine
    from pyproj import CRS
    from shapely import MultiPolygon, Polygon

    from geoseg.types import RasterSource


@dataclass(frozen=True)
class Frame:
    """The model grid of a run, its place, and the CRS that its footprints are made in.

    Attributes:
        shape_hw: size of the model grid in pixels.
        transform: model-grid pixel (col, row) -> `crs` (x, y).
        crs: CRS of `transform`.
        metric_crs: the same for all shards, so that footprints of different shards match.
        gsd_m: ground metres per pixel of the model grid.
        area: in `crs`; only footprints whose centre lies inside are kept. None is everywhere.
    """

    shape_hw: tuple[int, int]
    transform: Affine
    crs: CRS
    metric_crs: CRS
    gsd_m: float
    area: Polygon | MultiPolygon | None = None


def make_frame(source: RasterSource, area_px: Polygon | MultiPolygon | None = None) -> Frame:
    """The frame of a run over a raster, metric round its middle or that of the area.

    Args:
        source: the raster, at the model's GSD.
        area_px: in pixels of the model grid, x columns, y rows.

    Raises:
        CRSError: the middle lies outside what the CRS of the source covers.
    """
    height, width = source.shape_hw
    left, top, right, bottom = (0, 0, width, height) if area_px is None else area_px.bounds
    centre = source.transform @ ((left + right) / 2, (top + bottom) / 2)
    return Frame(
        shape_hw=source.shape_hw,
        transform=source.transform,
        crs=source.crs,
        metric_crs=local_metric_crs(source.crs, *centre),
        gsd_m=source.gsd_m,
        area=None if area_px is None else to_ground(area_px, source),
    )


def to_ground(area_px: Polygon | MultiPolygon, source: RasterSource) -> Polygon | MultiPolygon:
    """Polygons in pixels of the model grid, x columns, y rows, in the CRS of the source."""
    return affine_transform(area_px, source.transform.to_shapely())
