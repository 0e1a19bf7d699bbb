"""The same pixels give the same bytes, however they are handed to the network (same-bytes.md)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.api import make_sample
from geoseg.detections.detector import load_detector
from geoseg.types import Detection

NUM_TILES = 4
MIN_SCORE = 0.1


@pytest.fixture(scope="module")
def tiles() -> NDArray[np.uint8]:
    """Four tiles of a made-up scene."""
    side = 300
    scene = make_sample(6, size_px=2 * side, gsd_m=0.25).image
    return np.stack([scene[y : y + side, x : x + side] for y in (0, side) for x in (0, side)])


@pytest.fixture(autouse=True)
def _same_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    # The device "cpu" hides the GPUs by this variable, which other tests are to find as it was.
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")


def as_bytes(found: list[list[Detection]]) -> list[list[tuple[bytes, float, bytes, int]]]:
    """All that a detection holds, without rounding."""
    return [
        [(one.box.tobytes(), one.score, one.mask.tobytes(), one.class_index) for one in some]
        for some in found
    ]


def test_onnx_gives_the_same_bytes_for_all_batches_and_threads(
    tiles: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for num_threads, batch_sizes in ((1, (1, 2, 3)), (2, (1, 3)), (4, (1, NUM_TILES))):
        monkeypatch.setenv("OMP_NUM_THREADS", str(num_threads))
        detector = load_detector(engine="onnx", device="cpu", min_score=MIN_SCORE)
        for batch_size in batch_sizes:
            detector.batch_size = batch_size
            results.append(as_bytes(detector.detect(tiles)))
    assert min(len(some) for some in results[0]) > 0
    assert all(result == results[0] for result in results)


def test_keras_gives_the_same_bytes_for_all_batches(tiles: NDArray[np.uint8]) -> None:
    detector = load_detector(engine="keras", device="cpu", min_score=MIN_SCORE, batch_size=2)
    together = as_bytes(detector.detect(tiles[:2]))
    assert min(len(some) for some in together) > 0
    assert together == [
        *as_bytes(detector.detect(tiles[:1])),
        *as_bytes(detector.detect(tiles[1:2])),
    ]
