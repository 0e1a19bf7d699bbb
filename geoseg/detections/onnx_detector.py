"""The network in ONNX Runtime, without Keras, as a `geoseg.types.Detector`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.detections.batching import BatchedDetector, as_detections
from geoseg.detections.device import CUDA_PROVIDER
from geoseg.errors import DeviceError, is_out_of_memory
from geoseg.scores import calibrate_scores
from geoseg.types import Detection

# How ONNX Runtime words it.
_OUT_OF_MEMORY = ("Failed to allocate memory", "bad allocation", "bad_alloc", "out of memory")


class OnnxDetector(BatchedDetector):
    """Finds objects in tiles with ONNX Runtime; see `BatchedDetector` for its attributes."""

    def __init__(
        self,
        config: MaskRCNNConfig,
        arrays: Mapping[str, NDArray[np.floating]],
        source: str,
        *,
        device: str = "cpu:0",
        **options: Any,
    ) -> None:
        """Make the graph and load it.

        Args:
            config: the network's settings.
            arrays: its weights by name.
            source: name of their file, for messages.
            device: "cpu:0" or "gpu:N".
            **options: of `BatchedDetector`.

        Raises:
            WeightsError: the weights do not fit the network.
            DeviceError: ONNX Runtime cannot use the device.
        """
        from geoseg.maskrcnn.onnx.model import build_onnx

        super().__init__(config, device=device, **options)
        self._session = open_session(build_onnx(config, arrays, source), device)

    def detect_batch(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Find objects in one step; see `detect` for the arguments, B at least 1."""
        feed = {"images": images, "min_score": np.array(self.raw_min_score, np.float32)}
        if windows is not None:
            feed["windows"] = windows.astype(np.float32)
        try:
            outputs = self._session.run(None, feed)
        except Exception as error:
            if is_out_of_memory(error) or any(words in str(error) for words in _OUT_OF_MEMORY):
                raise MemoryError(str(error)) from error
            raise
        # In the order of the graph.
        boxes, scores, classes, image_index, masks = outputs
        scores = calibrate_scores(scores, self.calibration)
        masks = masks.astype(self.mask_dtype)
        # The rows come image by image.
        ends = np.searchsorted(image_index, np.arange(len(images) + 1))
        return [
            as_detections(
                boxes[start:end], scores[start:end], masks[start:end], classes[start:end].tolist()
            )
            for start, end in zip(ends[:-1], ends[1:], strict=True)
        ]


def open_session(model: Any, device: str) -> Any:
    """Load a graph into ONNX Runtime.

    Args:
        model: onnx.ModelProto.
        device: "cpu:0" or "gpu:N".

    Returns:
        onnxruntime.InferenceSession.

    Raises:
        DeviceError: ONNX Runtime cannot use the GPU.
    """
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    # Warnings about constants that may be overridden, as `min_score` is meant to be.
    settings.log_severity_level = 3
    settings.intra_op_num_threads = count_threads()
    # Threads that wait by spinning take the cores from reading and merging.
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    providers: list[Any] = ["CPUExecutionProvider"]
    if device.startswith("gpu"):
        number = int(device.removeprefix("gpu:"))
        providers.insert(0, (CUDA_PROVIDER, {"device_id": number}))
    session = onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=providers)
    # ONNX Runtime falls back to the CPU without an error where CUDA's libraries are missing.
    if device.startswith("gpu") and CUDA_PROVIDER not in session.get_providers():
        raise DeviceError(
            f"device {device} must be one that ONNX Runtime can use; CUDA's libraries do not load."
        )
    return session


def count_threads() -> int:
    """Threads for the network: OMP_NUM_THREADS, or else the cores that the process may use."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
