"""Batches for `fit`."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.config import TrainConfig
from geoseg.errors import GeosegError
from geoseg.maskrcnn.anchors import make_anchors
from geoseg.training.samples import SampleSource
from geoseg.training.targets import make_targets


class Batches(keras.utils.PyDataset):
    """All batches of a run, as one epoch; no sample comes twice.

    A batch depends on the seed and its index alone, so any number of workers gives the same run.
    OpenCV's own threads gain nothing at the size of a tile; a program that only trains may call
    `cv2.setNumThreads(1)`.

    Attributes:
        source: where samples come from.
        config: sizes and numbers.
        failure: what went wrong with a sample, as backends wrap what their input raises.
    """

    def __init__(self, source: SampleSource, config: TrainConfig, **kwargs: Any) -> None:
        """Make the batches of a run.

        Args:
            source: where samples come from.
            config: sizes and numbers.
            **kwargs: workers and queue, see `keras.utils.PyDataset`.
        """
        super().__init__(**kwargs)
        self.source = source
        self.config = config
        self.failure: GeosegError | None = None
        self._anchors = make_anchors(config.model)

    def __len__(self) -> int:
        """Number of steps of the run."""
        return self.config.steps

    def __getitem__(self, index: int) -> tuple[dict[str, NDArray[np.generic]], NDArray[np.float32]]:
        """Inputs of a step, see `MaskRCNN.call`, and a target that stands for nothing."""
        size = self.config.batch_size
        try:
            rows = [self._make_row(index * size + position) for position in range(size)]
        except GeosegError as error:
            self.failure = error
            raise
        inputs = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        # Keras wants a target; the losses need none beyond the inputs.
        return inputs, np.zeros((size, 1), np.float32)

    def _make_row(self, number: int) -> dict[str, NDArray[np.generic]]:
        # A stream of its own, so that targets don't change when augmentation draws more.
        random = np.random.default_rng((self.config.seed, number, 1))
        return make_targets(
            self.source.draw(number),
            self._anchors,
            max_objects=self.config.max_objects,
            num_proposals=self.config.model.num_proposals,
            random=random,
        )
