"""Plots of the detections of one image: precision against recall, and who overlaps whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from geoseg.views.canvas import GREY, GRID, INK, UnitCanvas, save_chart

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_CURVE = (31, 111, 178)
_MATCH = (39, 130, 67)
_WHITE = (255, 255, 255)

_SIDE_PX = 420
_MARGIN_PX = 70
_CELL_WIDTH_PX, _CELL_HEIGHT_PX = 52, 34


def plot_precision_recall(
    target: Path | BinaryIO,
    precisions: NDArray[np.float64],
    recalls: NDArray[np.float64],
    *,
    title: str = "",
) -> None:
    """Draw a precision-recall curve as a PNG.

    Args:
        target: a .png, which is replaced if it is there, or a file that is open.
        precisions: float64 (N,), 0..1, as of
            `geoseg.evaluation.detection_metrics.DetectionPrecision`.
        recalls: float64 (N,), ascending.
        title: written above, e.g. the average precision.

    Raises:
        OSError: the file cannot be written.
    """

    def draw_all(draw: ImageDraw) -> None:
        canvas = UnitCanvas(draw, _MARGIN_PX, _MARGIN_PX, _SIDE_PX, _SIDE_PX)
        canvas.text(0, 1.05, title, "ls", 16)
        for tick in range(6):
            at = tick / 5
            canvas.line(0, at, 1, at, GRID)
            canvas.line(at, 0, at, 1, GRID)
            canvas.text(-0.02, at, f"{at:.1f}", "rm", colour=GREY)
            canvas.text(at, -0.02, f"{at:.1f}", "mt", colour=GREY)
        points = list(zip(recalls.tolist(), precisions.tolist(), strict=True))
        for (x1, y1), (x2, y2) in zip(points[:-1], points[1:], strict=True):
            canvas.line(x1, y1, x2, y2, _CURVE, 2)
        canvas.text(0.5, -0.09, "recall", "mt", colour=GREY)
        canvas.text(0.015, 0.985, "precision", "lt", colour=GREY)

    side_px = _SIDE_PX + 2 * _MARGIN_PX
    save_chart(target, side_px, side_px, draw_all)


def plot_overlaps(
    target: Path | BinaryIO,
    ious: NDArray[np.floating],
    truth_of_pred: NDArray[np.int64],
    *,
    scores: NDArray[np.floating] | None = None,
    title: str = "",
) -> None:
    """Draw the overlaps of detections and true objects as a PNG: a row for each detection.

    The darker a cell, the higher the IoU; that of a match is green.

    Args:
        target: a .png, which is replaced if it is there, or a file that is open.
        ious: float (P, T), 0..1.
        truth_of_pred: int64 (P,), the true object that each detection is matched with, -1 for
            none, as of `geoseg.evaluation.detection_metrics.match_detections`.
        scores: float (P,), written beside the rows; the best one is on top.
        title: written above.

    Raises:
        OSError: the file cannot be written.
    """
    num_pred, num_truth = ious.shape
    order = np.arange(num_pred) if scores is None else np.argsort(-scores, kind="stable")
    width_px, height_px = num_truth * _CELL_WIDTH_PX, num_pred * _CELL_HEIGHT_PX

    def draw_all(draw: ImageDraw) -> None:
        # A unit of this canvas is one cell, the first row on top.
        canvas = UnitCanvas(draw, 2 * _MARGIN_PX, _MARGIN_PX, _CELL_WIDTH_PX, _CELL_HEIGHT_PX)
        canvas.text(0, 1.9, title, "ls", 16)
        for truth in range(num_truth):
            canvas.text(truth + 0.5, 1.15, f"true {truth}", "ms", 12, colour=GREY)
        for row, pred in enumerate(order.tolist()):
            name = f"found {pred}" + ("" if scores is None else f"  {scores[pred]:.2f}")
            canvas.text(-0.15, 0.5 - row, name, "rm", 12, colour=GREY)
            for truth in range(num_truth):
                is_match = int(truth_of_pred[pred]) == truth
                _draw_cell(canvas, truth, -row, float(ious[pred, truth]), is_match)

    save_chart(target, width_px + 3 * _MARGIN_PX, height_px + 2 * _MARGIN_PX, draw_all)


def _draw_cell(canvas: UnitCanvas, x: int, y: int, iou: float, is_match: bool) -> None:
    shade = round(255 - 150 * iou)
    colour = _MATCH if is_match else (shade, shade, 255 - round(60 * iou))
    canvas.box(x + 0.03, y + 0.05, x + 0.97, y + 0.95, colour)
    if iou > 0:
        ink = _WHITE if is_match else INK
        canvas.text(x + 0.5, y + 0.5, f"{iou:.2f}", "mm", 12, colour=ink)
