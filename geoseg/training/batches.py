"""Batches of samples and their targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.config import TrainConfig
from geoseg.maskrcnn.anchors import make_anchors
from geoseg.training.samples import SampleSource
from geoseg.training.targets import Sample, make_targets

Inputs = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Batch:
    """What one step learns from.

    Attributes:
        step: counted from 0.
        inputs: see `MaskRCNN.call`.
        samples: the numbers of its samples.
        images: names of the images that they were cut from.
    """

    step: int
    inputs: Inputs
    samples: tuple[int, ...]
    images: tuple[str, ...]

    def split(self, num_parts: int) -> list[Inputs]:
        """The inputs in equal parts, whose number divides that of the samples."""
        size = len(self.samples) // num_parts
        return [
            {name: array[start : start + size] for name, array in self.inputs.items()}
            for start in range(0, len(self.samples), size)
        ]

    def describe(self) -> str:
        """The samples and their images, for messages."""
        return f"samples {self.samples[0]} to {self.samples[-1]}, cut from {', '.join(self.images)}"


class Batches:
    """All batches of a run; no sample comes twice.

    A batch depends on the seed and its step alone, so any number of workers gives the same run.
    OpenCV's own threads gain nothing at the size of a tile; a program that only trains may call
    `cv2.setNumThreads(1)`.

    Attributes:
        source: where samples come from.
        config: sizes and numbers.
    """

    def __init__(self, source: SampleSource, config: TrainConfig) -> None:
        self.source = source
        self.config = config
        self._anchors = make_anchors(config.model)

    def __len__(self) -> int:
        """Number of steps of the run."""
        return self.config.steps

    def __getitem__(self, step: int) -> Batch:
        """The batch of a step.

        Raises:
            DatasetError: a sample cannot be made.
        """
        size = self.config.batch_size
        numbers = tuple(range(step * size, (step + 1) * size))
        samples = [self.source.draw(number) for number in numbers]
        rows = [
            self._make_row(number, sample) for number, sample in zip(numbers, samples, strict=True)
        ]
        inputs = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        images = dict.fromkeys(name for sample in samples for name in sample.images)
        return Batch(step, inputs, numbers, tuple(images))

    def _make_row(self, number: int, sample: Sample) -> Inputs:
        # A stream of its own, so that targets don't change when augmentation draws more.
        random = np.random.default_rng((self.config.seed, number, 1))
        return make_targets(
            sample,
            self._anchors,
            max_objects=self.config.max_objects,
            num_proposals=self.config.model.num_proposals,
            random=random,
        )
