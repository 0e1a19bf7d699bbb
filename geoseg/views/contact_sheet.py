"""A sheet of images that a person should look at: pairs side by side, and bad outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import OutputError
from geoseg.views.outlines import SUBPIXEL_BITS, draw_lines, fit_picture
from geoseg.views.preview import check_preview, save_picture

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

NUM_COLUMNS = 4
"""Pictures in a row; a pair takes two."""

OUTLINE_COLOUR = (240, 228, 66)
_PAPER, _INK, _FRAME = (255, 255, 255), (24, 32, 40), (196, 202, 208)
_GAP_PX, _CAPTION_PX, _FONT_PX, _LINE_PX = 12, 40, 13, 17
# OpenCV's fixed point ends here; what lies so far outside is not seen anyway.
_FARTHEST_PX = 20_000.0


@dataclass(frozen=True)
class Cell:
    """One or two pictures that belong together.

    Attributes:
        pictures: uint8 (H, W, 3) each, RGB.
        captions: text below each, two lines at most.
        outlines: float32 (V, 2) each, (x, y) in pixels of the first picture, (0, 0) the outer
            corner of its first pixel; they may be broken or reach outside.
    """

    pictures: tuple[NDArray[np.uint8], ...]
    captions: tuple[str, ...]
    outlines: tuple[NDArray[np.float32], ...] = ()


def write_contact_sheet(
    path: Path, cells: Sequence[Cell], *, side_px: int = 300, overwrite: bool = False
) -> None:
    """Write a PNG or JPEG with all cells, row by row.

    Args:
        path: the file to write, .png or .jpg.
        cells: at least one.
        side_px: width and height that pictures are scaled to fit.
        overwrite: whether a file that is there may be replaced.

    Raises:
        OutputExistsError: the file is there and is not to be replaced.
        OutputError: there are no cells, the name has another ending, or the file cannot be
            written.
    """
    from PIL import Image, ImageDraw

    check_preview(path, overwrite=overwrite)
    if not cells:
        raise OutputError(f"{path.name}: a sheet needs at least one image; got none.")
    places, num_rows = _lay_out(cells)
    width, height = side_px + _GAP_PX, side_px + _CAPTION_PX + _GAP_PX
    size = (NUM_COLUMNS * width + _GAP_PX, num_rows * height + _GAP_PX)
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    for cell, (row, column) in zip(cells, places, strict=True):
        for number, (picture, caption) in enumerate(zip(cell.pictures, cell.captions, strict=True)):
            at = (_GAP_PX + (column + number) * width, _GAP_PX + row * height)
            outlines = cell.outlines if number == 0 else ()
            _paste(sheet, draw, at, draw_picture(picture, outlines, side_px))
            _write_caption(draw, (at[0], at[1] + side_px + 4), caption, side_px)
    save_picture(sheet, path)


def draw_picture(
    picture: NDArray[np.uint8], outlines: Sequence[NDArray[np.float32]], side_px: int
) -> NDArray[np.uint8]:
    """A picture with outlines, scaled to fit a square of `side_px`.

    Returns:
        uint8 (h, w, 3), the longer side `side_px`.
    """
    canvas, scale = fit_picture(picture, side_px)
    lines = [_to_fixed(outline, scale) for outline in outlines if np.isfinite(outline).all()]
    draw_lines(canvas, lines, OUTLINE_COLOUR)
    return canvas


def _to_fixed(outline: NDArray[np.float32], scale: float) -> NDArray[np.int32]:
    """An outline in scaled pixels, in OpenCV's fixed point, which counts from pixel centres."""
    points = np.clip(outline.astype(np.float64) * scale - 0.5, -_FARTHEST_PX, _FARTHEST_PX)
    return np.round(points * (1 << SUBPIXEL_BITS)).astype(np.int32)


def _lay_out(cells: Sequence[Cell]) -> tuple[list[tuple[int, int]], int]:
    """Row and column of each cell, and the number of rows; a pair is not broken over two."""
    places: list[tuple[int, int]] = []
    row, column = 0, 0
    for cell in cells:
        if column + len(cell.pictures) > NUM_COLUMNS:
            row, column = row + 1, 0
        places.append((row, column))
        column += len(cell.pictures)
    return places, row + 1


def _paste(sheet: Image, draw: ImageDraw, at: tuple[int, int], picture: NDArray[np.uint8]) -> None:
    from PIL import Image

    sheet.paste(Image.fromarray(picture), at)
    height, width = picture.shape[:2]
    draw.rectangle((at[0] - 1, at[1] - 1, at[0] + width, at[1] + height), outline=_FRAME)


def _write_caption(draw: ImageDraw, at: tuple[int, int], text: str, room_px: int) -> None:
    """Text on two lines, broken between words where it can be, cut where it is too long."""
    from PIL import ImageFont

    font = ImageFont.load_default(_FONT_PX)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and draw.textlength(longer, font=font) > room_px:
            lines.append(word)
        else:
            lines[-1] = longer
    for number, line in enumerate(lines[:2]):
        shown = line
        while draw.textlength(shown, font=font) > room_px:
            shown = shown[:-1]
        draw.text((at[0], at[1] + number * _LINE_PX), shown, fill=_INK, font=font)
