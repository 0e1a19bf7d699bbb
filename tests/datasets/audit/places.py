"""Made places: pictures that are all different, seen in any frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.audit.transforms import transform_picture

SIZE_PX = 300
MARGIN_PX = 20


def make_place(
    seed: int, *, shift_px: int = 0, size_wh: tuple[int, int] = (SIZE_PX, SIZE_PX)
) -> NDArray[np.uint8]:
    """Ground with fields and houses, the frame shifted to the right: uint8 (H, W, 3)."""
    random = np.random.default_rng(seed)
    width, height = size_wh
    wide = width + MARGIN_PX
    fields = random.uniform(60, 170, (9, 9, 3)).astype(np.float32)
    grain = random.normal(0, 40, (height, wide, 3)).astype(np.float32)
    ground = np.asarray(cv2.resize(fields, (wide, height), interpolation=cv2.INTER_CUBIC), float)
    ground = ground + np.asarray(cv2.GaussianBlur(grain, (0, 0), 2), float)
    for _ in range(25):
        left, top = random.integers(0, [wide, height])
        size = random.integers(10, 45, 2)
        ground[top : top + size[1], left : left + size[0]] = random.uniform(30, 230, 3)
    noisy = ground + random.normal(0, 4, ground.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)[:, shift_px : shift_px + width]


def save(path: Path, picture: NDArray[np.uint8], quality: int = 92) -> Path:
    """Write a picture in the format of its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return path


def brighten(picture: NDArray[np.uint8], gain: float, shift: float) -> NDArray[np.uint8]:
    """Values times a factor plus a shift."""
    return np.clip(picture * gain + shift, 0, 255).astype(np.uint8)


def turn(picture: NDArray[np.uint8], transform: str) -> NDArray[np.uint8]:
    """A flipped or rotated picture of its own memory."""
    return np.ascontiguousarray(transform_picture(picture, transform))
