"""The report of two vector files of buildings."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.config import RasterConfig
from geoseg.crs import WGS84, transform_polygons
from geoseg.evaluation import RankedDetections
from geoseg.evaluation.overlaps import PartGroup, find_merges, find_splits
from geoseg.evaluation.reading import Buildings
from geoseg.evaluation.reliability import calibration_error, make_reliability_table
from geoseg.evaluation.vectors import VectorComparison
from geoseg.reporting.figures import (
    choose_places,
    classify_sizes,
    describe_files,
    explain_scores,
    make_curve,
)
from geoseg.types import Window
from geoseg.views.comparison import Comparison
from geoseg.views.evaluation_report import EvaluationReport, GroupRow, write_evaluation_report
from geoseg.views.outlines import to_pixels

if TYPE_CHECKING:
    from geoseg.raster import GdalSource

CELL_M = 100.0
"""Side of the squares that the map is cut into, to find the best and the worst place."""
LEAST_BUILDINGS = 5
"""Squares with fewer true buildings are not shown, unless there are no others."""

_PLAIN_PX = 640


def report_vectors(
    path: Path,
    compared: VectorComparison,
    pred_path: Path,
    truth_path: Path,
    *,
    aoi_path: Path | None = None,
    raster: str | None = None,
) -> None:
    """Write an HTML page about two vector files.

    Args:
        path: an .html; one that is there is replaced.
        compared: what comes of the two files.
        pred_path: the predicted buildings.
        truth_path: the true ones.
        aoi_path: the area of interest.
        raster: what the buildings were found in, for the pictures; None draws on white.

    Raises:
        OSError: the file cannot be written.
        RasterError: the raster cannot be read.
    """
    scores = compared.scores
    is_match = compared.matches.truth_of_pred >= 0
    ranked = _rank(compared.pred, is_match, len(compared.truth))
    report = EvaluationReport(
        title=f"{pred_path.name} against {truth_path.name}",
        subtitle=f"{scores.num_pred:,} predicted and {scores.num_truth:,} true buildings, matched "
        f"one to one at an IoU of at least {scores.iou:g}. Lengths are ground metres.",
        scores=explain_scores(scores),
        curve=None if ranked is None else make_curve(ranked),
        reliability=[] if ranked is None else make_reliability_table(ranked.scores, is_match),
        calibration_error=0.0 if ranked is None else calibration_error(ranked.scores, is_match),
        sizes=classify_sizes(
            compared.overlaps.truth_areas[compared.matches.pred_of_truth >= 0],
            compared.overlaps.truth_areas[compared.matches.pred_of_truth < 0],
            compared.overlaps.pred_areas[~is_match],
            unit="m²",
        ),
        comparisons=_compare_places(compared, raster),
        groups=_list_groups(compared),
        facts=describe_files(
            [("predicted", pred_path), ("true", truth_path), ("area of interest", aoi_path)],
            [] if raster is None else [("raster", raster)],
        ),
    )
    write_evaluation_report(path, report)


def _rank(pred: Buildings, is_match: NDArray[np.bool_], num_truth: int) -> RankedDetections | None:
    if pred.scores is None:
        return None
    return RankedDetections(pred.scores, is_match, np.zeros(len(pred), np.int64), num_truth)


def _list_groups(compared: VectorComparison) -> list[GroupRow]:
    sides = (
        ("split", find_splits(compared.overlaps), compared.truth, compared.pred),
        ("merge", find_merges(compared.overlaps), compared.pred, compared.truth),
    )
    return [row for side in sides for row in _describe_groups(*side)]


def _describe_groups(
    kind: str, groups: list[PartGroup], wholes: Buildings, parts: Buildings
) -> list[GroupRow]:
    centres = shapely.centroid(wholes.polygons[[group.whole for group in groups]])
    places = shapely.get_coordinates(transform_polygons(centres, wholes.crs, WGS84)).tolist()
    return [
        GroupRow(
            kind,
            f"{latitude:.6f}, {longitude:.6f}",
            str(wholes.ids[group.whole]),
            ", ".join(str(parts.ids[part]) for part in group.parts),
        )
        for group, (longitude, latitude) in zip(groups, places, strict=True)
    ]


def _compare_places(compared: VectorComparison, raster: str | None) -> list[Comparison]:
    """The best, the median and the worst square of the map."""
    cells = [_find_cells(side) for side in (compared.truth, compared.pred)]
    names, numbers = np.unique(np.concatenate(cells), axis=0, return_inverse=True)
    numbers = numbers.reshape(-1)
    num_truth = len(compared.truth)
    is_right = np.concatenate(
        [compared.matches.pred_of_truth >= 0, compared.matches.truth_of_pred >= 0]
    )
    # A pair may lie on two sides of a border: each side counts its own.
    f1s = np.bincount(numbers, is_right) / np.maximum(np.bincount(numbers), 1)
    num_truths = np.bincount(numbers[:num_truth], minlength=len(names))
    if (num_truths >= LEAST_BUILDINGS).any():
        num_truths[num_truths < LEAST_BUILDINGS] = 0
    places = choose_places(f1s.tolist(), num_truths.tolist())
    with nullcontext() if raster is None else _open(raster) as source:
        return [
            _compare_place(compared, name, names[index] * CELL_M, float(f1s[index]), source)
            for name, index in places
        ]


def _open(raster: str) -> GdalSource:
    from geoseg.raster import open_raster

    return open_raster(raster, RasterConfig(), model_gsd_m=None)


def _find_cells(side: Buildings) -> NDArray[np.float64]:
    """The square of each centroid: float64 (N, 2), counted in squares."""
    centres = shapely.get_coordinates(shapely.centroid(side.polygons))
    return np.floor(centres / CELL_M)


def _compare_place(
    compared: VectorComparison,
    name: str,
    corner_xy: NDArray[np.float64],
    f1: float,
    source: GdalSource | None,
) -> Comparison:
    square = shapely.box(*corner_xy, *(corner_xy + CELL_M))
    is_shown = [
        shapely.intersects(side.polygons, square) for side in (compared.truth, compared.pred)
    ]
    truth, pred = (
        side.take(shown)
        for side, shown in zip((compared.truth, compared.pred), is_shown, strict=True)
    )
    sides = (truth, pred)
    drawn = _draw_plain(square, sides) if source is None else _draw_raster(square, sides, source)
    is_found = compared.matches.pred_of_truth[is_shown[0]] >= 0
    is_right = compared.matches.truth_of_pred[is_shown[1]] >= 0
    centre = transform_polygons(np.array([square.centroid]), compared.truth.crs, WGS84)[0]
    return Comparison(
        heading=f"{name.capitalize()}: {CELL_M:g} m round {centre.y:.5f}, {centre.x:.5f}",
        caption=f"F1 {f1:.3f}; shown are {len(truth)} true and {len(pred)} predicted buildings",
        image=drawn[0],
        truth=drawn[1][0],
        is_found=is_found,
        pred=drawn[1][1],
        is_right=is_right,
    )


def _draw_plain(
    square: shapely.Polygon, sides: tuple[Buildings, Buildings]
) -> tuple[NDArray[np.uint8], list[NDArray[np.object_]]]:
    """White, north up, and the polygons in its pixels."""
    left, _, _, top = square.bounds
    scale = np.array([1.0, -1.0]) * _PLAIN_PX / CELL_M
    image = np.full((_PLAIN_PX, _PLAIN_PX, 3), 255, np.uint8)
    return image, [
        shapely.transform(side.polygons, lambda points: (points - (left, top)) * scale)
        for side in sides
    ]


def _draw_raster(
    square: shapely.Polygon, sides: tuple[Buildings, Buildings], source: GdalSource
) -> tuple[NDArray[np.uint8], list[NDArray[np.object_]]]:
    """The raster round the square, as it lies in its file, and the polygons in its pixels."""
    crs = sides[0].crs
    corners = to_pixels(
        transform_polygons(np.array([square]), crs, source.crs).tolist(), source.transform
    )
    left, top = np.floor(shapely.bounds(corners)[0, :2]).astype(int).tolist()
    right, bottom = np.ceil(shapely.bounds(corners)[0, 2:]).astype(int).tolist()
    block = source.read(Window(left, top, right - left, bottom - top))
    image = np.where(block.valid[..., np.newaxis], block.image, 255).astype(np.uint8)
    on_raster = [transform_polygons(side.polygons, crs, source.crs) for side in sides]
    return image, [
        shapely.transform(
            to_pixels(polygons.tolist(), source.transform), lambda points: points - (left, top)
        )
        for polygons in on_raster
    ]
