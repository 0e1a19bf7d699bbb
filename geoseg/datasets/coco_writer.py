"""Labels in MS-COCO form, as the crowdAI mapping challenge has them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BUILDING = {"id": 100, "name": "building", "supercategory": "building"}
"""The one category of the crowdAI mapping challenge."""

_DECIMALS = 2


@dataclass
class CocoWriter:
    """Collects images and annotations, then writes them as one file.

    Attributes:
        images: COCO image records; ids count from 1.
        annotations: COCO annotation records; ids count from 1.
    """

    images: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)

    def add_image(self, file_name: str, shape_hw: tuple[int, int], gsd_m: float) -> None:
        """Add an image; `add_building` then adds to it.

        Args:
            file_name: name within the folder of images.
            shape_hw: size in pixels.
            gsd_m: ground metres per pixel.
        """
        self.images.append(
            {
                "id": len(self.images) + 1,
                "file_name": file_name,
                "width": shape_hw[1],
                "height": shape_hw[0],
                "gsd_m": round(gsd_m, 4),
            }
        )

    def add_building(self, polygons: NDArray[np.object_]) -> None:
        """Add a building to the last image.

        Args:
            polygons: object (N,) of shapely Polygon in pixels of that image, N at least 1. COCO
                polygons have no holes: a building with a hole is written as run lengths.
        """
        image = self.images[-1]
        left, top, right, bottom = shapely.total_bounds(polygons).tolist()
        has_holes = bool(shapely.get_num_interior_rings(polygons).any())
        self.annotations.append(
            {
                "id": len(self.annotations) + 1,
                "image_id": image["id"],
                "category_id": BUILDING["id"],
                "segmentation": (
                    encode_rle(polygons, (image["height"], image["width"]))
                    if has_holes
                    else flatten_rings(shapely.get_exterior_ring(polygons))
                ),
                "bbox": [
                    round(value, _DECIMALS) for value in (left, top, right - left, bottom - top)
                ],
                "area": round(float(shapely.area(polygons).sum()), _DECIMALS),
                "iscrowd": 0,
            }
        )

    def write(self, path: Path) -> None:
        """Write the file."""
        content = {
            "info": {"description": "Tiles written by geoseg"},
            "categories": [BUILDING],
            "images": self.images,
            "annotations": self.annotations,
        }
        path.write_text(json.dumps(content), encoding="utf-8")


def flatten_rings(rings: NDArray[np.object_]) -> list[list[float]]:
    """Rings as COCO polygons: `[x1, y1, x2, y2, ...]`, closed, to a hundredth of a pixel."""
    return [shapely.get_coordinates(ring).round(_DECIMALS).ravel().tolist() for ring in rings]


def encode_rle(polygons: NDArray[np.object_], shape_hw: tuple[int, int]) -> dict[str, Any]:
    """Polygons with holes as compressed COCO run lengths.

    Args:
        polygons: object (N,) of shapely Polygon in pixels.
        shape_hw: size of the image in pixels.

    Returns:
        `{"size": [h, w], "counts": str}`: pixels whose centre lies inside.
    """
    from pycocotools import mask as mask_api
    from rasterio.features import rasterize

    mask = rasterize(list(polygons), out_shape=shape_hw, dtype="uint8")
    rle = mask_api.encode(np.asfortranarray(mask))
    return {"size": list(shape_hw), "counts": rle["counts"].decode("ascii")}
