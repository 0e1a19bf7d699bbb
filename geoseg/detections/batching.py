"""What every engine that runs the network has in common: it is fed as memory allows."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.errors import DeviceError, is_out_of_memory
from geoseg.scores import find_raw_score
from geoseg.types import Detection

logger = logging.getLogger(__name__)

# Tiles per step. A CPU gains nothing from more; a GPU's memory may allow fewer.
CPU_BATCH_SIZE = 1
GPU_BATCH_SIZE = 16


class BatchedDetector(ABC):
    """Finds objects in tiles, some at a time; a `geoseg.types.Detector`.

    Attributes:
        tile_size_px: side of the network's input.
        class_names: its classes.
        min_score: what scores less is dropped, on the scale of `calibration`.
        calibration: turns the network's scores into those of the detections; None leaves them.
        raw_min_score: `min_score` on the scale of the network.
        batch_size: tiles per step; becomes smaller when memory runs out.
        device: where the network runs, e.g. "cpu:0".
        mask_dtype: of the masks: float16, but float32 where masks are cut as by matterport.
    """

    def __init__(
        self,
        config: MaskRCNNConfig,
        *,
        min_score: float | None = None,
        batch_size: int | None = None,
        device: str = "cpu:0",
        has_raw_scores: bool = False,
    ) -> None:
        self.tile_size_px = config.tile_size_px
        self.class_names = config.class_names
        self.min_score = config.score if min_score is None else min_score
        self.calibration = None if has_raw_scores else config.calibration
        self.raw_min_score = find_raw_score(self.min_score, self.calibration)
        self.device = device
        # Rounded to half precision, a mask cut at 0.5 has other pixels at its border.
        self.mask_dtype = np.float32 if config.resize == "square" else np.float16
        default = CPU_BATCH_SIZE if device.startswith("cpu") else GPU_BATCH_SIZE
        self.batch_size = batch_size or default

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Find objects.

        Args:
            images: uint8 (B, S, S, 3), RGB; B may be 0 or above `batch_size`.
            windows: float32 (B, 4), tile pixels, half-open: where the images lie in their tiles;
                boxes are clipped to them. None for images that fill their tiles.

        Returns:
            For each image its detections in tile pixels, best first, masks of `mask_dtype`.

        Raises:
            DeviceError: memory runs out even for one tile.
        """
        found: list[list[Detection]] = []
        while len(found) < len(images):
            rest = None if windows is None else windows[len(found) :]
            found.extend(self._detect_some(images[len(found) :], rest))
        return found

    def _detect_some(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None
    ) -> list[list[Detection]]:
        """Detections of as many of the images as a step takes."""
        size = min(self.batch_size, len(images))
        try:
            return self.detect_batch(images[:size], None if windows is None else windows[:size])
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            if size == 1:
                raise DeviceError(f"Memory of {self.device} is too small for one tile.") from error
        # Outside the handler, which keeps what the failed step holds.
        self.batch_size = size // 2
        logger.warning("memory ran out; going on with %d tiles at a time", self.batch_size)
        return []

    @abstractmethod
    def detect_batch(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Find objects in one step; images uint8 (B, S, S, 3), B at least 1."""


def as_detections(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    masks: NDArray[np.floating],
    class_indices: Sequence[int] | None = None,
) -> list[Detection]:
    """Turn aligned arrays into detections.

    Args:
        boxes: float32 (N, 4), (y1, x1, y2, x2).
        scores: float32 (N,).
        masks: (N, h, w), 0..1.
        class_indices: N ints; all 0 when None.

    Returns:
        N detections; an empty list for empty arrays.
    """
    indices = [0] * len(boxes) if class_indices is None else class_indices
    return [
        Detection(box, float(score), mask, int(index))
        for box, score, mask, index in zip(boxes, scores, masks, indices, strict=True)
    ]
