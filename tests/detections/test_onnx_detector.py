"""The bundled model in both engines, on real tiles and on made-up ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.api import make_sample
from geoseg.datasets.image_folder import read_image
from geoseg.detections import onnx_detector
from geoseg.detections.batching import BatchedDetector
from geoseg.detections.detector import load_detector
from geoseg.detections.onnx_detector import OnnxDetector, count_threads
from geoseg.errors import DeviceError, WeightsError
from geoseg.types import Detection

MIN_SCORE = 0.3


@pytest.fixture(scope="module")
def detectors() -> tuple[BatchedDetector, BatchedDetector]:
    """The bundled model in Keras and in ONNX Runtime."""
    options: dict[str, Any] = {"min_score": MIN_SCORE, "device": "cpu", "batch_size": 2}
    # "cpu" hides the GPUs by this variable, which other tests are to find as it was.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        keras_detector, detector = (
            load_detector(engine=engine, **options) for engine in ("keras", "onnx")
        )
    assert isinstance(detector, OnnxDetector)
    assert not isinstance(keras_detector, OnnxDetector)
    return keras_detector, detector


def read_ortho_tiles(path: Path, size_px: int) -> NDArray[np.uint8]:
    """Four windows of an orthophoto."""
    with rasterio.open(path) as source:
        windows = [Window(2000 + 1500 * k, 2500, 3 * size_px // 2, 3 * size_px // 2)  # type: ignore[call-arg]
                   for k in range(4)]  # fmt: skip
        tiles = [
            source.read([1, 2, 3], window=one, out_shape=(3, size_px, size_px)) for one in windows
        ]
    return np.moveaxis(np.stack(tiles), 1, -1)


def assert_same(
    detectors: tuple[BatchedDetector, BatchedDetector], images: NDArray[np.uint8]
) -> None:
    """Check that both find the same: boxes to 0.01 px, scores to 1e-4, masks to 2e-3."""
    wanted, found = (one.detect(np.ascontiguousarray(images)) for one in detectors)
    assert [len(one) for one in found] == [len(one) for one in wanted]
    assert sum(len(one) for one in wanted) >= len(images)
    for name, tolerance in (("box", 0.01), ("score", 1e-4), ("mask", 2e-3)):
        np.testing.assert_allclose(_stack(found, name), _stack(wanted, name), atol=tolerance)


def _stack(found: list[list[Detection]], name: str) -> NDArray[np.float64]:
    return np.stack([getattr(one, name) for some in found for one in some]).astype(np.float64)


def test_engines_agree_on_a_made_up_scene(
    detectors: tuple[BatchedDetector, BatchedDetector],
) -> None:
    size_px = detectors[0].tile_size_px
    scene = make_sample(6, size_px=2 * size_px, gsd_m=0.25).image
    rows = scene.reshape(2, size_px, 2, size_px, 3)
    assert_same(detectors, rows.swapaxes(1, 2).reshape(4, size_px, size_px, 3))


def test_engines_agree_on_tiles_of_the_crowdai_challenge(
    detectors: tuple[BatchedDetector, BatchedDetector], shared_data: Path
) -> None:
    paths = sorted((shared_data / "crowdai_sample" / "images").glob("*.jpg"))[:6]
    images = np.stack([read_image(path) for path in paths])
    if images.shape[1] != detectors[0].tile_size_px:
        pytest.skip("the bundled model takes tiles of another size")
    assert_same(detectors, images)


def test_engines_agree_on_an_orthophoto(
    detectors: tuple[BatchedDetector, BatchedDetector], shared_data: Path
) -> None:
    path = shared_data / "banepa" / "ortho.tif"
    assert_same(detectors, read_ortho_tiles(path, detectors[0].tile_size_px))


@pytest.fixture(autouse=True)
def _same_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")


def test_weights_of_every_kind_of_file_run(
    detectors: tuple[BatchedDetector, BatchedDetector], tmp_path: Path
) -> None:
    from geoseg.maskrcnn.bundled import BUNDLED_PATH
    from geoseg.maskrcnn.weights_file import read_weights, write_weights

    arrays, config = read_weights(BUNDLED_PATH)
    image = make_sample(6, size_px=config.tile_size_px, gsd_m=0.25).image[np.newaxis]
    wanted = detectors[1].detect(image)
    for name in ("a.onnx", "a.weights.h5"):
        write_weights(tmp_path / name, arrays, config)
        detector = load_detector(tmp_path / name, engine="onnx", min_score=MIN_SCORE, device="cpu")
        np.testing.assert_array_equal(_stack(detector.detect(image), "box"), _stack(wanted, "box"))


def test_bad_weights_are_errors(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="there is none"):
        load_detector(tmp_path / "none.onnx", engine="onnx", device="cpu")


class FullSession:
    """Fails as ONNX Runtime does where memory is too small for so many tiles."""

    def __init__(self, most: int, message: str) -> None:
        self.most = most
        self.message = message

    def run(self, names: None, feed: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Find nothing, or fail."""
        if len(feed["images"]) > self.most:
            raise RuntimeError(self.message)
        rows = (np.zeros((0, 4)), np.zeros(0), np.zeros(0, int), np.zeros(0, int))
        return [*rows, np.zeros((0, 28, 28))]


def test_the_batch_is_halved_until_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    session = FullSession(2, "BFCArena::AllocateRawInternal Failed to allocate memory for 9 bytes")
    monkeypatch.setattr(onnx_detector, "open_session", lambda model, device: session)
    detector = load_detector(engine="onnx", batch_size=5, device="cpu")
    images = np.zeros((5, detector.tile_size_px, detector.tile_size_px, 3), np.uint8)
    assert detector.detect(images) == [[]] * 5
    assert detector.batch_size == 2
    session.most = 0
    with pytest.raises(DeviceError, match=r"Memory of cpu:0 is too small for one tile"):
        detector.detect(images)
    session.message = "odd"
    with pytest.raises(RuntimeError, match="odd"):
        detector.detect(images)


def test_threads_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert count_threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert count_threads() >= 1
