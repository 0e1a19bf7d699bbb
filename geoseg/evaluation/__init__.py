"""How good predictions are: polygons against polygons, and COCO results against labels."""

from geoseg.evaluation.coco import CocoScores, evaluate_predictions
from geoseg.evaluation.matching import Matches, average_precision, match_footprints
from geoseg.evaluation.report import format_scores, write_buildings_csv, write_scores_json
from geoseg.evaluation.vectors import BuildingRow, VectorScores, evaluate_vectors

__all__ = [
    "BuildingRow",
    "CocoScores",
    "Matches",
    "VectorScores",
    "average_precision",
    "evaluate_predictions",
    "evaluate_vectors",
    "format_scores",
    "match_footprints",
    "write_buildings_csv",
    "write_scores_json",
]
