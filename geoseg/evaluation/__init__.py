"""How good predictions are: polygons against polygons, and COCO results against labels."""

from geoseg.evaluation.calibration_report import (
    CalibrationReport,
    LabelledSet,
    calibrate_sets,
    format_calibration,
)
from geoseg.evaluation.coco import CocoScores, evaluate_predictions, rank_predictions
from geoseg.evaluation.coco_evaluation import (
    CocoEvaluation,
    CocoRequest,
    evaluate_coco,
    format_evaluation,
)
from geoseg.evaluation.coco_matches import ImageMatches, match_images
from geoseg.evaluation.coco_summary import CocoSummary
from geoseg.evaluation.matching import Matches, average_precision, match_footprints
from geoseg.evaluation.polygon_scores import PolygonScores
from geoseg.evaluation.ranking import RankedDetections
from geoseg.evaluation.report import format_scores, write_buildings_csv, write_scores_json
from geoseg.evaluation.vectors import BuildingRow, VectorScores, evaluate_vectors

__all__ = [
    "BuildingRow",
    "CalibrationReport",
    "CocoEvaluation",
    "CocoRequest",
    "CocoScores",
    "CocoSummary",
    "ImageMatches",
    "LabelledSet",
    "Matches",
    "PolygonScores",
    "RankedDetections",
    "VectorScores",
    "average_precision",
    "calibrate_sets",
    "evaluate_coco",
    "evaluate_predictions",
    "evaluate_vectors",
    "format_calibration",
    "format_evaluation",
    "format_scores",
    "match_footprints",
    "match_images",
    "rank_predictions",
    "write_buildings_csv",
    "write_scores_json",
]
