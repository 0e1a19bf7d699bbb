"""A scene of bright roofs on dark ground, and a detector that finds them without a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from shapely import Polygon

from geoseg.crs import WGS84, local_metric_crs, pixel_to_xy, transform_polygons
from geoseg.types import Detection

SHAPE_HW = (330, 420)
UTM = CRS.from_epsg(32636)
PLACE = Affine(0.3, 0, 500_000, 0, -0.3, 6_650_000)
"""Pixel to UTM 36N, at 60 degrees north."""

ROOFS_PX = (
    (20, 30, 60, 90),
    (40, 250, 110, 320),  # (y1, x1, y2, x2); this one lies on the seam of two tiles
    (150, 60, 190, 160),
    (200, 330, 270, 390),
    (265, 40, 310, 85),
)


class BrightDetector:
    """Takes each connected patch of bright pixels for a building.

    Attributes:
        tile_size_px: as the bundled model's.
        class_names: one class.
        batch_size: tiles per step.
        num_seen: images in each call so far.
    """

    def __init__(self, **options: Any) -> None:
        self.tile_size_px = 300
        self.class_names: tuple[str, ...] = ("building",)
        self.batch_size: int = options.get("batch_size") or 3
        self.num_seen: list[int] = []

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Find the bright patches of 40 pixels and more, also outside of the windows."""
        if images.shape[1:] != (self.tile_size_px, self.tile_size_px, 3):
            raise ValueError(f"images must be (B, 300, 300, 3); got {images.shape}.")
        self.num_seen.append(len(images))
        return [self._detect_one(image) for image in images]

    def _detect_one(self, image: NDArray[np.uint8]) -> list[Detection]:
        grey = cv2.medianBlur(image.mean(axis=2).astype(np.uint8), 3)
        count, labels, stats, _ = cv2.connectedComponentsWithStats((grey > 150).astype(np.uint8))
        found = []
        for number in range(1, count):
            left, top, width, height, num_pixels = stats[number].tolist()
            if num_pixels < 40:
                continue
            box = np.array([top, left, top + height, left + width], np.float32)
            part = labels[top : top + height, left : left + width]
            found.append(Detection(box, 0.9, (part == number).astype(np.float32)))
        return found


def load_bright_detector(weights: Path | None = None, **options: Any) -> BrightDetector:
    """What tests put in the place of `geoseg.detections.detector.load_detector`."""
    return BrightDetector(**options)


def make_scene(
    shape_hw: tuple[int, int] = SHAPE_HW, roofs_px: Sequence[tuple[int, ...]] = ROOFS_PX
) -> NDArray[np.uint8]:
    """Bands of bright roofs on dark, noisy ground: uint8 (3, H, W)."""
    random = np.random.default_rng(5)
    scene = random.integers(40, 70, (3, *shape_hw), dtype=np.uint8)
    for y1, x1, y2, x2 in roofs_px:
        scene[:, y1:y2, x1:x2] += 150
    return scene


def write_raster(path: Path, bands: NDArray[Any], **profile: Any) -> Path:
    """Write bands (B, H, W) as a GeoTIFF at `PLACE`; keywords change the profile."""
    settings: dict[str, Any] = {
        "driver": "GTiff",
        "count": bands.shape[0],
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype.name,
        "crs": UTM.to_wkt(),
        "transform": PLACE,
    }
    with rasterio.open(path, "w", **(settings | profile)) as target:
        target.write(bands)
    return path


def damage_block(path: Path, row: int, col: int) -> None:
    """Spoil one compressed block of a tiled GeoTIFF, so that it cannot be read."""
    with rasterio.open(path) as source:
        # As GDAL's driver for TIFF tells: https://gdal.org/drivers/raster/gtiff.html.
        offset, size = (
            int(source.get_tag_item(f"BLOCK_{what}_{col}_{row}", dm="TIFF", bidx=1))
            for what in ("OFFSET", "SIZE")
        )
    content = bytearray(path.read_bytes())
    content[offset + 10 : offset + size] = b"\xff" * (size - 10)
    path.write_bytes(content)


def place_roofs(
    transform: Affine = PLACE,
    crs: CRS = UTM,
    roofs_px: Sequence[tuple[int, ...]] = ROOFS_PX,
) -> NDArray[np.object_]:
    """The true outlines, object (N,) of shapely Polygon in WGS 84."""
    boxes = shapely.box(*np.array(roofs_px, dtype=float)[:, [1, 0, 3, 2]].T)
    on_ground = shapely.transform(
        boxes, lambda xy: np.column_stack(pixel_to_xy(transform, xy[:, 0], xy[:, 1]))
    )
    return transform_polygons(on_ground, crs, WGS84)


def assert_same_buildings(
    found: Sequence[Polygon] | NDArray[np.object_],
    true: NDArray[np.object_],
    *,
    max_shift_m: float = 0.5,
    min_iou: float = 0.9,
) -> None:
    """Check that polygons in WGS 84 are the true ones, one to one, and at their places."""
    shapes = np.array(list(found), dtype=object)
    assert len(shapes) == len(true)
    assert shapely.is_valid(shapes).all()
    assert shapely.is_ccw(shapely.get_exterior_ring(shapes)).all()
    middle = shapely.centroid(true[0])
    metric = local_metric_crs(WGS84, middle.x, middle.y)
    shapes_m, true_m = (transform_polygons(some, WGS84, metric) for some in (shapes, true))
    for one in true_m:
        shares = shapely.area(shapely.intersection(shapes_m, one)) / shapely.area(
            shapely.union(shapes_m, one)
        )
        best = int(np.argmax(shares))
        assert shares[best] > min_iou
        assert shapely.distance(shapely.centroid(shapes_m[best]), shapely.centroid(one)) < (
            max_shift_m
        )
