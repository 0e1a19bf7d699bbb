"""Charts drawn with Pillow: a canvas whose coordinates run from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

INK = (35, 38, 43)
GREY = (120, 125, 132)
GRID = (226, 229, 233)

# Drawn twice as large and shrunk: Pillow's lines have no soft edges of their own.
_OVERSAMPLING = 2


def save_chart(
    target: Path | BinaryIO, width_px: int, height_px: int, draw: Callable[[ImageDraw], None]
) -> None:
    """Draw on white, and write a PNG.

    Args:
        target: a .png, which is replaced if it is there, or a file that is open.
        width_px: of the picture.
        height_px: of the picture.
        draw: draws, by means of `UnitCanvas`.

    Raises:
        OSError: the file cannot be written.
    """
    from PIL import Image
    from PIL.ImageDraw import Draw

    size = (width_px * _OVERSAMPLING, height_px * _OVERSAMPLING)
    picture = Image.new("RGB", size, "white")
    draw(Draw(picture))
    picture.resize((width_px, height_px), Image.Resampling.LANCZOS).save(target, format="PNG")


class UnitCanvas:
    """Draws in a unit square, x to the right and y upwards; outside lies the margin."""

    def __init__(
        self, draw: ImageDraw, left_px: int, top_px: int, width_px: int, height_px: int
    ) -> None:
        self._draw = draw
        self._left_px = left_px
        self._top_px = top_px
        self._width_px = width_px
        self._height_px = height_px

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is drawn."""
        left = self._left_px + x * self._width_px
        top = self._top_px + (1 - y) * self._height_px
        return left * _OVERSAMPLING, top * _OVERSAMPLING

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: tuple[int, ...], width: float = 1
    ) -> None:
        """Draw a line, `width` in pixels."""
        ends = [*self.place(x1, y1), *self.place(x2, y2)]
        self._draw.line(ends, fill=colour, width=round(width * _OVERSAMPLING))

    def box(self, x1: float, y1: float, x2: float, y2: float, colour: tuple[int, ...]) -> None:
        """Fill a rectangle, from its lower left to its upper right corner."""
        self._draw.rectangle([*self.place(x1, y2), *self.place(x2, y1)], fill=colour)

    def dot(self, x: float, y: float, radius_px: float, colour: tuple[int, ...]) -> None:
        """Fill a circle."""
        self._draw.circle(self.place(x, y), radius_px * _OVERSAMPLING, fill=colour)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str,
        size_px: int = 13,
        *,
        colour: tuple[int, ...] = INK,
    ) -> None:
        """Write; the anchor is Pillow's."""
        from PIL import ImageFont

        font = ImageFont.load_default(size_px * _OVERSAMPLING)
        self._draw.text(self.place(x, y), text, fill=colour, font=font, anchor=anchor)
