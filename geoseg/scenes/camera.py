"""From the drawn scene to an image: optics, air, sensor, compression."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.scenes.canvas import FloatArray

_GREY = np.float32(0.4)


@dataclass(frozen=True)
class Camera:
    """How a scene is recorded.

    Attributes:
        gain: per channel, after haze.
        haze: 0..1 of the light comes from the air, in `haze_rgb`.
        haze_rgb: colour of the air.
        gamma: exponent on the values.
        contrast: factor on the distance from a middle grey.
        blur_px: standard deviation of the point spread, image pixels.
        sharpen: strength of the unsharp mask that follows.
        noise: standard deviation of the sensor noise, 0..1.
        jpeg_quality: 0..100; None leaves the image uncompressed.
    """

    gain: tuple[float, float, float]
    haze: float
    haze_rgb: tuple[float, float, float]
    gamma: float
    contrast: float
    blur_px: float
    sharpen: float
    noise: float
    jpeg_quality: int | None


def make_camera(rng: np.random.Generator, *, satellite: bool) -> Camera:
    """Random settings: hazier, bluer and softer from a satellite, warmer and crisper below."""
    if satellite:
        level = float(rng.uniform(0.7, 1.2))
        tint = rng.uniform(0.0, 0.14)
        gain = np.array([1 - tint, 1.0, 1 + 0.5 * tint]) * level
        haze, air = float(rng.uniform(0.02, 0.3)), (0.27, 0.33, 0.4)
        blur, sharpen = float(rng.uniform(0.5, 0.95)), float(rng.uniform(0, 0.9))
    else:
        level = float(rng.uniform(0.8, 1.25))
        tint = rng.uniform(-0.1, 0.12)
        gain = np.array([1 + tint, 1.0, 1 - 1.2 * tint]) * level
        haze, air = float(rng.uniform(0.0, 0.14)), (0.5, 0.52, 0.53)
        blur, sharpen = float(rng.uniform(0.25, 0.75)), float(rng.uniform(0, 1.0))
    return Camera(
        (float(gain[0]), float(gain[1]), float(gain[2])),
        haze,
        air,
        float(rng.uniform(0.85, 1.2)),
        float(rng.uniform(0.95, 1.4)),
        blur,
        sharpen,
        float(rng.uniform(0.004, 0.022)),
        None if rng.random() < 0.3 else int(rng.integers(60, 96)),
    )


def capture(
    rgb: FloatArray, shape_hw: tuple[int, int], camera: Camera, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Record a canvas.

    Args:
        rgb: float32 (H, W, 3), 0..1, at a higher resolution than the image.
        shape_hw: size of the image.
        camera: the settings.
        rng: noise comes from here.

    Returns:
        uint8 (h, w, 3), RGB.
    """
    height, width = shape_hw
    seen = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    image = np.asarray(cv2.GaussianBlur(seen, (0, 0), camera.blur_px), np.float32)
    image = image + np.float32(camera.sharpen) * (image - cv2.GaussianBlur(image, (0, 0), 1.2))
    image = np.clip(image, 0, 1.3) ** np.float32(camera.gamma)
    image = np.clip(_GREY + (image - _GREY) * np.float32(camera.contrast), 0, 1.3)
    image = image * np.float32(1 - camera.haze) + camera.haze * np.asarray(
        camera.haze_rgb, np.float32
    )
    image *= np.asarray(camera.gain, np.float32)
    image += camera.noise * rng.standard_normal(image.shape, dtype=np.float32)
    recorded = np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
    if camera.jpeg_quality is None:
        return recorded
    options = [cv2.IMWRITE_JPEG_QUALITY, camera.jpeg_quality]
    _, encoded = cv2.imencode(".jpg", recorded[..., ::-1], options)
    decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])
