from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import DetectConfig
from geoseg.detections.views import ManyViewsDetector, load_views, show_view, turn_windows
from geoseg.masks import paste_mask
from geoseg.types import Detection
from tests.bright import BrightDetector, make_scene

SIZE_PX = 300
ROOFS_PX = ((20, 30, 60, 90), (40, 200, 110, 270), (150, 60, 190, 160), (230, 200, 270, 290))


class LeftDetector(BrightDetector):
    """Sees the left half of its image only."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.min_score = options.get("min_score")

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Patches whose centre is on the left."""
        found = super().detect(images, windows)
        return [[one for one in some if one.box[1::2].mean() < 150] for some in found]


def make_image(*roofs_px: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    scene = make_scene((SIZE_PX, SIZE_PX), roofs_px)
    return np.ascontiguousarray(np.moveaxis(scene, 0, 2))


def paste(found: list[Detection]) -> NDArray[np.bool_]:
    pixels = np.zeros((SIZE_PX, SIZE_PX), bool)
    for one in found:
        pixels |= paste_mask(one.mask, one.box, (SIZE_PX, SIZE_PX))
    return pixels


def test_the_eight_views_are_all_symmetries_of_a_square() -> None:
    images = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    views = {show_view(images, view).tobytes() for view in range(8)}
    turned = {np.rot90(images, turn, (1, 2)).tobytes() for turn in range(4)}
    mirrored = {np.rot90(images[:, :, ::-1], turn, (1, 2)).tobytes() for turn in range(4)}
    assert views == turned | mirrored
    assert show_view(images, 0).tobytes() == images.tobytes()


@pytest.mark.parametrize("view", range(8))
def test_windows_turn_with_the_image(view: int) -> None:
    images = np.zeros((1, 10, 10, 3), np.uint8)
    images[0, 1:4, 2:9] = 1
    y1, x1, y2, x2 = turn_windows(np.array([[1, 2, 4, 9]], np.float32), view, 10)[0].astype(int)
    turned = show_view(images, view)[0]
    assert turned[y1:y2, x1:x2].all()
    assert turned.sum() == 3 * (y2 - y1) * (x2 - x1) == 3 * 21


@pytest.mark.parametrize("num_views", [2, 4, 8])
def test_every_view_is_brought_back_to_its_place(num_views: int) -> None:
    images = np.stack([make_image(*ROOFS_PX), make_image(), make_image(ROOFS_PX[0])])
    plain: Any = BrightDetector()
    found = ManyViewsDetector(plain, num_views, 0.5).detect(images)
    assert [len(one) for one in found] == [4, 0, 1]
    for many, one in zip(found, plain.detect(images), strict=True):
        # All views agree: a score is lost where one of them is somewhere else.
        assert [found.score for found in many] == pytest.approx([0.9] * len(many))
        assert (paste(many) ^ paste(one)).sum() <= 8 * len(many)


def test_a_mirrored_image_is_found_mirrored_though_the_detector_is_blind_on_one_side() -> None:
    image = make_image(*ROOFS_PX)
    blind: Any = LeftDetector()
    detector = ManyViewsDetector(blind, 4, 0.1)
    (found,), (mirrored,) = (
        detector.detect(np.ascontiguousarray(some[None])) for some in (image, image[:, ::-1])
    )
    assert len(blind.detect(image[None])[0]) < len(found) == len(mirrored) == 4
    assert (paste(found)[:, ::-1] == paste(mirrored)).all()
    assert [one.score for one in found] == pytest.approx([0.45] * 4)


def test_a_symmetric_image_gives_a_symmetric_result() -> None:
    image = make_image(*ROOFS_PX)
    image[:, 150:] = image[:, :150][:, ::-1]
    blind: Any = LeftDetector()
    (found,) = ManyViewsDetector(blind, 2, 0.1).detect(image[None])
    pixels = paste(found)
    assert pixels.any()
    assert (pixels == pixels[:, ::-1]).all()
    scores = sorted((round(float(one.box[1::2].mean() - 150), 3), one.score) for one in found)
    assert scores == [(-place, score) for place, score in reversed(scores)]


def test_one_view_is_the_detector_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def load(weights: Path | None, **options: Any) -> LeftDetector:
        asked.append(options)
        return LeftDetector(**{"min_score": 0.5} | options)

    monkeypatch.setattr("geoseg.detections.detector.load_detector", load)
    assert isinstance(load_views(DetectConfig(batch_size=2)), LeftDetector)
    assert asked == [{"min_score": None, "batch_size": 2}]


def test_single_views_are_asked_for_lower_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "geoseg.detections.detector.load_detector", lambda _, **options: LeftDetector(**options)
    )
    detector = load_views(DetectConfig(score=0.6, views=4), device="cpu")
    assert isinstance(detector, ManyViewsDetector)
    assert (detector.num_views, detector.min_score) == (4, 0.6)
    assert detector._detector.min_score == 0.3
    assert detector.batch_size == 3
    # The bundled model's own.
    assert 0 < load_views(DetectConfig(views=2)).min_score < 1
