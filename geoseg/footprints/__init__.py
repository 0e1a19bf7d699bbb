"""Stage 4: geometry. Soft masks in pixels become building polygons in a metric CRS."""

from geoseg.footprints.aoi import clip_to_aoi
from geoseg.footprints.build import make_footprints
from geoseg.footprints.contour import contour_mask
from geoseg.footprints.overlap import remove_overlaps
from geoseg.footprints.walls import straighten_walls

__all__ = [
    "clip_to_aoi",
    "contour_mask",
    "make_footprints",
    "remove_overlaps",
    "straighten_walls",
]
