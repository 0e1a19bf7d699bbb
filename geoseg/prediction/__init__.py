"""Predictions, from rasters to files: one raster, one that goes on where it was killed, or many."""

from geoseg.prediction.estimate import Estimate, estimate_rasters
from geoseg.prediction.many_rasters import predict_rasters
from geoseg.prediction.means import Means
from geoseg.prediction.one_raster import PredictionRequest, PredictionRun, ScanSummary
from geoseg.prediction.targets import SetResult, SetTargets, parse_outputs
from geoseg.prediction.to_files import JobResult, Targets, predict_to_files

__all__ = [
    "Estimate",
    "JobResult",
    "Means",
    "PredictionRequest",
    "PredictionRun",
    "ScanSummary",
    "SetResult",
    "SetTargets",
    "Targets",
    "estimate_rasters",
    "parse_outputs",
    "predict_rasters",
    "predict_to_files",
]
