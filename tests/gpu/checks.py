"""What is checked and measured on a device; the same code runs on a CPU."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.detections.detector import MaskRCNNDetector
from geoseg.maskrcnn.model import LOSS_NAMES, MaskRCNN
from geoseg.maskrcnn.weights import fill_weights
from geoseg.types import Detection
from tests.maskrcnn.samples import random_images, seeded_weights, training_batch

MIN_SCORE = 0.5
# Small enough for losses to fall from the first step on.
LEARNING_RATE = 5e-4
CPU = "cpu:0"


@dataclass(frozen=True)
class Throughput:
    """What was measured.

    Attributes:
        per_s: tiles or samples per second.
        peak_bytes: most memory of the device in use at once; None where it is not counted.
    """

    per_s: float
    peak_bytes: int | None


def use_full_precision() -> None:
    """Have matrix products in whole float32, so that devices can be compared."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_tensor_float_32_execution(False)
    elif backend == "jax":
        import jax

        jax.config.update("jax_default_matmul_precision", "highest")  # type: ignore[no-untyped-call]


def make_model(config: MaskRCNNConfig, device: str) -> MaskRCNN:
    """A network on a device, with the same weights on every device."""
    with keras.device(device):
        model = MaskRCNN(config, num_rois=16, num_positive=6)
        fill_weights(model, seeded_weights(model), "the test")
    return model


def detect(config: MaskRCNNConfig, device: str, num_tiles: int = 3) -> list[list[Detection]]:
    """What a network on a device finds in coloured squares."""
    detector = MaskRCNNDetector(
        make_model(config, device), min_score=MIN_SCORE, batch_size=2, device=device
    )
    return detector.detect(random_images(num_tiles, config.tile_size_px))


def compare_detections(found: list[list[Detection]], wanted: list[list[Detection]]) -> None:
    """Check that two devices found the same."""
    assert [len(one) for one in found] == [len(one) for one in wanted]
    assert min(len(one) for one in wanted) >= 2
    for one, other in zip(sum(found, []), sum(wanted, []), strict=True):
        np.testing.assert_allclose(one.box, other.box, atol=0.05)
        np.testing.assert_allclose(one.score, other.score, atol=2e-3)
        np.testing.assert_allclose(
            one.mask.astype(np.float32), other.mask.astype(np.float32), atol=0.02
        )


def train(config: MaskRCNNConfig, device: str, steps: int = 3) -> NDArray[np.float64]:
    """The losses of some steps of training, float64 (steps, losses)."""
    model = make_model(config, device)
    batch = training_batch(config)
    rows = []
    with keras.device(device):
        model.compile(keras.optimizers.SGD(LEARNING_RATE), jit_compile=_compiles())
        for _ in range(steps):
            logs: dict[str, Any] = model.train_on_batch(batch, return_dict=True)
            rows.append([float(logs[name]) for name in LOSS_NAMES])
            model.reset_metrics()
    return np.array(rows)


def measure_tiles(
    config: MaskRCNNConfig, device: str, *, batch_size: int, rounds: int
) -> Throughput:
    """Tiles per second of detection, the first round not counted."""
    model = make_model(config, device)
    detector = MaskRCNNDetector(model, min_score=MIN_SCORE, batch_size=batch_size, device=device)
    images = random_images(batch_size, config.tile_size_px)
    detector.detect(images)
    started = time.perf_counter()
    for _ in range(rounds):
        detector.detect(images)
    seconds = time.perf_counter() - started
    return Throughput(rounds * batch_size / seconds, read_peak_bytes(device))


def measure_samples(config: MaskRCNNConfig, device: str, *, rounds: int) -> Throughput:
    """Samples per second of training in batches of four, the first step not counted."""
    model = make_model(config, device)
    batch = training_batch(config, num_objects=(3, 2, 1, 0))
    with keras.device(device):
        model.compile(keras.optimizers.SGD(LEARNING_RATE), jit_compile=_compiles())
        model.train_on_batch(batch)
        started = time.perf_counter()
        for _ in range(rounds):
            model.train_on_batch(batch)
        seconds = time.perf_counter() - started
    return Throughput(4 * rounds / seconds, read_peak_bytes(device))


def read_peak_bytes(device: str) -> int | None:
    """Most memory of a device that was in use at once; None for a CPU, where nobody counts."""
    if device.startswith("cpu"):
        return None
    backend, number = keras.backend.backend(), int(device.rpartition(":")[2])
    if backend == "tensorflow":
        import tensorflow as tf

        return int(tf.config.experimental.get_memory_info(f"GPU:{number}")["peak"])
    if backend == "jax":
        import jax

        return int(jax.devices("gpu")[number].memory_stats()["peak_bytes_in_use"])
    import torch

    return int(torch.cuda.max_memory_allocated(number))


def _compiles() -> bool:
    return keras.backend.backend() == "jax"
