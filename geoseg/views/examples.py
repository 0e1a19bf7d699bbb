"""A sheet of images with what was found right, found wrongly, and missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import OutputError
from geoseg.views.outlines import HALO, SUBPIXEL_BITS, draw_lines, fit_picture
from geoseg.views.preview import check_preview, save_picture

# Apart for colour-blind readers too: blue, vermilion, yellow (Okabe and Ito 2008).
RIGHT_COLOUR = (86, 180, 233)
WRONG_COLOUR = (213, 94, 0)
MISSED_COLOUR = (240, 228, 66)
LEGEND = (("found", RIGHT_COLOUR), ("found, not labelled", WRONG_COLOUR), ("missed", MISSED_COLOUR))

_PAPER, _INK = (255, 255, 255), (24, 32, 40)
_GAP_PX, _CAPTION_PX, _LEGEND_PX, _FONT_PX = 12, 26, 40, 15

Masks = Sequence[NDArray[np.bool_]]


@dataclass(frozen=True)
class Example:
    """One image of a sheet.

    Attributes:
        image: uint8 (H, W, 3), RGB.
        right: masks bool (H, W) of objects that were found.
        wrong: masks of what was found where nothing is labelled.
        missed: masks of labels that were not found.
        caption: one line below the image.
    """

    image: NDArray[np.uint8]
    right: Masks
    wrong: Masks
    missed: Masks
    caption: str


def write_examples(
    path: Path,
    examples: Sequence[Example],
    *,
    num_columns: int = 3,
    side_px: int = 420,
    overwrite: bool = False,
) -> None:
    """Write a PNG or JPEG with one cell for each image, row by row, and a legend.

    Args:
        path: the file to write, .png or .jpg.
        examples: at least one.
        num_columns: cells of a row.
        side_px: width and height that images are scaled to fit.
        overwrite: whether a file that is there may be replaced.

    Raises:
        OutputExistsError: the file is there and is not to be replaced.
        OutputError: there are no examples, the name has another ending, or the file cannot be
            written.
    """
    from PIL import Image, ImageDraw, ImageFont

    check_preview(path, overwrite=overwrite)
    if not examples:
        raise OutputError(f"{path.name}: a sheet needs at least one image; got none.")
    font = ImageFont.load_default(_FONT_PX)
    num_rows = -(-len(examples) // num_columns)
    cell_hw = (side_px + _CAPTION_PX + _GAP_PX, side_px + _GAP_PX)
    size = (num_columns * cell_hw[1] + _GAP_PX, num_rows * cell_hw[0] + _GAP_PX + _LEGEND_PX)
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, example in enumerate(examples):
        row, column = divmod(index, num_columns)
        x, y = _GAP_PX + column * cell_hw[1], _GAP_PX + row * cell_hw[0]
        sheet.paste(Image.fromarray(draw_example(example, side_px)), (x, y))
        draw.text((x, y + side_px + 5), example.caption, fill=_INK, font=font)
    x, y = _GAP_PX, size[1] - _LEGEND_PX + 8
    for text, colour in LEGEND:
        draw.rectangle((x, y, x + 22, y + 14), fill=colour, outline=HALO)
        draw.text((x + 30, y - 2), text, fill=_INK, font=font)
        x += 60 + round(draw.textlength(text, font=font))
    save_picture(sheet, path)


def draw_example(example: Example, side_px: int) -> NDArray[np.uint8]:
    """An image with the outlines of its masks, scaled to fit a square of `side_px`.

    Returns:
        uint8 (h, w, 3), the longer side `side_px`.
    """
    canvas, scale = fit_picture(example.image, side_px)
    groups = (
        (example.missed, MISSED_COLOUR),
        (example.right, RIGHT_COLOUR),
        (example.wrong, WRONG_COLOUR),
    )
    for masks, colour in groups:
        for mask in masks:
            draw_lines(canvas, _trace(mask, scale), colour)
    return canvas


def _trace(mask: NDArray[np.bool_], scale: float) -> list[NDArray[np.int32]]:
    """Outlines of a mask in scaled pixels, in OpenCV's fixed point."""
    import contourpy

    padded = np.pad(mask, 1).astype(np.float32)
    lines = contourpy.contour_generator(z=padded).lines(0.5)
    # Values sit at pixel centres, the first row and column are padding, and OpenCV counts
    # from the centre of the first pixel.
    factor = 1 << SUBPIXEL_BITS
    return [
        np.round(((np.asarray(line) - 0.5) * scale - 0.5) * factor).astype(np.int32)
        for line in lines
    ]
