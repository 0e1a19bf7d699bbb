"""Shadows of buildings and clouds: light changes, labels stay."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.config import AugmentConfig
from geoseg.datasets.sources import LabelledObject

# Shadows are lit by the sky: they are bluer than what the sun lights. Gains of R, G, B, relative.
SKY_TINT = (0.94, 0.98, 1.08)
# Heights of neighbouring buildings differ by about this, as a logarithm.
HEIGHT_SPREAD = 0.35
# OpenCV's polygons have this many bits behind the point.
SHIFT_BITS = 4
# How far the softness of an edge reaches.
PENUMBRA = np.ones((5, 5), np.uint8)
# Clouds are blobs of noise on a grid of so many knots a side.
CLOUD_KNOTS = (3, 6)
# Penumbra of a cloud in units of the noise.
CLOUD_EDGE = 0.8


def add_shadows(
    image: NDArray[np.uint8],
    objects: Sequence[LabelledObject],
    gsd_m: float,
    augment: AugmentConfig,
    random: np.random.Generator,
) -> NDArray[np.uint8]:
    """Darken what buildings and clouds hide from the sun, as often as `augment` says.

    Args:
        image: uint8 (H, W, 3), RGB.
        objects: in pixels of the image; all but the ignored ones cast shadows.
        gsd_m: ground metres per pixel.
        augment: how often, how long and how dark.
        random: draws sun and clouds.

    Returns:
        uint8 (H, W, 3); the image itself where there is no shadow.
    """
    if random.random() < augment.shadow_probability:
        sun_rad = random.uniform(0.0, 2 * math.pi)
        length_px = random.uniform(*augment.shadow_length_m) / gsd_m
        reach_xy = length_px * np.array([math.cos(sun_rad), math.sin(sun_rad)])
        shade = cast_shadows(objects, image.shape[:2], reach_xy, random)  # type: ignore[arg-type]
        image = darken(image, shade, random.uniform(*augment.shadow_darkness))
    if random.random() < augment.cloud_probability:
        shade = draw_clouds(image.shape[:2], random)  # type: ignore[arg-type]
        image = darken(image, shade, random.uniform(*augment.shadow_darkness))
    return image


def darken(
    image: NDArray[np.uint8], shade: NDArray[np.uint8], darkness: float
) -> NDArray[np.uint8]:
    """Take light away where there is shade.

    Args:
        image: uint8 (H, W, 3), RGB.
        shade: uint8 (H, W), 255 for full shadow.
        darkness: share of the light that full shadow takes.

    Returns:
        uint8 (H, W, 3).
    """
    tint = (1.0 - darkness) * np.array(SKY_TINT)
    share = np.linspace(0.0, 1.0, 256)[:, np.newaxis]
    gains = np.clip(255.0 * (1.0 - share * (1.0 - tint)), 0, 255)
    table = np.round(gains).astype(np.uint8)[:, np.newaxis]
    gain = cv2.LUT(cv2.cvtColor(shade, cv2.COLOR_GRAY2RGB), table)
    return cv2.multiply(image, gain, scale=1 / 255)  # type: ignore[return-value]


def cast_shadows(
    objects: Sequence[LabelledObject],
    shape_hw: tuple[int, int],
    reach_xy: NDArray[np.float64],
    random: np.random.Generator,
) -> NDArray[np.uint8]:
    """Shade on the ground round buildings with flat roofs.

    A roof's shadow is what its outline sweeps over on its way to where the sun throws it. No
    shadow falls on any roof: their heights are not known.

    Args:
        objects: in pixels; the ignored ones are kept free of shadow, but cast none.
        shape_hw: of the image.
        reach_xy: (x, y) pixels from a roof of usual height to its shadow.
        random: draws the heights and the softness.

    Returns:
        uint8 (H, W), 255 for full shadow.
    """
    shade = np.zeros(shape_hw, np.uint8)
    casting = [one for one in objects if not one.is_ignored]
    heights = np.exp(random.normal(0.0, HEIGHT_SPREAD, len(casting)))
    for one, height in zip(casting, heights, strict=True):
        _sweep(shade, one, height * reach_xy)
    roofs = np.zeros(shape_hw, np.uint8)
    for one in objects:
        cv2.fillPoly(roofs, _rings_of(one), 255, shift=SHIFT_BITS)
    on_ground = cv2.dilate(cv2.subtract(shade, roofs), PENUMBRA)
    # The sun is a disc: edges are soft, but for those of roofs, whose sunny sides stay bright.
    soft = cv2.GaussianBlur(shade, (0, 0), random.uniform(0.5, 1.5))
    shade = cv2.min(soft, on_ground)  # type: ignore[assignment]
    for one in objects:
        cv2.fillPoly(shade, _rings_of(one), 0, lineType=cv2.LINE_AA, shift=SHIFT_BITS)
    return shade


def _sweep(shade: NDArray[np.uint8], one: LabelledObject, reach_xy: NDArray[np.float64]) -> None:
    """Fill what an object passes over on its way, but for where it starts, in place."""
    moved = [ring + reach_xy for ring in one.rings]
    for ring, end in zip(one.rings, moved, strict=True):
        corners = (ring, np.roll(ring, -1, axis=0), np.roll(end, -1, axis=0), end)
        for quad in _fixed_point(np.stack(corners, axis=1)):
            cv2.fillConvexPoly(shade, quad, 255, shift=SHIFT_BITS)
    # All rings at once, so that courtyards stay open.
    cv2.fillPoly(shade, [_fixed_point(end) for end in moved], 255, shift=SHIFT_BITS)


def _rings_of(one: LabelledObject) -> list[NDArray[np.int32]]:
    return [_fixed_point(ring) for ring in one.rings]


def _fixed_point(points: NDArray[np.floating]) -> NDArray[np.int32]:
    """Pixel corners at whole numbers to OpenCV's fixed point with centres at whole numbers."""
    return np.round((points - 0.5) * (1 << SHIFT_BITS)).astype(np.int32)


def draw_clouds(shape_hw: tuple[int, int], random: np.random.Generator) -> NDArray[np.uint8]:
    """Shade of clouds: soft blobs over a random share of an image.

    Args:
        shape_hw: of the image.
        random: draws the blobs.

    Returns:
        uint8 (H, W), 255 for full shadow.
    """
    knots = int(random.integers(CLOUD_KNOTS[0], CLOUD_KNOTS[1] + 1))
    noise = random.standard_normal((knots, knots)).astype(np.float32)
    # Smooth at a size where floats cost nothing.
    smooth = cv2.resize(noise, (48, 48), interpolation=cv2.INTER_CUBIC)
    cover = (smooth - random.uniform(-0.8, 1.0)) / CLOUD_EDGE
    small = (np.clip(cover, 0.0, 1.0) * 255.0).astype(np.uint8)
    return cv2.resize(small, shape_hw[::-1], interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]
