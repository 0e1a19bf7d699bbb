"""Datasets of plain images, written by the tests that need them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

BUILDING = {"id": 100, "name": "building", "supercategory": "building"}

Polygon = Sequence[tuple[float, float]]


def draw_polygon(
    polygon: Polygon, shape_hw: tuple[int, int], *, supersampling: int = 8
) -> NDArray[np.float64]:
    """Share of each pixel that a polygon of (x, y) covers: float64 (H, W).

    By a test of sample points, so that it has nothing in common with what it is compared to.
    """
    height, width = shape_hw
    step = 1.0 / supersampling
    x, y = np.meshgrid(np.arange(0.5 * step, width, step), np.arange(0.5 * step, height, step))
    inside = np.zeros(x.shape, bool)
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if y1 == y2:
            continue
        is_crossed = (y1 <= y) != (y2 <= y)
        inside ^= is_crossed & (x < x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    cells = inside.reshape(height, supersampling, width, supersampling)
    covered: NDArray[np.float64] = cells.mean(axis=(1, 3))
    return covered


def paint(polygon: Polygon, shape_hw: tuple[int, int]) -> NDArray[np.uint8]:
    """A white polygon on black: uint8 (H, W, 3)."""
    return np.repeat(np.round(255 * draw_polygon(polygon, shape_hw))[..., None], 3, 2).astype(
        np.uint8
    )


def flat(polygon: Polygon) -> list[list[float]]:
    """COCO's form of one polygon."""
    return [[float(value) for point in polygon for value in point]]


def write_dataset(
    folder: Path,
    images: Mapping[str, NDArray[np.uint8]],
    annotations: Sequence[Mapping[str, Any]] = (),
    *,
    categories: Sequence[Mapping[str, Any]] = (BUILDING,),
    gsd_m: float = 0.3,
) -> Path:
    """Write images, with ids from 1 in their order, and their annotations.

    Annotations say `image_id` and `segmentation`; the rest is filled in.
    """
    (folder / "images").mkdir(parents=True)
    records = []
    for index, (name, image) in enumerate(images.items()):
        cv2.imwrite(str(folder / "images" / name), image[..., ::-1])
        height, width = image.shape[:2]
        records.append(
            {"id": index + 1, "file_name": name, "width": width, "height": height, "gsd_m": gsd_m}
        )
    filled = [
        {"id": index + 1, "category_id": 100, "iscrowd": 0, **annotation}
        for index, annotation in enumerate(annotations)
    ]
    content = {"images": records, "annotations": filled, "categories": list(categories)}
    (folder / "annotation.json").write_text(json.dumps(content), encoding="utf-8")
    return folder
