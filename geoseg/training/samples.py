"""Training samples drawn from several datasets, the same for the same seed and number."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.config import DatasetConfig
from geoseg.datasets.coco import LabelledImage, LabelledObject, read_coco
from geoseg.datasets.image_folder import read_image
from geoseg.errors import DatasetError
from geoseg.training.outlines import make_shapes, place_objects
from geoseg.training.photometry import vary_photometry
from geoseg.training.placement import (
    Placement,
    cells_needed,
    divide_tile,
    draw_angle,
    fit_placement,
    place_in_cell,
    warp_into,
)
from geoseg.training.targets import Sample

CACHE_BYTES = 1_000_000_000


@dataclass(frozen=True)
class LoadedImage:
    """A labelled image in memory.

    Attributes:
        pixels: uint8 (H, W, 3), RGB.
        shapes: the areas of its objects, see `make_shapes`.
    """

    pixels: NDArray[np.uint8]
    shapes: NDArray[np.object_]


class ImageCache:
    """Decoded images, the least recently used dropped first; safe to share between threads.

    Attributes:
        max_bytes: of pixels; the last image stays even if it alone is larger.
    """

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self.max_bytes = max_bytes
        self._images: OrderedDict[Path, LoadedImage] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def load(self, image: LabelledImage) -> LoadedImage:
        """Pixels and areas of an image.

        Raises:
            DatasetError: the file is missing, no image, or not of the size that its labels say.
        """
        with self._lock:
            if image.path in self._images:
                self._images.move_to_end(image.path)
                return self._images[image.path]
        # Outside the lock: other threads go on meanwhile.
        pixels = read_image(image.path)
        height, width = pixels.shape[:2]
        if (width, height) != (image.width, image.height):
            raise DatasetError(
                f"{image.path} must be {image.width} x {image.height} px as its annotation says; "
                f"got {width} x {height}."
            )
        loaded = LoadedImage(pixels, make_shapes(image.objects))
        with self._lock:
            if image.path not in self._images:
                self._images[image.path] = loaded
                self._bytes += pixels.nbytes
            while self._bytes > self.max_bytes and len(self._images) > 1:
                self._bytes -= self._images.popitem(last=False)[1].pixels.nbytes
        return loaded


class SampleSource:
    """Draws samples from weighted datasets; safe to share between threads.

    Attributes:
        tile_size_px: side of the samples.
        seed: together with its number it settles a sample.
        class_names: of all datasets.
    """

    def __init__(self, datasets: Sequence[DatasetConfig], *, tile_size_px: int, seed: int) -> None:
        """Read the labels.

        Args:
            datasets: where samples come from, at least one with a weight above 0.
            tile_size_px: side of the samples.
            seed: of everything random.

        Raises:
            DatasetError: labels cannot be read, there are no images to draw, or the datasets
                have different classes.
        """
        used = [one for one in datasets if one.weight > 0]
        if not used:
            raise DatasetError("Training needs a dataset with a weight above 0; got none.")
        self.tile_size_px = tile_size_px
        self.seed = seed
        self._settings = used
        self._datasets = [read_coco(Path(one.path), default_gsd_m=one.gsd_m) for one in used]
        self.class_names = self._datasets[0].class_names
        for dataset in self._datasets:
            if not dataset.images:
                raise DatasetError(f"{dataset.folder} must hold images; got none.")
            if dataset.class_names != self.class_names:
                raise DatasetError(
                    f"{dataset.folder} must have the classes {', '.join(self.class_names)} of the "
                    f"first dataset; got {', '.join(dataset.class_names)}."
                )
        weights = np.array([one.weight for one in used], np.float64)
        self._shares = weights / weights.sum()
        self._cache = ImageCache()

    def draw(self, number: int) -> Sample:
        """The sample of this number: always the same one, whatever was drawn before.

        Raises:
            DatasetError: an image file is missing or damaged.
        """
        random = np.random.default_rng((self.seed, number))
        index = int(random.choice(len(self._datasets), p=self._shares))
        images = self._datasets[index].images
        low, high = (math.log(gsd_m) for gsd_m in self._settings[index].gsd_range_m)
        gsd_m = math.exp(random.uniform(low, high))
        angle_rad = draw_angle(random)
        image = images[int(random.integers(len(images)))]
        num_cells = cells_needed(
            Placement(image.gsd_m / gsd_m, angle_rad), image, self.tile_size_px
        )
        tile = np.zeros((self.tile_size_px, self.tile_size_px, 3), np.uint8)
        objects: list[LabelledObject] = []
        for cell in divide_tile(self.tile_size_px, num_cells):
            loaded = self._cache.load(image)
            side_px = max(cell[2] - cell[0], cell[3] - cell[1])
            placement = fit_placement(image, gsd_m, angle_rad, side_px, random)
            affine = place_in_cell(image, cell, placement, random)
            warp_into(tile, loaded.pixels, affine, cell)
            objects.extend(place_objects(image.objects, loaded.shapes, affine, cell))
            image = images[int(random.integers(len(images)))]
        return Sample(vary_photometry(tile, random), tuple(objects))
