"""What is labelled and what was found in one place, as two pictures side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.views.examples import MISSED_COLOUR, RIGHT_COLOUR, WRONG_COLOUR
from geoseg.views.outlines import draw_lines, fit_picture, trace_rings


@dataclass(frozen=True)
class Comparison:
    """One image, or one part of a map.

    Attributes:
        heading: why it is shown.
        caption: one line about it.
        image: uint8 (H, W, 3), RGB.
        truth: object (T,) of shapely polygons in pixels of the image, x right and y down, (0, 0)
            the outer corner of the first pixel.
        is_found: bool (T,), True where a prediction matches.
        pred: object (P,), likewise.
        is_right: bool (P,), True where a true building matches.
    """

    heading: str
    caption: str
    image: NDArray[np.uint8]
    truth: NDArray[np.object_]
    is_found: NDArray[np.bool_]
    pred: NDArray[np.object_]
    is_right: NDArray[np.bool_]


def draw_comparison(
    comparison: Comparison, side_px: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The image with the true outlines, and the same with the predicted ones.

    Returns:
        uint8 (h, w, 3) twice, the longer side `side_px`.
    """
    image, scale = fit_picture(comparison.image, side_px)
    truth = _draw(image, comparison.truth, comparison.is_found, MISSED_COLOUR, scale)
    pred = _draw(image, comparison.pred, comparison.is_right, WRONG_COLOUR, scale)
    return truth, pred


def _draw(
    image: NDArray[np.uint8],
    polygons: NDArray[np.object_],
    is_matched: NDArray[np.bool_],
    other_colour: tuple[int, int, int],
    scale: float,
) -> NDArray[np.uint8]:
    canvas = image.copy()
    parts, owners = shapely.get_parts(polygons, return_index=True)
    parts = shapely.transform(parts, lambda points: points * scale)
    for part, owner in zip(parts, owners.tolist(), strict=True):
        colour = RIGHT_COLOUR if is_matched[owner] else other_colour
        draw_lines(canvas, trace_rings(part), colour)
    return canvas
