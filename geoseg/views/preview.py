"""A picture of a result: the raster, its buildings, a title and a scale bar."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geoseg.errors import OutputError, OutputExistsError
from geoseg.views.on_raster import OutlinesOnRaster
from geoseg.views.outlines import OutlineBatches, Outlines, draw_batches, score_colours
from geoseg.views.scale_bar import choose_scale_bar

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from shapely.geometry import Polygon

SUFFIXES = (".png", ".jpg", ".jpeg")
_PAPER = (255, 255, 255)
_INK = (24, 32, 40)
_GREY = (104, 114, 124)
_NO_DATA = (232, 234, 237)
_MARGIN_PX = 24
_HEADER_PX = 92
_FOOTER_PX = 68
_MIN_WIDTH_PX = 640
_MIN_SIDE_PX = 512
_MAX_SIDE_PX = 1600


@dataclass(frozen=True)
class _Scaled:
    """Outlines in pixels of an enlarged or reduced image; `factors` are x, y."""

    outlines: OutlineBatches
    factors: NDArray[np.float64]

    def __iter__(self) -> Iterator[Outlines]:
        for polygons_px, scores in self.outlines:
            polygons = np.array(list(polygons_px), dtype=object)
            yield Outlines(
                shapely.transform(polygons, lambda points: points * self.factors), scores
            )


@dataclass(frozen=True)
class _Picture:
    """The raster as it is shown: enlarged or reduced, with outlines."""

    image: NDArray[np.uint8]
    scale: float


def write_preview(
    path: Path,
    image: NDArray[np.uint8],
    outlines: Sequence[Polygon] | NDArray[np.object_] | OutlinesOnRaster,
    *,
    gsd_m: float,
    title: str,
    subtitle: str = "",
    scores: ArrayLike | None = None,
    valid: NDArray[np.bool_] | None = None,
    overwrite: bool = False,
) -> None:
    """Write a PNG or JPEG that shows the buildings on the raster.

    Args:
        path: the file to write, .png or .jpg.
        image: uint8 (h, w, 3), RGB; an overview is best, more than 1600 px are reduced.
        outlines: N polygons in pixels of the image, none is fine; or batches of footprints, which
            are drawn as they come, and the picture is the same as if they were one.
        gsd_m: ground metres per pixel of the image.
        title: large line on top.
        subtitle: small line below it, for the origin of the result.
        scores: (N,), 0..1, of the N polygons, for colours and legend; one colour when None.
            Batches have their own.
        valid: bool (h, w), False where the raster has no data; all True when None.
        overwrite: whether a file that is there may be replaced.

    Raises:
        OutputExistsError: the file is there and is not to be replaced.
        OutputError: the name has another ending, the image is empty, or the file cannot be
            written.
    """
    check_preview(path, overwrite=overwrite)
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise OutputError(f"{path.name}: a preview needs an image (h, w, 3); got {image.shape}.")
    shown = image if valid is None else np.where(valid[..., None], image, _NO_DATA)
    batches: OutlineBatches
    lowest: float | None
    if isinstance(outlines, OutlinesOnRaster):
        batches = outlines
        lowest = _lowest_shown(batch.scores for batch in outlines.footprints)
    else:
        batches = [Outlines(outlines, scores)]
        lowest = None if scores is None else _lowest_shown([scores])
    picture = _make_picture(np.ascontiguousarray(shown, np.uint8), batches, lowest or 0.0)
    sheet = _lay_out(picture, gsd_m, (title, subtitle), lowest)
    save_picture(sheet, path)


def check_preview(path: Path, *, overwrite: bool = False) -> None:
    """Make sure that a preview can be written, before a long run rather than after it.

    Raises:
        OutputExistsError: the file is there and is not to be replaced.
        OutputError: the name has another ending, or the folder is missing or not writable.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError(f"a preview must end in {', '.join(SUFFIXES)}; got {path.name}.")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: the folder {path.parent} must exist.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: the folder {path.parent} must be writable.")
    if path.exists() and not overwrite:
        raise OutputExistsError(f"{path} exists; ask to overwrite it, or choose a new name.")


def _lowest_shown(scores: Iterable[ArrayLike]) -> float:
    """Round score at the low end of the legend, from the scores of all batches."""
    lowest = [float(np.min(one)) for one in scores if np.size(one)]
    return min(0.9, float(np.floor(min(lowest) * 10) / 10)) if lowest else 0.0


def _make_picture(image: NDArray[np.uint8], outlines: OutlineBatches, lowest: float) -> _Picture:
    height, width = image.shape[:2]
    longest = max(height, width)
    scale = min(1.0, _MAX_SIDE_PX / longest)
    if longest < _MIN_SIDE_PX:
        scale = float(np.ceil(_MIN_SIDE_PX / longest))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale != 1:
        # Pixels of a small raster stay visible as such.
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
        image = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    factors = np.array([size[0] / width, size[1] / height])
    return _Picture(draw_batches(image, _Scaled(outlines, factors), lowest=lowest), factors[0])


def _lay_out(
    picture: _Picture, gsd_m: float, texts: tuple[str, str], lowest: float | None
) -> Image:
    from PIL import Image, ImageDraw

    height, width = picture.image.shape[:2]
    sheet_width = max(_MIN_WIDTH_PX, width + 2 * _MARGIN_PX)
    sheet = Image.new("RGB", (sheet_width, height + _HEADER_PX + _FOOTER_PX), _PAPER)
    left = (sheet_width - width) // 2
    sheet.paste(Image.fromarray(picture.image), (left, _HEADER_PX))
    draw = ImageDraw.Draw(sheet)
    frame = (left - 1, _HEADER_PX - 1, left + width, _HEADER_PX + height)
    draw.rectangle(frame, outline=(196, 202, 208))
    room = sheet_width - 2 * _MARGIN_PX
    _write_line(draw, (_MARGIN_PX, 20), texts[0], 28, _INK, room)
    _write_line(draw, (_MARGIN_PX, 58), texts[1], 16, _GREY, room)
    footer = _HEADER_PX + height + 18
    _draw_scale_bar(draw, (_MARGIN_PX, footer), gsd_m / picture.scale, min(260, room / 3))
    if lowest is not None:
        _draw_legend(draw, (sheet_width - _MARGIN_PX, footer), lowest)
    return sheet


def _write_line(
    draw: ImageDraw,
    at: tuple[float, float],
    text: str,
    size_px: int,
    colour: tuple[int, int, int],
    room_px: float,
) -> None:
    """One line of text, cut with an ellipsis where it does not fit."""
    from PIL import ImageFont

    font = ImageFont.load_default(size_px)
    shown = " ".join(text.split())
    if draw.textlength(shown, font=font) > room_px:
        while shown and draw.textlength(shown + "...", font=font) > room_px:
            shown = shown[:-1]
        shown = shown.rstrip() + "..."
    draw.text(at, shown, fill=colour, font=font)


def _draw_scale_bar(
    draw: ImageDraw, at: tuple[int, int], gsd_m: float, max_width_px: float
) -> None:
    from PIL import ImageFont

    bar, (x, y) = choose_scale_bar(gsd_m, max_width_px), at
    font = ImageFont.load_default(15)
    middle, right = x + round(bar.width_px / 2), x + round(bar.width_px)
    draw.rectangle((x, y, right, y + 7), fill=_PAPER, outline=_INK)
    draw.rectangle((x, y, middle, y + 7), fill=_INK)
    draw.text((x, y + 12), "0", fill=_INK, font=font)
    draw.text((right, y + 12), bar.label, fill=_INK, font=font, anchor="ma")


def _draw_legend(draw: ImageDraw, right_top: tuple[int, int], lowest: float) -> None:
    from PIL import ImageFont

    right, y = right_top
    width, font = 140, ImageFont.load_default(15)
    left = right - width
    for step, colour in enumerate(score_colours(np.linspace(lowest, 1, width), lowest).tolist()):
        draw.line((left + step, y, left + step, y + 7), fill=tuple(colour))
    draw.text((left, y + 12), f"{lowest:.1f}", fill=_INK, font=font)
    draw.text((right, y + 12), "1.0", fill=_INK, font=font, anchor="ra")
    draw.text((left - 10, y + 4), "score", fill=_GREY, font=font, anchor="rm")


def save_picture(sheet: Image, path: Path) -> None:
    """Write a picture under another name and rename it; a file of that name is replaced.

    Raises:
        OutputError: it cannot be written.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    # Pillow gives each format the options that it knows and passes over the others.
    try:
        sheet.save(temporary, optimize=True, quality=92, subsampling=0)
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or error
        if error.errno is not None:
            # The command line names the file of the cause: not the temporary one.
            error.filename = str(path)
        raise OutputError(f"{path}: cannot be written: {reason}.") from error
    finally:
        temporary.unlink(missing_ok=True)
