"""A loaded model as a `geoseg.types.Detector`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geoseg.detections.batching import CPU_BATCH_SIZE, BatchedDetector, as_detections
from geoseg.detections.compiled import compile_function, to_numpy
from geoseg.detections.device import choose_device
from geoseg.detections.engines import choose_engine, load_gdal_before_keras
from geoseg.scores import calibrate_scores
from geoseg.types import Detection

if TYPE_CHECKING:
    from geoseg.maskrcnn.model import MaskRCNN

# The mask head runs on this many boxes a tile at once: few slots stay empty, and a backend that
# compiles for every shape has few of them.
MASK_BUCKETS = (*range(4, 32, 4), *range(32, 64, 8), *range(64, 257, 32))


class MaskRCNNDetector(BatchedDetector):
    """Finds objects in tiles with Keras; see `BatchedDetector` for its other attributes.

    Attributes:
        model: the network.
    """

    def __init__(self, model: MaskRCNN, **options: Any) -> None:
        """Compile a network.

        Args:
            model: the network.
            **options: of `BatchedDetector`; a CPU takes one tile a step.
        """
        super().__init__(model.config, **options)
        # On a CPU TensorFlow adds up in another order for another number of tiles: taken one by
        # one, a tile gives the same bytes whatever `batch_size` is, and is no slower.
        if self.device.startswith("cpu"):
            self.batch_size = CPU_BATCH_SIZE
        self.model = model
        self._find_boxes = compile_function(model.find_boxes)
        self._find_masks = compile_function(model.find_masks)

    def detect_batch(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Find objects in one step; see `detect` for the arguments, B at least 1."""
        import keras

        with keras.device(self.device):
            return self._detect_batch(images, () if windows is None else (windows,))

    def _detect_batch(
        self, images: NDArray[np.uint8], windows: tuple[NDArray[np.float32], ...]
    ) -> list[list[Detection]]:
        out = self._find_boxes(images, np.float32(self.raw_min_score), *windows)
        boxes, scores, classes, is_kept = (
            to_numpy(out[name]) for name in ("boxes", "scores", "classes", "is_kept")
        )
        scores = calibrate_scores(scores, self.calibration)
        counts = is_kept.sum(axis=1)
        if counts.max() == 0:
            return [[] for _ in images]
        most = boxes.shape[1]
        slots = min(most, next((size for size in MASK_BUCKETS if size >= counts.max()), most))
        # The pyramid stays where the network runs.
        masks = self._find_masks(out["pyramid"], boxes[:, :slots], classes[:, :slots])
        masks = to_numpy(masks).astype(self.mask_dtype)
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
    engine: str = "auto",
    device: str = "auto",
    **options: Any,
) -> BatchedDetector:
    """Load a model.

    Args:
        weights: a weights file; None takes the bundled model.
        engine: "auto", "keras" or "onnx", see `geoseg.detections.engines`.
        device: "auto", "cpu", "gpu" or "gpu:N".
        **options: of `BatchedDetector`: `min_score`, `batch_size`, `has_raw_scores`.

    Raises:
        WeightsError: the file is missing, damaged or of another program.
        DeviceError: no such device.
        MissingDependencyError: the engine is not installed.
    """
    name = choose_engine(engine)
    if name == "keras":
        load_gdal_before_keras()
    chosen = choose_device(device, name)
    if name == "onnx":
        from geoseg.detections.onnx_detector import OnnxDetector
        from geoseg.maskrcnn.bundled import BUNDLED_PATH, check_bundled
        from geoseg.maskrcnn.weights_file import read_weights

        if weights is None:
            check_bundled()
        path = weights or BUNDLED_PATH
        arrays, config = read_weights(path)
        return OnnxDetector(config, arrays, path.name, device=chosen, **options)

    import keras

    from geoseg.maskrcnn.bundled import load_bundled
    from geoseg.maskrcnn.weights import load_weights

    with keras.device(chosen):
        model = load_bundled() if weights is None else load_weights(weights)
    return MaskRCNNDetector(model, device=chosen, **options)
