"""A picture of what scores mean: the share of detections that are right, by score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geoseg.scores import ReliabilityBin

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_INK = (35, 38, 43)
_GREY = (120, 125, 132)
_GRID = (226, 229, 233)
_BAR = (120, 170, 214)
_COUNT = (196, 203, 211)
_POINT = (192, 57, 43)

_SIDE_PX = 420
_COUNTS_PX = 90
_MARGIN_PX = 70
_TOP_PX = 60
# Drawn twice as large and shrunk: Pillow's lines have no soft edges of their own.
_OVERSAMPLING = 2


class ReliabilityPanel(NamedTuple):
    """One diagram of the picture.

    Attributes:
        title: written above.
        table: bins from low to high.
    """

    title: str
    table: Sequence[ReliabilityBin]


def draw_reliability(path: Path, panels: Sequence[ReliabilityPanel]) -> None:
    """Draw reliability diagrams side by side, with the number of detections below each.

    Bars are the share that is right, with its 95 % interval; a dot stands at the mean score of
    its bin. On the diagonal a score is what it says.

    Args:
        path: a .png; one that is there is replaced.
        panels: at least one.

    Raises:
        OSError: the file cannot be written.
    """
    from PIL import Image, ImageDraw

    width = len(panels) * (_SIDE_PX + _MARGIN_PX) + _MARGIN_PX // 2
    height = _TOP_PX + _SIDE_PX + _COUNTS_PX + 2 * _MARGIN_PX
    picture = Image.new("RGB", (width * _OVERSAMPLING, height * _OVERSAMPLING), "white")
    draw = ImageDraw.Draw(picture)
    for number, panel in enumerate(panels):
        left = _MARGIN_PX + number * (_SIDE_PX + _MARGIN_PX)
        canvas = _Canvas(draw, left, _TOP_PX)
        _draw_panel(canvas, panel)
        _draw_counts(canvas, panel.table)
    picture.resize((width, height), Image.Resampling.LANCZOS).save(path, format="PNG")


class _Canvas:
    """Draws in a unit square, x to the right and y upwards; below 0 lie the counts."""

    def __init__(self, draw: ImageDraw, left_px: int, top_px: int) -> None:
        self._draw = draw
        self._left_px = left_px
        self._top_px = top_px

    def place(self, x: float, y: float) -> tuple[float, float]:
        left = self._left_px + x * _SIDE_PX
        top = self._top_px + (1 - y) * _SIDE_PX
        return left * _OVERSAMPLING, top * _OVERSAMPLING

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: tuple[int, ...], width: float = 1
    ) -> None:
        ends = [*self.place(x1, y1), *self.place(x2, y2)]
        self._draw.line(ends, fill=colour, width=round(width * _OVERSAMPLING))

    def box(self, x1: float, y1: float, x2: float, y2: float, colour: tuple[int, ...]) -> None:
        self._draw.rectangle([*self.place(x1, y2), *self.place(x2, y1)], fill=colour)

    def dot(self, x: float, y: float, radius_px: float, colour: tuple[int, ...]) -> None:
        centre = self.place(x, y)
        self._draw.circle(centre, radius_px * _OVERSAMPLING, fill=colour)

    def text(
        self, x: float, y: float, text: str, anchor: str, size_px: int = 13, *, grey: bool = False
    ) -> None:
        from PIL import ImageFont

        font = ImageFont.load_default(size_px * _OVERSAMPLING)
        self._draw.text(
            self.place(x, y), text, fill=_GREY if grey else _INK, font=font, anchor=anchor
        )


def _draw_panel(canvas: _Canvas, panel: ReliabilityPanel) -> None:
    canvas.text(0, 1.06, panel.title, "ls", 16)
    for tick in range(6):
        at = tick / 5
        canvas.line(0, at, 1, at, _GRID)
        canvas.text(-0.02, at, f"{at:.1f}", "rm", grey=True)
    for row in panel.table:
        canvas.box(row.low + 0.004, 0, row.high - 0.004, row.precision, _BAR)
    canvas.line(0, 0, 1, 1, _GREY, 1.5)
    for row in panel.table:
        middle = (row.low + row.high) / 2
        canvas.line(middle, row.precision_low, middle, row.precision_high, _INK, 1.5)
        for end in (row.precision_low, row.precision_high):
            canvas.line(middle - 0.012, end, middle + 0.012, end, _INK, 1.5)
        canvas.dot(row.mean_score, row.precision, 4, _POINT)
    canvas.line(0, 0, 1, 0, _INK)
    canvas.text(0.01, 0.985, "share that is right", "lt", grey=True)


def _draw_counts(canvas: _Canvas, table: Sequence[ReliabilityBin]) -> None:
    """Detections of each bin, hanging from below the diagram."""
    room = _COUNTS_PX / _SIDE_PX
    top = -0.075
    most = max((row.count for row in table), default=1)
    for row in table:
        end = top - room * row.count / most
        canvas.box(row.low + 0.004, end, row.high - 0.004, top, _COUNT)
        canvas.text((row.low + row.high) / 2, end - 0.01, f"{row.count:,}", "mt", 12)
    for tick in range(6):
        canvas.text(tick / 5, -0.02, f"{tick / 5:.1f}", "mt", grey=True)
    canvas.text(0.5, top - room - 0.07, "score, and number of detections", "mt", grey=True)
