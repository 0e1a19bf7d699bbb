"""Predicted footprints against true ones, from two vector files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoseg.crs import local_metric_crs
from geoseg.errors import AoiError, ConfigError
from geoseg.evaluation.matching import Matches, average_precision, match_footprints
from geoseg.evaluation.overlaps import Overlaps, find_overlaps
from geoseg.evaluation.polygon_scores import PolygonScores, score_polygons
from geoseg.evaluation.reading import Buildings, read_buildings


class BuildingRow(NamedTuple):
    """What became of one building.

    Attributes:
        side: "pred" or "truth".
        id: its `id` in the file, else the number of its feature from 1.
        matched_id: the same of its partner on the other side, None for none.
        iou: intersection over union with the partner, 0 for none.
        score: None for true buildings and where the file has none.
        area_m2: ground area.
    """

    side: str
    id: object
    matched_id: object | None
    iou: float
    score: float | None
    area_m2: float


@dataclass(frozen=True)
class VectorScores:
    """Scores of polygons; each is 0 where it would be divided by 0.

    Attributes:
        iou: least intersection over union of a match.
        num_pred, num_truth: polygons on each side, inside the area of interest.
        num_matched: pairs.
        precision, recall, f1: share of predicted ones that match, of true ones, harmonic mean.
        mean_iou: over the pairs.
        ap: COCO's average precision at `iou`, None without scores.
        num_repaired_pred, num_repaired_truth: invalid polygons that were made valid.
        polygons: how well outlines follow the truth.
        buildings: one row each, predicted ones first.
    """

    iou: float
    num_pred: int
    num_truth: int
    num_matched: int
    precision: float
    recall: float
    f1: float
    mean_iou: float
    ap: float | None
    num_repaired_pred: int
    num_repaired_truth: int
    polygons: PolygonScores
    buildings: list[BuildingRow] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The scores without the buildings, as plain values."""
        own = {name: value for name, value in vars(self).items() if name != "buildings"}
        return {**own, "polygons": self.polygons.to_dict()}


@dataclass(frozen=True)
class VectorComparison:
    """Two vector files side by side.

    Attributes:
        scores: what comes of them.
        pred, truth: the buildings, inside the area of interest and in one metric CRS.
        matches: of these.
        overlaps: likewise.
    """

    scores: VectorScores
    pred: Buildings
    truth: Buildings
    matches: Matches
    overlaps: Overlaps


def evaluate_vectors(
    pred_path: Path, truth_path: Path, aoi_path: Path | None = None, *, iou: float = 0.5
) -> VectorScores:
    """Score the buildings of a vector file against those of another, see `compare_vectors`."""
    return compare_vectors(pred_path, truth_path, aoi_path, iou=iou).scores


def compare_vectors(
    pred_path: Path, truth_path: Path, aoi_path: Path | None = None, *, iou: float = 0.5
) -> VectorComparison:
    """Compare two vector files of buildings, each in any format and CRS.

    Multipolygons count as one building for each part; invalid polygons are made valid. Areas
    are compared in a local equal-area CRS round the true buildings.

    Args:
        pred_path: predicted buildings; a column `score` orders them and gives average precision.
        truth_path: true buildings.
        aoi_path: polygons; only buildings whose centroid lies inside count, on both sides.
        iou: least intersection over union of a match, above 0 and at most 1.

    Raises:
        VectorError: a file cannot be read, has no polygons, or has no CRS.
        AoiError: the area of interest is empty.
        ConfigError: `iou` is out of range.
    """
    if not 0 < iou <= 1:
        raise ConfigError(f"iou must be above 0 and at most 1; got {iou}.")
    pred, truth = read_buildings(pred_path), read_buildings(truth_path)
    if pred.scores is not None:
        # What has no score comes last.
        pred = replace(pred, scores=np.nan_to_num(pred.scores))
    aoi = None if aoi_path is None else read_buildings(aoi_path)
    if aoi is not None and len(aoi) == 0:
        raise AoiError(f"{aoi_path}: the area of interest must have polygons; got none.")
    metric_crs = _choose_metric_crs(truth, pred)
    pred, truth = pred.to_crs(metric_crs), truth.to_crs(metric_crs)
    if aoi is not None:
        area = shapely.union_all(aoi.to_crs(metric_crs).polygons)
        pred, truth = _keep_inside(pred, area), _keep_inside(truth, area)
    overlaps = find_overlaps(pred.polygons, truth.polygons)
    matches = match_footprints(pred.polygons, truth.polygons, iou, pred.scores, overlaps=overlaps)
    outlines = score_polygons(pred.polygons, truth.polygons, matches, overlaps)
    scores = _score(pred, truth, matches, iou, outlines)
    return VectorComparison(scores, pred, truth, matches, overlaps)


def _choose_metric_crs(*sides: Buildings) -> CRS:
    for side in sides:
        if len(side):
            x1, y1, x2, y2 = shapely.total_bounds(side.polygons)
            return local_metric_crs(side.crs, (x1 + x2) / 2, (y1 + y2) / 2)
    # Nothing to measure: any will do.
    return sides[0].crs


def _keep_inside(side: Buildings, area: shapely.Geometry) -> Buildings:
    shapely.prepare(area)
    return side.take(shapely.intersects(area, shapely.centroid(side.polygons)))


def _score(
    pred: Buildings, truth: Buildings, matches: Matches, iou: float, outlines: PolygonScores
) -> VectorScores:
    is_match = matches.truth_of_pred >= 0
    num_matched = int(is_match.sum())
    return VectorScores(
        iou=iou,
        num_pred=len(pred),
        num_truth=len(truth),
        num_matched=num_matched,
        precision=num_matched / max(len(pred), 1),
        recall=num_matched / max(len(truth), 1),
        f1=2 * num_matched / max(len(pred) + len(truth), 1),
        mean_iou=float(matches.ious[is_match].mean()) if num_matched else 0.0,
        ap=(None if pred.scores is None else average_precision(is_match, pred.scores, len(truth))),
        num_repaired_pred=pred.num_repaired,
        num_repaired_truth=truth.num_repaired,
        polygons=outlines,
        buildings=[
            *_list_buildings("pred", pred, matches.truth_of_pred, matches.ious, truth.ids),
            *_list_buildings(
                "truth",
                truth,
                matches.pred_of_truth,
                np.append(matches.ious, 0.0)[matches.pred_of_truth],
                pred.ids,
            ),
        ],
    )


def _list_buildings(
    side: str,
    buildings: Buildings,
    partners: NDArray[np.int64],
    ious: NDArray[np.float64],
    partner_ids: list[object],
) -> list[BuildingRow]:
    areas_m2 = shapely.area(buildings.polygons).tolist()
    scores = [None] * len(buildings) if buildings.scores is None else buildings.scores.tolist()
    return [
        BuildingRow(side, own, partner_ids[partner] if partner >= 0 else None, iou, score, area_m2)
        for own, partner, iou, score, area_m2 in zip(
            buildings.ids, partners.tolist(), ious.tolist(), scores, areas_m2, strict=True
        )
    ]
