"""Scoring a network while it is trained."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg import api, validation
from geoseg.config import DatasetConfig, MaskRCNNConfig, TrainConfig
from geoseg.datasets.sources import LabelledImage, LabelledObject
from geoseg.errors import DatasetError
from geoseg.export import ImageResult
from geoseg.plain_images import predict_images
from geoseg.types import Detection
from geoseg.validation import choose_places, make_annotation, make_scorer
from tests.training.labelled import flat, paint, write_dataset

HOUSE = [(10.0, 12.0), (44.0, 12.0), (44.0, 40.0), (10.0, 40.0)]
MODEL: Any = SimpleNamespace(config=MaskRCNNConfig(tile_size_px=120, gsd_m=0.3))


class NoDetector:
    """Stands in for the compiled network."""

    def __init__(self, model: Any, **options: Any) -> None:
        self.model = model
        self.batch_size = 2


@pytest.fixture(autouse=True)
def _no_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoseg.detections.detector.MaskRCNNDetector", NoDetector)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images with a house each, the last one at another GSD."""
    images = {f"{k}.png": paint(HOUSE, (120, 120)) for k in (1, 2, 3)}
    labels = [{"image_id": k, "segmentation": flat(HOUSE)} for k in (1, 2, 3)]
    path = write_dataset(tmp_path / "set", images, labels)
    annotation = path / "annotation.json"
    text = annotation.read_text()
    annotation.write_text(text.replace('"gsd_m": 0.3}]', '"gsd_m": 0.15}]'))
    return path


def make_config(folder: Path, **changes: Any) -> TrainConfig:
    return TrainConfig(validation=(DatasetConfig(str(folder)),), model=MODEL.config, **changes)


class Predictor:
    """Finds the house in the images whose number is given."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers
        self.zooms: list[float] = []

    def __call__(
        self,
        images: Iterator[tuple[int, NDArray[np.uint8]]],
        detector: Any,
        config: Any,
        *,
        batch_size: int,
        zoom: float,
    ) -> Iterator[ImageResult]:
        self.zooms.append(zoom)
        # Two at a time, as real ones are.
        for number, image in list(images):
            box = np.array([12, 10, 40, 44], np.float32)
            house = Detection(box, 0.9, np.ones((28, 28), np.float16), 0)
            found = [house] if number in self.numbers else []
            yield ImageResult(number, image.shape[:2], found)


@pytest.mark.parametrize(
    ("numbers", "ap50", "ar50"),
    [((1, 2, 3), 1.0, 1.0), ((), 0.0, 0.0), ((2,), 34 / 101, 1 / 3)],
)
def test_it_is_pycocotools_score_of_what_was_found(
    folder: Path, numbers: tuple[int, ...], ap50: float, ar50: float
) -> None:
    predict = Predictor(*numbers)
    score = make_scorer(make_config(folder), predict)
    assert score is not None
    got = score(MODEL)
    assert [got.ap50, got.ar50] == pytest.approx([ap50, ar50])
    assert got.num_images == 3
    # Each at its own GSD: the finer image is shrunk to the network's.
    assert predict.zooms == [1.0, 0.5]
    assert set(got.pictures) == {"image_1", "image_2", "image_3"}
    is_drawn = (got.pictures["image_2"] != paint(HOUSE, (120, 120))).any()
    assert is_drawn == (2 in numbers)


def test_a_run_without_validation_has_no_scorer() -> None:
    assert make_scorer(TrainConfig(), Predictor()) is None


def test_a_broken_image_is_left_out_or_an_error(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "images" / "2.png").write_bytes(b"no image")
    score = make_scorer(make_config(folder), Predictor(1, 2, 3))
    assert score is not None
    with caplog.at_level(logging.WARNING, "geoseg"):
        assert score(MODEL).num_images == 2
    assert "2.png" in caplog.text
    strict = make_scorer(make_config(folder, strict=True), Predictor(1))
    assert strict is not None
    with pytest.raises(DatasetError, match=r"2\.png"):
        strict(MODEL)


def test_absent_labels_are_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        make_scorer(make_config(tmp_path / "none"), Predictor())


def test_images_are_spread_over_all_datasets() -> None:
    datasets: Any = [range(10), range(100, 130)]
    places = choose_places(datasets, 5)
    assert [(datasets.index(one.dataset), one.number) for one in places] == [
        (0, 0), (1, 0), (1, 10), (1, 19), (1, 29),
    ]  # fmt: skip
    assert len(choose_places(datasets, 50)) == 40


def test_a_hole_and_an_ignored_object_are_kept() -> None:
    from pycocotools import mask as coco_mask

    outer = np.array([(2, 2), (12, 2), (12, 12), (2, 12)], np.float32)
    inner = np.array([(4, 4), (8, 4), (8, 8), (4, 8)], np.float32)
    image = LabelledImage(
        "a.png", 7, 20, 16, 0.3, (LabelledObject((outer, inner), is_ignored=True),)
    )
    annotation = make_annotation([image])
    (label,) = annotation["annotations"]
    assert (label["image_id"], label["iscrowd"]) == (1, 1)
    assert label["segmentation"]["size"] == [16, 20]
    assert coco_mask.area(label["segmentation"]) == 100 - 16


def test_the_api_hands_in_its_own_prediction(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    handed: list[Any] = []
    monkeypatch.setattr(validation, "make_scorer", lambda config, predict: handed.append(predict))
    monkeypatch.setattr(
        "geoseg.training.train.train_model", lambda *args, **options: tmp_path / "model.npz"
    )
    api.train(make_config(folder), tmp_path / "run")
    assert handed == [predict_images]
