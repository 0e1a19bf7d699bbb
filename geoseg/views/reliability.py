"""A picture of what scores mean: the share of detections that are right, by score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from geoseg.scores import ReliabilityBin
from geoseg.views.canvas import GREY, GRID, INK, UnitCanvas, save_chart

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_BAR = (120, 170, 214)
_COUNT = (196, 203, 211)
_POINT = (192, 57, 43)

_SIDE_PX = 420
_COUNTS_PX = 90
_MARGIN_PX = 70
_TOP_PX = 60


class ReliabilityPanel(NamedTuple):
    """One diagram of the picture.

    Attributes:
        title: written above.
        table: bins from low to high.
    """

    title: str
    table: Sequence[ReliabilityBin]


def draw_reliability(target: Path | BinaryIO, panels: Sequence[ReliabilityPanel]) -> None:
    """Draw reliability diagrams side by side, with the number of detections below each.

    Bars are the share that is right, with its 95 % interval; a dot stands at the mean score of
    its bin. On the diagonal a score is what it says.

    Args:
        target: a .png, which is replaced if it is there, or a file that is open.
        panels: at least one.

    Raises:
        OSError: the file cannot be written.
    """
    width_px = len(panels) * (_SIDE_PX + _MARGIN_PX) + _MARGIN_PX // 2
    height_px = _TOP_PX + _SIDE_PX + _COUNTS_PX + 2 * _MARGIN_PX

    def draw_all(draw: ImageDraw) -> None:
        for number, panel in enumerate(panels):
            left_px = _MARGIN_PX + number * (_SIDE_PX + _MARGIN_PX)
            # Below 0 lie the counts.
            canvas = UnitCanvas(draw, left_px, _TOP_PX, _SIDE_PX, _SIDE_PX)
            _draw_panel(canvas, panel)
            _draw_counts(canvas, panel.table)

    save_chart(target, width_px, height_px, draw_all)


def _draw_panel(canvas: UnitCanvas, panel: ReliabilityPanel) -> None:
    canvas.text(0, 1.06, panel.title, "ls", 16)
    for tick in range(6):
        at = tick / 5
        canvas.line(0, at, 1, at, GRID)
        canvas.text(-0.02, at, f"{at:.1f}", "rm", colour=GREY)
    for row in panel.table:
        canvas.box(row.low + 0.004, 0, row.high - 0.004, row.precision, _BAR)
    canvas.line(0, 0, 1, 1, GREY, 1.5)
    for row in panel.table:
        middle = (row.low + row.high) / 2
        canvas.line(middle, row.precision_low, middle, row.precision_high, INK, 1.5)
        for end in (row.precision_low, row.precision_high):
            canvas.line(middle - 0.012, end, middle + 0.012, end, INK, 1.5)
        canvas.dot(row.mean_score, row.precision, 4, _POINT)
    canvas.line(0, 0, 1, 0, INK)
    canvas.text(0.01, 0.985, "share that is right", "lt", colour=GREY)


def _draw_counts(canvas: UnitCanvas, table: Sequence[ReliabilityBin]) -> None:
    """Detections of each bin, hanging from below the diagram."""
    room = _COUNTS_PX / _SIDE_PX
    top = -0.075
    most = max((row.count for row in table), default=1)
    for row in table:
        end = top - room * row.count / most
        canvas.box(row.low + 0.004, end, row.high - 0.004, top, _COUNT)
        canvas.text((row.low + row.high) / 2, end - 0.01, f"{row.count:,}", "mt", 12)
    for tick in range(6):
        canvas.text(tick / 5, -0.02, f"{tick / 5:.1f}", "mt", colour=GREY)
    canvas.text(0.5, top - room - 0.07, "score, and number of detections", "mt", colour=GREY)
