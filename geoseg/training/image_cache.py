"""Labelled images in memory, and what becomes of those that cannot be read."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np

from geoseg.datasets.sources import LabelledImages
from geoseg.errors import DatasetError
from geoseg.training.loaded_image import LoadedImage
from geoseg.training.outlines import make_shapes

CACHE_BYTES = 1_000_000_000
MAX_STEPS = 32
"""Images that are tried one after the other in place of one that cannot be read."""


class ImageCache:
    """Decoded images, the least recently used dropped first; safe to share between threads.

    Attributes:
        max_bytes: of pixels; the last image stays even if it alone is larger.
    """

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self.max_bytes = max_bytes
        self._images: OrderedDict[tuple[int, int], LoadedImage] = OrderedDict()
        self._broken: set[tuple[int, int]] = set()
        # Held, so that no other dataset gets the identity of one that is gone.
        self._datasets: dict[int, LabelledImages] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def load(self, images: LabelledImages, index: int) -> LoadedImage:
        """Pixels and labels of an image.

        Raises:
            DatasetError: it is missing, damaged, or not of the size that its labels say.
        """
        key = (id(images), index)
        with self._lock:
            self._datasets[id(images)] = images
            if key in self._images:
                self._images.move_to_end(key)
                return self._images[key]
        # Outside the lock: other threads go on meanwhile.
        labels = images.read(index)
        pixels = images.load_pixels(index)
        if pixels.shape[:2] != (labels.height, labels.width):
            raise DatasetError(
                f"{labels.name} must be {labels.width} x {labels.height} px as its labels say; "
                f"got {pixels.shape[1]} x {pixels.shape[0]}."
            )
        loaded = LoadedImage(labels, pixels, make_shapes(labels.objects))
        with self._lock:
            if key not in self._images:
                self._images[key] = loaded
                self._bytes += pixels.nbytes
            while self._bytes > self.max_bytes and len(self._images) > 1:
                self._bytes -= self._images.popitem(last=False)[1].pixels.nbytes
        return loaded

    def load_near(self, images: LabelledImages, index: int) -> LoadedImage:
        """An image, or the one that stands for it because it cannot be read.

        Which one that is depends on `index` alone. The broken one is told to `images.faults`.

        Raises:
            DatasetError: faults are fatal, or `MAX_STEPS` images in a row cannot be read.
        """
        for step in range(MAX_STEPS):
            key = (id(images), index)
            if key not in self._broken:
                try:
                    return self.load(images, index)
                except DatasetError as error:
                    self._note(key, images, error)
            index = int(np.random.default_rng((index, step)).integers(len(images)))
        raise DatasetError(
            f"{images.name} must hold images that can be read; {MAX_STEPS} in a row cannot."
        )

    def _note(self, key: tuple[int, int], images: LabelledImages, error: DatasetError) -> None:
        with self._lock:
            is_known = key in self._broken
            self._broken.add(key)
        if not is_known:
            images.faults.add_late(error, "cannot be read")
