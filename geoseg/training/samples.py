"""Training samples drawn from several datasets, the same for the same seed and number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from geoseg.config import AugmentConfig, DatasetConfig
from geoseg.datasets.classes import join_classes
from geoseg.datasets.opening import open_dataset
from geoseg.datasets.sources import LabelledImages
from geoseg.errors import DatasetError
from geoseg.training.composer import Composer
from geoseg.training.image_cache import ImageCache
from geoseg.training.targets import Sample


class SampleSource:
    """Draws samples from weighted datasets; safe to share between threads.

    Attributes:
        datasets: those with a weight above 0, opened; all have the same classes.
        tile_size_px: side of the samples.
        seed: together with its number it settles a sample.
        class_names: of all datasets.
    """

    def __init__(
        self,
        datasets: Sequence[DatasetConfig],
        *,
        tile_size_px: int,
        seed: int,
        class_names: Sequence[str] | None = None,
        strict: bool = False,
        augment: AugmentConfig | None = None,
    ) -> None:
        """Read the labels.

        Args:
            datasets: where samples come from, at least one with a weight above 0.
            tile_size_px: side of the samples.
            seed: of everything random.
            class_names: of the network; None takes those of the datasets, in the order in which
                they come.
            strict: an image or a label that cannot be used is an error; else it is named,
                counted and left out.
            augment: how samples differ from the images; None takes the defaults.

        Raises:
            DatasetError: labels cannot be read, there are no images to draw, or a dataset has a
                class that the network lacks.
        """
        used = [one for one in datasets if one.weight > 0]
        if not used:
            raise DatasetError("Training needs a dataset with a weight above 0; got none.")
        self.tile_size_px = tile_size_px
        self.seed = seed
        opened = [open_dataset(one, strict=strict, tile_size_px=tile_size_px) for one in used]
        for dataset in opened:
            if not len(dataset):
                raise DatasetError(f"{dataset.name} must hold images; got none.")
        self.datasets: tuple[LabelledImages, ...] = tuple(join_classes(opened, class_names))
        self.class_names = self.datasets[0].class_names
        weights = np.array([one.weight for one in used], np.float64)
        self._shares = weights / weights.sum()
        cache = ImageCache()
        self._composers = [
            Composer(
                partial(cache.load_near, dataset),
                num_images=len(dataset),
                tile_size_px=tile_size_px,
                gsd_range_m=config.gsd_range_m,
                augment=augment or AugmentConfig(),
            )
            for dataset, config in zip(self.datasets, used, strict=True)
        ]

    def draw(self, number: int) -> Sample:
        """The sample of this number: always the same one, whatever was drawn before.

        Raises:
            DatasetError: an image cannot be read, and that is an error or too many cannot.
        """
        random = np.random.default_rng((self.seed, number))
        index = int(random.choice(len(self._composers), p=self._shares))
        return self._composers[index].compose(random)
