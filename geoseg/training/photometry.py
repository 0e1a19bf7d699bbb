"""Changes of light and lens: what differs between two images of one place."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

# OpenCV counts hue in steps of two degrees.
HUES = 180


def vary_photometry(image: Image, random: np.random.Generator) -> Image:
    """Change exposure, colour, haze, sharpness, noise and JPEG quality at random.

    Args:
        image: uint8 (H, W, 3), RGB.
        random: draws the changes.

    Returns:
        uint8 (H, W, 3), a new array.
    """
    image = _vary_curve(image, random)
    if random.random() < 0.6:
        image = _vary_colour(image, random)
    if random.random() < 0.25:
        sigma_px = random.uniform(0.3, 1.1)
        image = cv2.GaussianBlur(image, (0, 0), sigma_px)  # type: ignore[assignment]
    if random.random() < 0.25:
        image = _add_noise(image, random.uniform(1.0, 8.0), random)
    if random.random() < 0.3:
        image = _recompress(image, int(random.integers(35, 90)))
    return image


def _vary_curve(image: Image, random: np.random.Generator) -> Image:
    """Gamma, contrast, brightness, haze and a colour cast, as one table per channel."""
    levels = np.linspace(0.0, 1.0, 256)
    gamma = np.exp(random.normal(0.0, 0.25))
    contrast = np.exp(random.normal(0.0, 0.2))
    brightness = random.normal(0.0, 0.08)
    haze = random.uniform(0.0, 0.3) if random.random() < 0.2 else 0.0
    casts = np.exp(random.normal(0.0, 0.06, 3))
    curve = np.clip((levels**gamma - 0.45) * contrast + 0.45 + brightness, 0.0, 1.0)
    curves = curve[:, np.newaxis] * casts * (1.0 - haze) + 0.85 * haze
    table = np.clip(curves * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return cv2.LUT(image, table[:, np.newaxis])  # type: ignore[return-value]


def _vary_colour(image: Image, random: np.random.Generator) -> Image:
    """Saturation and hue; sometimes none at all."""
    if random.random() < 0.08:
        return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)  # type: ignore[return-value]
    levels = np.arange(256)
    hues = (levels + int(random.integers(-6, 7))) % HUES
    saturations = np.clip(levels * np.exp(random.normal(0.0, 0.3)), 0, 255)
    table = np.stack([hues, saturations, levels], axis=-1).astype(np.uint8)
    hsv = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), table[:, np.newaxis])
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)  # type: ignore[return-value]


def _add_noise(image: Image, deviation: float, random: np.random.Generator) -> Image:
    """Grain that is the same in all channels."""
    noise = random.standard_normal((*image.shape[:2], 1), np.float32) * np.float32(deviation)
    return np.clip(image + noise + 0.5, 0, 255).astype(np.uint8)


def _recompress(image: Image, quality: int) -> Image:
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, packed = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)  # type: ignore[return-value, arg-type]
