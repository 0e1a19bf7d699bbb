"""The loaded model, with stub stages where the network does not matter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.detections import detector as detector_module
from geoseg.detections.detector import MaskRCNNDetector, load_detector
from geoseg.errors import DeviceError, WeightsError
from geoseg.scores import calibrate_scores

SIZE_PX = 64
CONFIG = MaskRCNNConfig(tile_size_px=SIZE_PX, max_detections=12, score=0.4)


class StubBoxes:
    """Finds as many boxes as the first pixel of an image says; fails on large batches."""

    def __init__(self, most: int, error: Exception) -> None:
        self.most = most
        self.error = error
        self.batches: list[int] = []
        self.min_scores: list[float] = []
        self.windows: list[Any] = []

    def __call__(self, images: NDArray[np.uint8], min_score: Any, *windows: Any) -> dict[str, Any]:
        """Boxes of one row each; kept ones first."""
        self.batches.append(len(images))
        self.windows.extend(one.tolist() for one in windows)
        self.min_scores.append(float(min_score))
        if len(images) > self.most:
            raise self.error
        rows = np.arange(CONFIG.max_detections, dtype=np.float32)
        boxes = np.stack([rows, rows * 0, rows + 1, rows * 0 + 8], axis=-1)
        return {
            "boxes": np.tile(boxes, (len(images), 1, 1)),
            "scores": np.tile(1 - rows / 100, (len(images), 1)),
            "classes": np.zeros((len(images), len(rows)), np.int32),
            "is_kept": rows < images[:, 0, 0, :1],
            "pyramid": images[:, 0, 0, 0],
        }


class StubMasks:
    """Masks full of the number of their box; remembers how many boxes it was given."""

    def __init__(self) -> None:
        self.slots: list[int] = []

    def __call__(
        self, pyramid: NDArray[np.uint8], boxes: NDArray[np.float32], classes: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        """One value for each box."""
        assert len(pyramid) == len(boxes) == len(classes)
        self.slots.append(boxes.shape[1])
        return np.tile(boxes[:, :, :1, None] / 100, (1, 1, 28, 28))


def make_detector(
    monkeypatch: pytest.MonkeyPatch,
    *,
    most: int = 99,
    error: Exception | None = None,
    **options: Any,
) -> tuple[MaskRCNNDetector, StubBoxes, StubMasks]:
    """A detector on stub stages, and the stages."""
    boxes, masks = StubBoxes(most, error or MemoryError()), StubMasks()
    monkeypatch.setattr(detector_module, "compile_function", lambda function: function)
    model: Any = SimpleNamespace(config=CONFIG, find_boxes=boxes, find_masks=masks)
    return MaskRCNNDetector(model, **options), boxes, masks


def test_scores_are_calibrated_and_the_threshold_goes_the_other_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calibration = (1.2, 0.8, -1.0)
    config = replace(CONFIG, calibration=calibration)
    monkeypatch.setattr(f"{__name__}.CONFIG", config)
    raw, raw_boxes, _ = make_detector(monkeypatch, has_raw_scores=True)
    detector, boxes, _ = make_detector(monkeypatch)
    (plain,), (found,) = (one.detect(make_images(5)) for one in (raw, detector))
    assert [one.score for one in plain] == pytest.approx([1, 0.99, 0.98, 0.97, 0.96])
    assert [one.score for one in found] == pytest.approx(
        calibrate_scores(np.array([one.score for one in plain]), calibration).tolist(), rel=1e-5
    )
    assert [one.box.tolist() for one in found] == [one.box.tolist() for one in plain]
    assert raw_boxes.min_scores == [pytest.approx(0.4)]
    (asked,) = boxes.min_scores
    assert calibrate_scores(np.array([asked]), calibration)[0] == pytest.approx(0.4)


def make_images(*counts: int) -> NDArray[np.uint8]:
    """Images that ask for so many boxes."""
    images = np.zeros((len(counts), SIZE_PX, SIZE_PX, 3), np.uint8)
    images[:, 0, 0] = np.array(counts)[:, None]
    return images


def test_it_describes_itself_by_the_config(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, boxes, _ = make_detector(monkeypatch)
    assert (detector.tile_size_px, detector.class_names) == (SIZE_PX, ("building",))
    assert (detector.batch_size, detector.min_score) == (1, 0.4)
    detector.detect(make_images(1))
    assert boxes.min_scores == [pytest.approx(0.4)]
    assert make_detector(monkeypatch, min_score=0.0)[0].min_score == 0
    assert make_detector(monkeypatch, device="gpu:0")[0].batch_size == 16


def test_each_image_gets_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, boxes, _ = make_detector(monkeypatch, device="gpu:0", batch_size=2)
    found = detector.detect(make_images(2, 0, 3))
    assert boxes.batches == [2, 1]
    assert [len(one) for one in found] == [2, 0, 3]
    last = found[2][2]
    assert last.box.tolist() == [2, 0, 3, 8]
    assert last.score == pytest.approx(0.98)
    assert last.mask.dtype == np.float16
    assert last.mask.max() == pytest.approx(0.02, abs=1e-4)


def test_a_cpu_takes_one_tile_a_step_for_the_sake_of_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    detector, boxes, _ = make_detector(monkeypatch, batch_size=2)
    assert [len(one) for one in detector.detect(make_images(2, 0, 3))] == [2, 0, 3]
    assert boxes.batches == [1, 1, 1]


def test_each_image_gets_its_window(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, boxes, _ = make_detector(monkeypatch, device="gpu:0", batch_size=2)
    windows = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, 9, 9, 9]], np.float32)
    detector.detect(make_images(2, 0, 3), windows)
    assert boxes.windows == [windows[:2].tolist(), windows[2:].tolist()]
    detector.detect(make_images(1))
    assert len(boxes.windows) == 2


def test_no_images_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, boxes, _ = make_detector(monkeypatch)
    assert detector.detect(make_images()) == []
    assert boxes.batches == []


def test_masks_are_made_in_few_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, _, masks = make_detector(monkeypatch)
    for count in (0, 1, 4, 5, 8, 9, 12):
        detector.detect(make_images(count))
    # None without boxes; never more than the network's most.
    assert masks.slots == [4, 4, 8, 8, 12, 12]


def test_the_batch_is_halved_until_it_fits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    detector, boxes, _ = make_detector(monkeypatch, device="gpu:0", most=2, batch_size=9)
    found = detector.detect(make_images(1, 2, 3, 4, 5))
    assert [len(one) for one in found] == [1, 2, 3, 4, 5]
    assert boxes.batches == [5, 2, 2, 1]
    assert detector.batch_size == 2
    assert "going on with 2 tiles" in caplog.text


def test_no_memory_for_one_tile_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, boxes, _ = make_detector(monkeypatch, device="gpu:0", most=0, batch_size=2)
    with pytest.raises(DeviceError, match=r"Memory of gpu:0 is too small for one tile\."):
        detector.detect(make_images(1, 1))
    assert boxes.batches == [2, 1]


def test_other_errors_come_through(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, boxes, _ = make_detector(
        monkeypatch, device="gpu:0", most=0, error=ValueError("odd"), batch_size=4
    )
    with pytest.raises(ValueError, match="odd"):
        detector.detect(make_images(1, 1))
    assert boxes.batches == [2]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"none\.npz must be a weights file; there is none"):
        load_detector(tmp_path / "none.npz")


def test_an_unknown_device_is_found_before_the_file(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="device must be"):
        load_detector(tmp_path / "none.npz", device="abacus")
