"""Datasets of every form, written by the tests that need them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray

from geoseg.datasets.sources import LabelledObject

CRS = "EPSG:32645"
GSD_M = 0.5


def write_image(path: Path, shape_hw: tuple[int, int] = (30, 40), level: int = 90) -> Path:
    """A grey picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((*shape_hw, 3), level, np.uint8))
    return path


def write_json(path: Path, content: Any) -> Path:
    """A json file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def write_coco(
    folder: Path, names: Sequence[str], *, classes: Mapping[int, str] | None = None
) -> Path:
    """Images of 40 x 30 px, each with a square of 10 px of every class."""
    classes = classes or {100: "building"}
    ring = [2, 3, 12, 3, 12, 13, 2, 13]
    for name in names:
        write_image(folder / "images" / name)
    content = {
        "categories": [{"id": number, "name": name} for number, name in classes.items()],
        "images": [
            {"id": index, "file_name": name, "width": 40, "height": 30}
            for index, name in enumerate(names)
        ],
        "annotations": [
            {"id": 10 * index + number, "image_id": index, "category_id": number,
             "segmentation": [ring]}
            for index in range(len(names)) for number in classes
        ],
    }  # fmt: skip
    write_json(folder / "annotation.json", content)
    return folder


def write_raster(
    path: Path,
    pixels: NDArray[np.generic],
    *,
    valid: NDArray[np.bool_] | None = None,
    gsd_m: float = GSD_M,
) -> Path:
    """A GeoTIFF whose upper left corner is at 500000, 3000000 in CRS; pixels (H, W, B)."""
    height, width, count = pixels.shape
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", height=height, width=width, count=count, dtype=pixels.dtype,
        crs=CRS, transform=Affine(gsd_m, 0, 500_000, 0, -gsd_m, 3_000_000),
    ) as raster:  # fmt: skip
        raster.write(np.moveaxis(pixels, -1, 0))
        if valid is not None:
            raster.write_mask(valid)
    return path


def write_polygons(path: Path, *polygons_px: shapely.Polygon) -> Path:
    """A GeoPackage of polygons that are given in pixels of `write_raster`."""
    import pyogrio

    corner, scale = np.array([500_000.0, 3_000_000.0]), np.array([GSD_M, -GSD_M])
    placed = shapely.transform(np.array(polygons_px, dtype=object), lambda xy: xy * scale + corner)
    pyogrio.raw.write(
        path, geometry=shapely.to_wkb(placed), field_data=[], fields=[], driver="GPKG",
        layer="a", geometry_type="Polygon", crs=CRS,
    )  # fmt: skip
    return path


def area_of(one: LabelledObject) -> shapely.Geometry:
    """What the rings of an object enclose by the even-odd rule."""
    area = shapely.Polygon()
    for ring in one.rings:
        area = area.symmetric_difference(shapely.Polygon(ring))
    return area
