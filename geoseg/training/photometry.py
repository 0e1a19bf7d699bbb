"""Changes of light and lens: what differs between two images of one place."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.config import AugmentConfig

Image = NDArray[np.uint8]

# OpenCV counts hue in steps of two degrees.
DEGREES_PER_HUE = 2.0
HUES = 180

# What contrast turns about, and the light that haze adds: shares of white.
MIDDLE_LEVEL = 0.45
HAZE_LEVEL = 0.85


def vary_photometry(image: Image, augment: AugmentConfig, random: np.random.Generator) -> Image:
    """Change exposure, colour, haze, sharpness, noise and JPEG quality at random.

    The order is that of a camera: light, lens, sensor, file.

    Args:
        image: uint8 (H, W, 3), RGB.
        augment: how often and how much.
        random: draws the changes.

    Returns:
        uint8 (H, W, 3), a new array.
    """
    image = _vary_curve(image, augment, random)
    if random.random() < augment.colour_probability:
        image = _vary_colour(image, augment, random)
    if random.random() < augment.blur_probability:
        sigma_px = random.uniform(*augment.blur_px)
        image = cv2.GaussianBlur(image, (0, 0), sigma_px)  # type: ignore[assignment]
    if random.random() < augment.noise_probability:
        image = _add_noise(image, random.uniform(*augment.noise_levels), random)
    if random.random() < augment.jpeg_probability:
        low, high = augment.jpeg_quality
        image = recompress(image, int(random.integers(low, high + 1)))
    return image


def _vary_curve(image: Image, augment: AugmentConfig, random: np.random.Generator) -> Image:
    """Gamma, contrast, brightness, haze and a colour cast, as one table per channel."""
    levels = np.linspace(0.0, 1.0, 256)
    gamma = np.exp(random.normal(0.0, augment.gamma))
    contrast = np.exp(random.normal(0.0, augment.contrast))
    brightness = random.normal(0.0, augment.brightness)
    is_hazy = random.random() < augment.haze_probability
    haze = random.uniform(0.0, augment.haze) if is_hazy else 0.0
    casts = np.exp(random.normal(0.0, augment.cast, 3))
    curve = (levels**gamma - MIDDLE_LEVEL) * contrast + MIDDLE_LEVEL + brightness
    curves = np.clip(curve, 0.0, 1.0)[:, np.newaxis] * casts * (1.0 - haze) + HAZE_LEVEL * haze
    table = np.clip(curves * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return cv2.LUT(image, table[:, np.newaxis])  # type: ignore[return-value]


def _vary_colour(image: Image, augment: AugmentConfig, random: np.random.Generator) -> Image:
    """Saturation and hue; sometimes none at all."""
    if random.random() < augment.grey_probability:
        return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)  # type: ignore[return-value]
    levels = np.arange(256)
    most = round(augment.hue_deg / DEGREES_PER_HUE)
    hues = (levels + int(random.integers(-most, most + 1))) % HUES
    gain = np.exp(random.normal(0.0, augment.saturation))
    saturations = np.clip(levels * gain, 0, 255)
    table = np.stack([hues, saturations, levels], axis=-1).astype(np.uint8)
    hsv = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), table[:, np.newaxis])
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)  # type: ignore[return-value]


def _add_noise(image: Image, deviation: float, random: np.random.Generator) -> Image:
    """Grain that is the same in all channels."""
    noise = random.standard_normal(image.shape[:2], np.float32) * np.float32(deviation)
    grain = cv2.cvtColor(noise, cv2.COLOR_GRAY2RGB)
    return cv2.add(image, grain, dtype=cv2.CV_8U)  # type: ignore[return-value]


def recompress(image: Image, quality: int) -> Image:
    """What JPEG of a quality, 1 to 100, leaves of an image uint8 (H, W, 3), RGB."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, packed = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)  # type: ignore[return-value, arg-type]
