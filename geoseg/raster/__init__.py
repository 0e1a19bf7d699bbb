"""Stage 1: rasters in, RGB at the model's GSD out. The only place that opens a raster."""

from geoseg.raster.grid import warn_of_gsd_range
from geoseg.raster.source import GdalSource, Overview, RasterFacts, open_raster

__all__ = ["GdalSource", "Overview", "RasterFacts", "open_raster", "warn_of_gsd_range"]
