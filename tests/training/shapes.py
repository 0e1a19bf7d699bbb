"""Invented images of circles, squares and triangles, each a class of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from tests.training.labelled import write_dataset

CLASS_NAMES = ("circle", "square", "triangle")
NUM_CORNERS = (32, 4, 3)
SUPERSAMPLING = 8
RADII_PX = (11.0, 20.0)
MAX_SHAPES = 4


def write_shapes(folder: Path, num_images: int, *, size_px: int, seed: int) -> Path:
    """A dataset in COCO layout with images `0.png`, `1.png`, ..."""
    random = np.random.default_rng(seed)
    images: dict[str, NDArray[np.uint8]] = {}
    annotations: list[dict[str, Any]] = []
    for number in range(num_images):
        placed = _place_shapes(random, size_px)
        images[f"{number}.png"] = _draw_image(random, size_px, [shape for _, shape in placed])
        annotations += [
            {
                "image_id": number + 1,
                "category_id": class_index + 1,
                "segmentation": [shapely.get_coordinates(shape.exterior).ravel().tolist()],
            }
            for class_index, shape in placed
        ]
    categories = [{"id": index + 1, "name": name} for index, name in enumerate(CLASS_NAMES)]
    return write_dataset(folder, images, annotations, categories=categories)


def _place_shapes(random: np.random.Generator, size_px: int) -> list[tuple[int, shapely.Polygon]]:
    """One to four shapes, wholly on the image and apart from each other."""
    placed: list[tuple[int, shapely.Polygon]] = []
    wanted = int(random.integers(1, MAX_SHAPES + 1))
    for _ in range(20 * wanted):
        class_index, radius = int(random.integers(len(CLASS_NAMES))), random.uniform(*RADII_PX)
        middle = random.uniform(radius + 1, size_px - radius - 1, 2)
        corners = NUM_CORNERS[class_index]
        angles = random.uniform(0, 2 * np.pi) + np.arange(corners) * 2 * np.pi / corners
        shape = shapely.Polygon(middle + radius * np.column_stack([np.cos(angles), np.sin(angles)]))
        if len(placed) < wanted and all(shape.distance(other) > 3 for _, other in placed):
            placed.append((class_index, shape))
    return placed


def _draw_image(
    random: np.random.Generator, size_px: int, shapes: list[shapely.Polygon]
) -> NDArray[np.uint8]:
    """Shapes of one colour each on mottled ground, with soft edges and grain."""
    ground = random.uniform(40, 215, 3)
    knots = random.normal(0, 14, (size_px // 8 + 2, size_px // 8 + 2, 3)).astype(np.float32)
    mottled = cv2.resize(knots, (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    image = ground + np.asarray(mottled, np.float64)
    for shape in shapes:
        colour = ground
        while np.abs(colour - ground).max() < 60:
            colour = random.uniform(10, 245, 3)
        fine = np.zeros((size_px * SUPERSAMPLING,) * 2, np.uint8)
        points = shapely.get_coordinates(shape.exterior)[:-1] * SUPERSAMPLING - 0.5
        cv2.fillPoly(fine, [np.round(points).astype(np.int32)], 255)
        cover = cv2.resize(fine, (size_px, size_px), interpolation=cv2.INTER_AREA)
        image += np.asarray(cover / 255.0, np.float64)[..., np.newaxis] * (colour - image)
    return np.clip(image + random.normal(0, 5, image.shape), 0, 255).astype(np.uint8)
