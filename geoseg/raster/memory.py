"""An image without a place on Earth as a source."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from geoseg.raster.reflection import read_reflected
from geoseg.types import ImageBlock, Window


@functools.cache
def pixel_crs() -> CRS:
    """A local CRS for images: it lies nowhere on Earth, and nothing can be transformed to it."""
    return CRS.from_wkt('LOCAL_CS["image",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]')


class ImageSource:
    """Pixels in memory as a `geoseg.types.RasterSource`.

    Attributes:
        name: for messages.
        crs: see `pixel_crs`.
        transform: model-grid pixel -> image pixel.
        shape_hw: size of the model grid.
        gsd_m: ground metres per pixel of the model grid.
    """

    def __init__(
        self, name: str, image: NDArray[np.uint8], *, zoom: float = 1.0, gsd_m: float = 1.0
    ) -> None:
        """Make a source.

        Args:
            name: for messages.
            image: uint8 (H, W, 3), RGB.
            zoom: model-grid pixels per image pixel.
            gsd_m: ground metres per pixel of the model grid.
        """
        height, width = image.shape[:2]
        self.name = name
        self.crs = pixel_crs()
        self.shape_hw = (max(1, round(height * zoom)), max(1, round(width * zoom)))
        self.gsd_m = gsd_m
        self.transform = Affine.scale(width / self.shape_hw[1], height / self.shape_hw[0])
        self._image = image
        if self.shape_hw != (height, width):
            how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
            self._image = cv2.resize(image, self.shape_hw[::-1], interpolation=how)  # type: ignore[assignment]

    def read(self, window: Window) -> ImageBlock:
        """Read a window; mirrored and invalid beyond the image."""
        return read_reflected(self._read_inside, self.shape_hw, window)

    def close(self) -> None:
        """Nothing to release."""

    def _read_inside(self, window: Window) -> ImageBlock:
        y1, x1, y2, x2 = window.box_yx
        image = self._image[y1:y2, x1:x2]
        return ImageBlock(window, image, np.ones(image.shape[:2], dtype=bool))
