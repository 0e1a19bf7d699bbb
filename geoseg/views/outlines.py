"""Outlines of buildings, drawn over an image and coloured by score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import cv2
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from affine import Affine
    from shapely.geometry import Polygon

PLAIN_COLOUR = (0, 229, 255)
_RAMP_AT = (0.0, 0.5, 1.0)
_RAMP = ((255, 82, 82), (255, 202, 40), (0, 229, 255))
HALO = (16, 24, 32)
_FILL_SHARE = 0.16
SUBPIXEL_BITS = 4
# Below this side an outline would hide the building that it encloses.
_SMALL_PX = 14.0


def to_pixels(polygons: Sequence[Polygon], transform: Affine) -> NDArray[np.object_]:
    """Move polygons from a raster's CRS into its pixels.

    Args:
        polygons: N polygons in the CRS of the transform.
        transform: pixel (col, row) -> CRS (x, y).

    Returns:
        object (N,) of polygons in pixels, x right and y down; empty for no polygons.
    """
    a, b, c, d, e, f = (~transform)[:6]
    matrix = np.array([[a, b], [d, e]])
    return shapely.transform(
        np.array(list(polygons), dtype=object), lambda points: points @ matrix.T + (c, f)
    )


def score_colours(scores: ArrayLike, lowest: float = 0.0) -> NDArray[np.uint8]:
    """Colours of scores: red at `lowest`, amber half-way, cyan at 1.

    Args:
        scores: (N,), 0..1.
        lowest: score of the first colour, below 1.

    Returns:
        uint8 (N, 3), RGB.

    Example:
        >>> score_colours([0.5, 1.0], lowest=0.5).tolist()
        [[255, 82, 82], [0, 229, 255]]
    """
    share = np.clip((np.asarray(scores, float) - lowest) / max(1e-6, 1 - lowest), 0, 1)
    channels = [np.interp(share, _RAMP_AT, [one[k] for one in _RAMP]) for k in range(3)]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)


class Outlines(NamedTuple):
    """Outlines of some buildings.

    Attributes:
        polygons_px: N polygons in pixels of an image, (0, 0) the outer corner of the first.
        scores: (N,), 0..1, for the colours; one colour for all when None.
    """

    polygons_px: Sequence[Polygon] | NDArray[np.object_]
    scores: ArrayLike | None = None


class OutlineBatches(Protocol):
    """Outlines of any number of buildings, a batch at a time; may be gone through repeatedly."""

    def __iter__(self) -> Iterator[Outlines]:
        """The batches, in the same order each time."""
        ...


def draw_outlines(
    image: NDArray[np.uint8],
    polygons_px: Sequence[Polygon] | NDArray[np.object_],
    scores: ArrayLike | None = None,
    *,
    lowest: float = 0.0,
) -> NDArray[np.uint8]:
    """Draw building outlines over a copy of an image.

    Args:
        image: uint8 (h, w, 3), RGB.
        polygons_px: N polygons in pixels of the image, (0, 0) the outer corner of the first.
        scores: (N,), 0..1, for the colours; one colour for all when None.
        lowest: score that gets the first colour.

    Returns:
        uint8 (h, w, 3); equal to the image when there are no polygons.
    """
    return draw_batches(image, [Outlines(polygons_px, scores)], lowest=lowest)


def draw_batches(
    image: NDArray[np.uint8], batches: OutlineBatches, *, lowest: float = 0.0
) -> NDArray[np.uint8]:
    """Draw building outlines over a copy of an image, as if all batches were one.

    Args:
        image: uint8 (h, w, 3), RGB.
        batches: in pixels of the image.
        lowest: score that gets the first colour.

    Returns:
        uint8 (h, w, 3); equal to the image when there are no outlines.
    """
    width = _line_width(batches)
    if width == 0:
        return image.copy()
    filled = image.copy()
    for rings, colour in _trace(batches, lowest):
        cv2.fillPoly(filled, rings, colour, cv2.LINE_AA, SUBPIXEL_BITS)
    canvas = np.asarray(cv2.addWeighted(filled, _FILL_SHARE, image, 1 - _FILL_SHARE, 0), np.uint8)
    if width > 1:
        for rings, _ in _trace(batches, lowest):
            cv2.polylines(canvas, rings, True, HALO, width + 2, cv2.LINE_AA, SUBPIXEL_BITS)
    for rings, colour in _trace(batches, lowest):
        cv2.polylines(canvas, rings, True, colour, width, cv2.LINE_AA, SUBPIXEL_BITS)
    return canvas


def _trace(
    batches: OutlineBatches, lowest: float
) -> Iterator[tuple[list[NDArray[np.int32]], tuple[int, ...]]]:
    """Rings and colour of each building."""
    for polygons_px, scores in batches:
        if scores is None:
            colours = [PLAIN_COLOUR] * len(polygons_px)
        else:
            colours = [tuple(row) for row in score_colours(scores, lowest).tolist()]
        for polygon, colour in zip(polygons_px, colours, strict=True):
            yield trace_rings(polygon), colour


def fit_picture(picture: NDArray[np.uint8], side_px: int) -> tuple[NDArray[np.uint8], float]:
    """A picture scaled to fit a square, as a canvas of its own.

    Args:
        picture: uint8 (H, W, 3).
        side_px: the longer side of the result.

    Returns:
        uint8 (h, w, 3), and its pixels per pixel of the picture.
    """
    height, width = picture.shape[:2]
    scale = side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(picture, size, interpolation=method), np.uint8), scale


def draw_lines(
    canvas: NDArray[np.uint8], lines: Sequence[NDArray[np.int32]], colour: tuple[int, int, int]
) -> None:
    """Draw closed lines with a dark halo onto a canvas.

    Args:
        canvas: uint8 (h, w, 3), drawn on.
        lines: int32 (V, 2) each, in OpenCV's fixed point of `SUBPIXEL_BITS` bits.
        colour: RGB.
    """
    for shade, line_px in ((HALO, 4), (colour, 2)):
        cv2.polylines(canvas, lines, True, shade, line_px, cv2.LINE_AA, SUBPIXEL_BITS)


def trace_rings(polygon: Polygon) -> list[NDArray[np.int32]]:
    """Rings of a polygon in pixels as OpenCV draws them, in its fixed point of 4 bits."""
    # OpenCV counts from pixel centres, geoseg from the outer corner.
    return [
        np.round((np.asarray(ring.coords)[:, :2] - 0.5) * (1 << SUBPIXEL_BITS)).astype(np.int32)
        for ring in (polygon.exterior, *polygon.interiors)
        if len(ring.coords) > 0
    ]


def _line_width(batches: OutlineBatches) -> int:
    """1 where most buildings are small, 2 where they are not, 0 where there are none."""
    sides = [
        np.sqrt(shapely.area(np.asarray(polygons_px, dtype=object))).astype(np.float32)
        for polygons_px, _ in batches
    ]
    if sum(map(len, sides)) == 0:
        return 0
    return 1 if np.median(np.concatenate(sides)) < _SMALL_PX else 2
