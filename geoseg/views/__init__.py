"""Pictures for people: outlines over imagery, previews of a result."""

from geoseg.views.examples import Example, write_examples
from geoseg.views.on_raster import OutlinesOnRaster
from geoseg.views.outlines import draw_outlines, score_colours, to_pixels
from geoseg.views.preview import write_preview
from geoseg.views.scale_bar import ScaleBar, choose_scale_bar

__all__ = [
    "Example",
    "OutlinesOnRaster",
    "ScaleBar",
    "choose_scale_bar",
    "draw_outlines",
    "score_colours",
    "to_pixels",
    "write_examples",
    "write_preview",
]
