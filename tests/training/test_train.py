"""Whole runs on invented scenes: the loss falls, and what is saved can be used."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import shapely

from geoseg.config import DatasetConfig, MaskRCNNConfig, TrainConfig, load_toml
from geoseg.detections.detector import load_detector
from geoseg.errors import DatasetError, OutputError, TrainingError
from geoseg.maskrcnn.bundled import BUNDLED_PATH
from geoseg.maskrcnn.weights_file import read_weights
from geoseg.scenes import make_scene
from geoseg.training import train
from geoseg.training.samples import SampleSource
from geoseg.training.train import make_model, train_model
from geoseg.types import NoProgress
from tests.training.labelled import write_dataset
from tests.training.tiny import make_tiny

MODEL = MaskRCNNConfig(
    tile_size_px=128,
    pyramid_channels=32,
    box_units=64,
    num_proposals=40,
    max_detections=20,
    mask_convs=1,
    score=0.05,
)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four scenes of a suburb."""
    images, annotations = {}, []
    for number in range(1, 5):
        scene = make_scene(number, size_px=192, gsd_m=0.3, style="suburb")
        images[f"{number}.png"] = scene.image
        annotations += [
            {
                "image_id": number,
                "segmentation": [shapely.get_coordinates(one.exterior).ravel().tolist()],
            }
            for one in scene.footprints
        ]
    folder = tmp_path_factory.mktemp("scenes") / "set"
    return write_dataset(folder, images, annotations)


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained backbone without heads, as ImageNet weights are: fresh ones learn for hours."""
    arrays, _ = read_weights(BUNDLED_PATH)
    path = tmp_path_factory.mktemp("backbone") / "backbone.npz"
    np.savez(path, **{name: array for name, array in arrays.items() if "mrcnn" not in name})  # type: ignore[arg-type]
    return path


def make_config(folder: Path, **changes: object) -> TrainConfig:
    """A run of few steps."""
    config = TrainConfig(
        datasets=(DatasetConfig(str(folder), gsd_range_m=(0.3, 0.3)),),
        model=MODEL,
        steps=60,
        batch_size=2,
        learning_rate=2e-3,
        warmup_steps=5,
        checkpoint_steps=20,
        max_objects=20,
        ema_momentum=0.9,
        mixed_precision=False,
        tensorboard=False,
    )
    return replace(config, **changes)  # type: ignore[arg-type]


class StepProgress(NoProgress):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def start(self, stage: str, total: int) -> None:
        """A stage begins."""
        self.told += [stage, total]

    def advance(self, steps: int, found: int = 0) -> None:
        """Add up."""
        self.told.append(steps)

    def finish(self) -> None:
        """The stage ends."""
        self.told.append("end")


@pytest.mark.slow
def test_a_run_learns_and_what_it_saves_finds_buildings(
    scenes: Path, backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoseg.training.train.LOG_EVERY_STEPS", 10)
    config, progress = make_config(scenes, start=str(backbone)), StepProgress()
    folder = tmp_path / "new" / "run"
    path = train_model(config, folder, progress=progress)
    assert path == folder / "model.npz"
    names = sorted(file.name for file in folder.iterdir())
    assert names == [
        "checkpoint.npz", "config.toml", "curves.png", "last.npz", "log.csv", "model.npz",
        "run.json", "validation.csv",
    ]  # fmt: skip
    assert load_toml(TrainConfig, folder / "config.toml") == config
    assert progress.told == ["train", 60, *[1] * 60, "end"]
    with (folder / "log.csv").open(newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    assert len(losses) == 6
    assert sum(losses[-2:]) < 0.8 * sum(losses[:2])
    arrays, model = read_weights(path)
    last, _ = read_weights(folder / "last.npz")
    assert model == MODEL
    assert {array.dtype.name for array in arrays.values()} == {"float16"}
    for name, array in last.items():
        np.testing.assert_allclose(arrays[name], array, rtol=1e-3, atol=1e-6)
    check_detections(path, config)


def check_detections(weights: Path, config: TrainConfig) -> None:
    """Some of what is found lies on a building."""
    source = SampleSource(config.datasets, tile_size_px=128, seed=5)
    samples = [source.draw(number) for number in range(2)]
    found = load_detector(weights).detect(np.stack([sample.image for sample in samples]))
    hits = 0
    for sample, detections in zip(samples, found, strict=True):
        buildings = [shapely.Polygon(ring) for one in sample.objects for ring in one.rings]
        for one in detections:
            assert 0 <= one.box.min() <= one.box.max() <= 128
            assert one.mask.shape == (28, 28)
            y1, x1, y2, x2 = one.box.tolist()
            box = shapely.box(x1, y1, x2, y2)
            hits += any(box.intersection(b).area > 0.4 * box.union(b).area for b in buildings)
    assert hits > 0


def test_a_folder_with_a_run_is_left_alone(scenes: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("old")
    with pytest.raises(TrainingError, match="must be a new folder; it holds a run already"):
        train_model(make_config(scenes), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]
    assert (tmp_path / "config.toml").read_text() == "old"


def test_other_classes_are_found_before_anything_is_written(scenes: Path, tmp_path: Path) -> None:
    config = make_config(scenes, model=replace(MODEL, class_names=("tree", "house")))
    with pytest.raises(DatasetError, match=r"classes of the network, which are tree, house; got b"):
        train_model(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_labels_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="none must be a folder or a file of labels"):
        train_model(make_config(tmp_path / "none"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that is built at once."""
    monkeypatch.setattr(train, "make_model", make_tiny)


@pytest.mark.usefixtures("tiny")
def test_a_path_that_is_no_folder_is_an_error(scenes: Path, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")
    with pytest.raises(OutputError, match=r"run must be a folder to write to; got"):
        train_model(make_config(scenes), tmp_path / "run")


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("workers", [1, 3])
def test_a_broken_image_ends_a_strict_run_with_its_name(
    scenes: Path, tmp_path: Path, workers: int
) -> None:
    folder = Path(shutil.copytree(scenes, tmp_path / "set"))
    (folder / "images" / "3.png").write_bytes(b"no image")
    config = make_config(folder, workers=workers, strict=True)
    with pytest.raises(DatasetError, match=r"3\.png"):
        train_model(config, tmp_path / "run")


@pytest.mark.parametrize(("is_mixed", "policy"), [(True, "mixed_bfloat16"), (False, "float32")])
def test_precision_is_of_the_network_alone(
    monkeypatch: pytest.MonkeyPatch, is_mixed: bool, policy: str
) -> None:
    policies: list[str] = []

    def build(config: MaskRCNNConfig, **options: Any) -> Any:
        policies.append(keras.config.dtype_policy().name)
        return options

    monkeypatch.setattr(train, "MaskRCNN", build)
    weights = (1.0, 2.0, 3.0, 4.0, 5.0)
    options = make_model(
        TrainConfig(mixed_precision=is_mixed, num_rois=7, num_positive=3, loss_weights=weights)
    )
    assert options == {"num_rois": 7, "num_positive": 3, "loss_weights": weights}
    assert policies == [policy]
    assert keras.config.dtype_policy().name == "float32"
