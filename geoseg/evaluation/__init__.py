"""How good predictions are: polygons against polygons, and COCO results against labels."""

from geoseg.evaluation.calibration_report import (
    CalibrationReport,
    LabelledSet,
    calibrate_sets,
    format_calibration,
)
from geoseg.evaluation.coco import CocoScores, evaluate_predictions, rank_predictions
from geoseg.evaluation.matching import Matches, average_precision, match_footprints
from geoseg.evaluation.ranking import RankedDetections
from geoseg.evaluation.report import format_scores, write_buildings_csv, write_scores_json
from geoseg.evaluation.vectors import BuildingRow, VectorScores, evaluate_vectors

__all__ = [
    "BuildingRow",
    "CalibrationReport",
    "CocoScores",
    "LabelledSet",
    "Matches",
    "RankedDetections",
    "VectorScores",
    "average_precision",
    "calibrate_sets",
    "evaluate_predictions",
    "evaluate_vectors",
    "format_calibration",
    "format_scores",
    "match_footprints",
    "rank_predictions",
    "write_buildings_csv",
    "write_scores_json",
]
