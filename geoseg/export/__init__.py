"""Stage 5: footprints and detections into files."""

from geoseg.export.coco_results import ImageResult, write_predictions
from geoseg.export.outputs import check_outputs
from geoseg.export.write import write_footprints
from geoseg.masks import paste_mask

__all__ = [
    "ImageResult",
    "check_outputs",
    "paste_mask",
    "write_footprints",
    "write_predictions",
]
