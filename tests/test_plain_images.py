from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import PredictConfig
from geoseg.plain_images import predict_batches, predict_images
from geoseg.types import Detection
from tests.bright import BrightDetector, make_scene

Image = NDArray[np.uint8]


def make_image(shape_hw: tuple[int, int], *roofs: tuple[int, int, int, int]) -> Image:
    return np.ascontiguousarray(np.moveaxis(make_scene(shape_hw, roofs), 0, 2))


def test_images_of_one_tile_share_batches_and_the_last_one_is_not_lost() -> None:
    detector = BrightDetector()
    images = [(7 + k, make_image((300, 300), (10, 20, 40, 60 + k))) for k in range(5)]
    results = list(predict_images(images, detector, PredictConfig(), batch_size=3))
    assert detector.num_seen == [3, 2]
    assert [one.image_id for one in results] == [7, 8, 9, 10, 11]
    assert [one.detections[0].box.tolist() for one in results] == [
        [10, 20, 40, 60 + k] for k in range(5)
    ]


@pytest.mark.parametrize("shape_hw", [(300, 300), (650, 420), (90, 300), (1, 1), (301, 299)])
def test_images_of_any_size_come_in_their_order(shape_hw: tuple[int, int]) -> None:
    odd = make_image(shape_hw, (30, 40, 80, 120)) if min(shape_hw) > 80 else make_image(shape_hw)
    tile = make_image((300, 300), (10, 20, 40, 60))
    images = [(1, tile), (2, odd), (3, tile), (4, tile)]
    results = list(predict_images(images, BrightDetector(), PredictConfig(), batch_size=8))
    assert [one.image_id for one in results] == [1, 2, 3, 4]
    assert results[1].shape_hw == shape_hw
    found = [one.box.tolist() for one in results[1].detections]
    assert found == ([[30, 40, 80, 120]] if min(shape_hw) > 80 else [])


def test_an_image_is_resampled_and_boxes_come_back_in_its_pixels() -> None:
    roofs = [(30, 40, 80, 120), (120, 100, 180, 160)]
    (result,) = predict_images(
        [(1, make_image((200, 200), *roofs))], BrightDetector(), PredictConfig(), zoom=1.7
    )
    found = np.array([one.box for one in result.detections])
    assert found == pytest.approx(np.array(roofs), abs=1.2)


def test_no_images_give_no_results() -> None:
    assert list(predict_images([], BrightDetector(), PredictConfig())) == []


@pytest.mark.parametrize("start", [0, 3, 4, 5, 8])
def test_who_goes_on_after_a_batch_gets_the_same_batches(start: int) -> None:
    odd, tile = make_image((40, 50)), make_image((300, 300))
    images = [(k, odd if k == 4 else tile) for k in range(9)]
    whole = predict_batches(iter(images), BrightDetector(), PredictConfig(), batch_size=3)
    ids = [[one.image_id for one in batch] for batch in whole]
    assert ids == [[0, 1, 2], [3], [4], [5, 6, 7], [8]]
    rest = predict_batches(images[start:], BrightDetector(), PredictConfig(), batch_size=3)
    left = [[one.image_id for one in batch] for batch in rest]
    assert left == [batch for batch in ids if batch[0] >= start]


class Framer:
    """Finds one object in each tile: the window that it is told, or else the whole tile."""

    def __init__(self) -> None:
        self.tile_size_px = 320
        self.class_names: tuple[str, ...] = ("building",)
        self.seen: list[tuple[Image, Any]] = []

    def detect(
        self, images: Image, windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        self.seen.append((images, windows))
        whole = np.tile(np.array([0, 0, 320, 320], np.float32), (len(images), 1))
        boxes = whole if windows is None else windows
        return [[Detection(box, 0.9, np.ones((28, 28), np.float32))] for box in boxes]


def test_images_are_molded_for_a_model_that_wants_it_so() -> None:
    detector = Framer()
    shapes = [(300, 300), (200, 280), (320, 320), (7, 320)]
    images = [(k, make_image(shape)) for k, shape in enumerate(shapes)]
    batches = predict_batches(images, detector, PredictConfig(), batch_size=3, resize="square")
    results = [one for batch in batches for one in batch]
    (first, windows), (_, last) = detector.seen
    assert first.shape == (3, 320, 320, 3)
    assert windows.tolist() == [[0, 0, 320, 320], [45, 0, 274, 320], [0, 0, 320, 320]]
    assert last.tolist() == [[156, 0, 163, 320]]
    assert not first[1, :45].any()
    assert not first[1, 274:].any()
    assert [one.shape_hw for one in results] == shapes
    assert [one.detections[0].box.tolist() for one in results] == [
        [0, 0, *shape] for shape in shapes
    ]


@pytest.mark.parametrize(
    ("shape_hw", "options", "wanted"),
    [
        ((300, 300), {}, [[0, 0, 300, 300]]),
        ((300, 300), {"resize": "square", "zoom": 1.01}, [[0, 0, 303, 303]]),
        ((321, 200), {"resize": "square"}, [[0, 0, 320, 200]] * 2),
        ((320, 320), {}, [None]),
    ],
)
def test_other_images_and_models_are_not_molded(
    shape_hw: tuple[int, int], options: dict[str, Any], wanted: list[list[int] | None]
) -> None:
    detector = Framer()
    images = [(1, make_image(shape_hw))]
    list(predict_batches(images, detector, PredictConfig(), **options))
    windows = [None if one is None else one.tolist() for _, one in detector.seen]
    assert [row for some in windows for row in (some or [None])] == wanted
