"""Plain images through a network of matterport's kind: its final boxes, scores and masks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import PredictConfig
from geoseg.detections import molding
from geoseg.detections.detector import MaskRCNNDetector
from geoseg.export import ImageResult
from geoseg.masks import paste_mask
from geoseg.plain_images import predict_batches
from tests.maskrcnn.matterport.golden import build_seeded, load_golden, load_script

NAMES = ("A", "B", "C")


@pytest.fixture(scope="module")
def detector() -> MaskRCNNDetector:
    return MaskRCNNDetector(build_seeded("resnet50"), min_score=0.0)


def predict(detector: MaskRCNNDetector, *names: str) -> Iterator[ImageResult]:
    make_image = load_script("golden_inputs").image
    batches = predict_batches(
        [(NAMES.index(name), make_image(name)) for name in names],
        detector,
        PredictConfig(),
        batch_size=detector.batch_size,
        resize=detector.model.config.resize,
    )
    for batch in batches:
        yield from batch


def get_boxes(result: ImageResult) -> NDArray[np.float32]:
    return np.array([one.box for one in result.detections])


def get_scores(result: ImageResult) -> NDArray[np.float32]:
    return np.array([one.score for one in result.detections], np.float32)


def paste(result: ImageResult) -> NDArray[np.bool_]:
    return np.array([paste_mask(one.mask, one.box, result.shape_hw) for one in result.detections])


def unpack_masks(name: str, shape_hw: tuple[int, int]) -> NDArray[np.bool_]:
    packed = load_golden("resnet50")[f"{name}_final_masks_packed"]
    bits = np.unpackbits(packed, axis=1)[:, : shape_hw[0] * shape_hw[1]]
    return bits.reshape(-1, *shape_hw).astype(bool)


def test_results_are_those_of_matterport(
    detector: MaskRCNNDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    resized = load_golden("units")["resize_square_B"]
    mold = molding.mold_image

    def mold_as_theirs(image: NDArray[np.uint8], tile_size_px: int) -> molding.MoldedImage:
        # Of B, 165 bytes depend on the machine; see `mold_image`.
        molded = mold(image, tile_size_px)
        return replace(molded, image=resized) if image.shape == (300, 300, 3) else molded

    monkeypatch.setattr(molding, "mold_image", mold_as_theirs)
    golden = load_golden("resnet50")
    for name, result in zip(NAMES, predict(detector, *NAMES), strict=True):
        assert np.array_equal(get_boxes(result), golden[f"{name}_final_rois"])
        np.testing.assert_allclose(
            get_scores(result), golden[f"{name}_final_scores"], rtol=0, atol=2e-4
        )
        assert np.array_equal(paste(result), unpack_masks(name, result.shape_hw))


def test_a_tile_of_the_challenge_has_the_same_boxes(detector: MaskRCNNDetector) -> None:
    golden = load_golden("resnet50")
    (result,) = predict(detector, "B")
    # Of two objects with nearly the same score either may be first.
    ours, theirs = np.lexsort(get_boxes(result).T), np.lexsort(golden["B_final_rois"].T)
    assert np.array_equal(get_boxes(result)[ours], golden["B_final_rois"][theirs])
    np.testing.assert_allclose(
        get_scores(result)[ours], golden["B_final_scores"][theirs], rtol=0, atol=1e-3
    )
    masks = unpack_masks("B", result.shape_hw)[theirs]
    assert np.count_nonzero(paste(result)[ours] != masks) < 0.001 * np.count_nonzero(masks)
