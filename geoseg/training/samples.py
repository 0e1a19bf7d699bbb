"""Training samples drawn from several datasets, the same for the same seed and number."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.config import DatasetConfig, TrainConfig
from geoseg.datasets.coco import CocoDataset, LabelledObject, read_coco
from geoseg.errors import DatasetError
from geoseg.maskrcnn.anchors import make_anchors
from geoseg.training.photometry import vary_photometry
from geoseg.training.placement import (
    cells_needed,
    draw_placement,
    fit_placement,
    place_in_cell,
    place_objects,
    warp_into,
)
from geoseg.training.targets import Sample, make_targets

CACHE_BYTES = 1_000_000_000


class ImageCache:
    """Decoded images, the least recently used dropped first; safe to share between threads."""

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self.max_bytes = max_bytes
        self._images: OrderedDict[Path, NDArray[np.uint8]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def read(self, path: Path) -> NDArray[np.uint8]:
        """RGB uint8 (H, W, 3) of an image file.

        Raises:
            DatasetError: it is missing or no image.
        """
        with self._lock:
            if path in self._images:
                self._images.move_to_end(path)
                return self._images[path]
        image = read_image(path)
        with self._lock:
            if path not in self._images:
                self._images[path] = image
                self._bytes += image.nbytes
            while self._bytes > self.max_bytes and len(self._images) > 1:
                self._bytes -= self._images.popitem(last=False)[1].nbytes
        return image


def read_image(path: Path) -> NDArray[np.uint8]:
    """RGB uint8 (H, W, 3) of an image file.

    Raises:
        DatasetError: it is missing or no image.
    """
    try:
        packed = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise DatasetError(f"{path} must be readable; got {error.strerror}.") from error
    image = cv2.imdecode(packed, cv2.IMREAD_COLOR) if len(packed) else None
    if image is None:
        raise DatasetError(f"{path} must be an image; it cannot be decoded.")
    return np.ascontiguousarray(image[..., ::-1], dtype=np.uint8)


class SampleSource:
    """Draws samples from weighted datasets.

    Attributes:
        tile_size_px: side of the samples.
        seed: together with its number it settles a sample.
    """

    def __init__(self, datasets: Sequence[DatasetConfig], *, tile_size_px: int, seed: int) -> None:
        self.tile_size_px = tile_size_px
        self.seed = seed
        self._settings = tuple(datasets)
        self._datasets: list[CocoDataset] = [
            read_coco(Path(one.path), default_gsd_m=one.gsd_m) for one in datasets
        ]
        for dataset in self._datasets:
            if not dataset.images:
                raise DatasetError(f"{dataset.folder} must hold images; got none.")
        weights = np.array([one.weight for one in datasets], np.float64)
        if not weights.sum() > 0:
            raise DatasetError("Training needs a dataset with a weight above 0; got none.")
        self._shares = weights / weights.sum()
        self._cache = ImageCache()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes of the first dataset."""
        return self._datasets[0].class_names

    def draw(self, number: int) -> Sample:
        """The sample of this number."""
        random = np.random.default_rng((self.seed, number))
        index = int(random.choice(len(self._datasets), p=self._shares))
        images = self._datasets[index].images
        low, high = (math.log(gsd_m) for gsd_m in self._settings[index].gsd_range_m)
        gsd_m = math.exp(random.uniform(low, high))
        first = images[int(random.integers(len(images)))]
        placement = draw_placement(first.gsd_m / gsd_m, random)
        cells = cells_needed(placement, first, self.tile_size_px)
        tile = np.zeros((self.tile_size_px, self.tile_size_px, 3), np.uint8)
        objects: list[LabelledObject] = []
        borders = np.linspace(0, self.tile_size_px, cells + 1).round().astype(int)
        for row in range(cells):
            for col in range(cells):
                image = first if row == col == 0 else images[int(random.integers(len(images)))]
                cell = (borders[row], borders[col], borders[row + 1], borders[col + 1])
                side_px = max(cell[2] - cell[0], cell[3] - cell[1])
                fitted = fit_placement(placement, image, gsd_m, side_px, random)
                affine = place_in_cell(image, cell, fitted, random)
                warp_into(tile, self._cache.read(image.path), affine, cell)
                objects.extend(place_objects(image.objects, affine, cell))
        return Sample(vary_photometry(tile, random), tuple(objects))


class Batches(keras.utils.PyDataset):
    """Batches of one epoch for `fit`; the epochs follow each other without repeats.

    Attributes:
        source: where samples come from.
        config: sizes and numbers.
        first_step: step that this dataset starts at.
    """

    def __init__(
        self, source: SampleSource, config: TrainConfig, *, first_step: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.config = config
        self.first_step = first_step
        self._anchors = make_anchors(config.model)

    def __len__(self) -> int:
        return self.config.steps - self.first_step

    def __getitem__(self, index: int) -> tuple[dict[str, NDArray[np.generic]], Any]:
        config = self.config
        step = self.first_step + index
        rows = []
        for position in range(config.batch_size):
            number = step * config.batch_size + position
            # A stream of its own, so that targets don't change when augmentation draws more.
            random = np.random.default_rng((config.seed, number, 1))
            rows.append(
                make_targets(
                    self.source.draw(number),
                    self._anchors,
                    max_objects=config.max_objects,
                    num_proposals=config.model.num_proposals,
                    random=random,
                )
            )
        inputs = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        # Keras wants a target; the losses need none beyond the inputs.
        return inputs, np.zeros((config.batch_size, 1), np.float32)
