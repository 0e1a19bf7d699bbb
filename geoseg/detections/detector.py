"""A loaded model as a `geoseg.types.Detector`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geoseg.detections.compiled import compile_function, to_numpy
from geoseg.detections.device import choose_device, is_out_of_memory
from geoseg.errors import DeviceError
from geoseg.types import Detection, as_detections

if TYPE_CHECKING:
    from geoseg.maskrcnn.model import MaskRCNN

logger = logging.getLogger(__name__)

# The mask head runs on this many boxes a tile at once: few slots stay empty, and a backend that
# compiles for every shape has few of them.
MASK_BUCKETS = (*range(4, 32, 4), *range(32, 64, 8), *range(64, 257, 32))

# Tiles per step. A CPU gains nothing from more; a GPU's memory may allow fewer.
CPU_BATCH_SIZE = 1
GPU_BATCH_SIZE = 16


class MaskRCNNDetector:
    """Finds objects in tiles; a `geoseg.types.Detector`.

    Attributes:
        model: the network.
        tile_size_px: side of its input.
        class_names: its classes.
        min_score: what scores less is dropped.
        batch_size: tiles per step; becomes smaller when memory runs out.
        device: where the network runs, e.g. "cpu:0".
    """

    def __init__(
        self,
        model: MaskRCNN,
        *,
        min_score: float | None = None,
        batch_size: int | None = None,
        device: str = "cpu:0",
    ) -> None:
        self.model = model
        self.tile_size_px = model.config.tile_size_px
        self.class_names = model.config.class_names
        self.min_score = model.config.score if min_score is None else min_score
        self.device = device
        default = CPU_BATCH_SIZE if device.startswith("cpu") else GPU_BATCH_SIZE
        self.batch_size = batch_size or default
        self._find_boxes = compile_function(model.find_boxes)
        self._find_masks = compile_function(model.find_masks)

    def detect(self, images: NDArray[np.uint8]) -> list[list[Detection]]:
        """Find objects.

        Args:
            images: uint8 (B, S, S, 3), RGB; B may be 0 or above `batch_size`.

        Returns:
            For each image its detections in tile pixels, best first, masks float16.

        Raises:
            DeviceError: memory runs out even for one tile.
        """
        import keras

        found: list[list[Detection]] = []
        with keras.device(self.device):
            while len(found) < len(images):
                found.extend(self._detect_some(images[len(found) :]))
        return found

    def _detect_some(self, images: NDArray[np.uint8]) -> list[list[Detection]]:
        """Detections of as many of the images as a step takes."""
        size = min(self.batch_size, len(images))
        try:
            return self._detect_batch(images[:size])
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            if size == 1:
                raise DeviceError(f"Memory of {self.device} is too small for one tile.") from error
        # Outside the handler, which keeps what the failed step holds.
        self.batch_size = size // 2
        logger.warning("memory ran out; going on with %d tiles at a time", self.batch_size)
        return []

    def _detect_batch(self, images: NDArray[np.uint8]) -> list[list[Detection]]:
        out = self._find_boxes(images, np.float32(self.min_score))
        boxes, scores, classes, is_kept = (
            to_numpy(out[name]) for name in ("boxes", "scores", "classes", "is_kept")
        )
        counts = is_kept.sum(axis=1)
        if counts.max() == 0:
            return [[] for _ in images]
        most = boxes.shape[1]
        slots = min(most, next((size for size in MASK_BUCKETS if size >= counts.max()), most))
        # The pyramid stays where the network runs.
        masks = self._find_masks(out["pyramid"], boxes[:, :slots], classes[:, :slots])
        masks = to_numpy(masks).astype(np.float16)
        return [
            as_detections(
                boxes[image, :count],
                scores[image, :count],
                masks[image, :count],
                classes[image, :count].tolist(),
            )
            for image, count in enumerate(counts)
        ]


def load_detector(
    weights: Path | None = None,
    *,
    min_score: float | None = None,
    batch_size: int | None = None,
    device: str = "auto",
) -> MaskRCNNDetector:
    """Load a model.

    Args:
        weights: a weights file; None takes the bundled model.
        min_score: least score; None takes the model's own.
        batch_size: tiles per step; None goes by the device.
        device: "auto", "cpu", "gpu" or "gpu:N".

    Raises:
        WeightsError: the file is missing, damaged or of another program.
        DeviceError: no such device.
    """
    chosen = choose_device(device)
    import keras

    from geoseg.maskrcnn.bundled import load_bundled
    from geoseg.maskrcnn.weights import load_weights

    with keras.device(chosen):
        model = load_bundled() if weights is None else load_weights(weights)
    return MaskRCNNDetector(model, min_score=min_score, batch_size=batch_size, device=chosen)
