"""Both engines find what matterport's program found, given images that fill their tile and not."""

from __future__ import annotations

import numpy as np
import pytest

from geoseg.detections.batching import BatchedDetector
from geoseg.detections.detector import MaskRCNNDetector
from geoseg.detections.onnx_detector import OnnxDetector
from geoseg.maskrcnn.weights import weight_names
from geoseg.types import Detection
from tests.maskrcnn.matterport.golden import (
    Arrays,
    assert_same_detections,
    build_seeded,
    load_golden,
    load_image,
    normalize_boxes,
)


@pytest.fixture(scope="module")
def golden() -> Arrays:
    return load_golden("resnet50")


def make_detector(engine: str, min_score: float) -> BatchedDetector:
    model = build_seeded("resnet50")
    if engine == "keras":
        return MaskRCNNDetector(model, min_score=min_score, batch_size=2)
    arrays = {name: np.asarray(one) for name, one in weight_names(model).items()}
    return OnnxDetector(model.config, arrays, "the rule", min_score=min_score, batch_size=2)


@pytest.mark.parametrize("engine", ["keras", "onnx"])
def test_detections_are_those_of_the_original(engine: str, golden: Arrays) -> None:
    detector = make_detector(engine, 0.0)
    images = np.concatenate([load_image("A"), load_image("C")])
    windows = np.stack([golden["A_window"], golden["C_window"]]).astype(np.float32)
    together = detector.detect(images, windows)
    for found, wanted in zip(together, golden["batch2_detections"], strict=True):
        boxes = np.stack([one.box for one in found])
        assert boxes.dtype == np.float32
        assert_same_detections(boxes, np.array([one.score for one in found]), wanted)
        assert {one.class_index for one in found} == {0}
    compare_masks(together[0], golden)


def compare_masks(found: list[Detection], golden: Arrays) -> None:
    """Masks of image A, row by row where the boxes are the same."""
    wanted = golden["A_detections"][: len(golden["A_mask_own_class"]), :4]
    num_compared = 0
    for one in found:
        distances = np.abs(normalize_boxes(one.box) - wanted).max(axis=1)
        if distances.min() < 7e-6:
            mask = golden["A_mask_own_class"][distances.argmin()]
            # Masks are float16.
            np.testing.assert_allclose(one.mask.astype(np.float32), mask, atol=5e-4)
            num_compared += 1
    assert num_compared >= len(wanted) - 1
