"""The network on a GPU against the CPU, and its speed: `python -m pytest -m gpu -s tests/gpu`.

KERAS_BACKEND chooses TensorFlow or JAX.
"""

from __future__ import annotations

import numpy as np
import pytest

from geoseg.detections.device import list_gpus
from geoseg.provenance import describe_weights
from tests.gpu import checks
from tests.maskrcnn.samples import SMALL

pytestmark = [pytest.mark.gpu, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def gpu() -> str:
    """The first GPU; the test is skipped where the backend sees none."""
    gpus = list_gpus()
    if not gpus:
        pytest.skip("the Keras backend sees no GPU")
    checks.use_full_precision()
    return gpus[0]


def test_a_gpu_finds_what_the_cpu_finds(gpu: str) -> None:
    checks.compare_detections(checks.detect(SMALL, gpu), checks.detect(SMALL, checks.CPU))


def test_training_on_a_gpu_has_the_losses_of_the_cpu(gpu: str) -> None:
    on_gpu, on_cpu = (checks.train(SMALL, device) for device in (gpu, checks.CPU))
    np.testing.assert_allclose(on_gpu, on_cpu, rtol=1e-2, atol=1e-3)


def test_detection_on_a_gpu_is_faster_than_on_the_cpu(gpu: str) -> None:
    config, _, _ = describe_weights(None)
    on_cpu = checks.measure_tiles(config, checks.CPU, batch_size=1, rounds=8)
    on_gpu = checks.measure_tiles(config, gpu, batch_size=16, rounds=20)
    _report("tiles", gpu, on_gpu)
    assert on_gpu.per_s > on_cpu.per_s


def test_training_on_a_gpu_is_faster_than_on_the_cpu(gpu: str) -> None:
    config, _, _ = describe_weights(None)
    on_cpu = checks.measure_samples(config, checks.CPU, rounds=3)
    on_gpu = checks.measure_samples(config, gpu, rounds=20)
    _report("samples", gpu, on_gpu)
    assert on_gpu.per_s > on_cpu.per_s


def _report(unit: str, device: str, measured: checks.Throughput) -> None:
    assert measured.peak_bytes is not None
    print(f"{device}: {measured.per_s:.0f} {unit}/s, at most {measured.peak_bytes / 2**20:.0f} MiB")  # noqa: T201
    # The weights alone are above 20 MiB.
    assert measured.peak_bytes > 20 * 2**20
