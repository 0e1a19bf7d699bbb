"""scripts/train_crowdai.py: the published layout becomes a run."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from geoseg.datasets.opening import open_dataset
from geoseg.maskrcnn.matterport.config import make_matterport_config
from tests.maskrcnn.matterport.hollow import write_hollow
from tests.training.tiny import write_houses


@pytest.fixture
def script(repository: Path) -> Any:
    path = repository / "scripts" / "train_crowdai.py"
    spec = importlib.util.spec_from_file_location("train_crowdai", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(script: Any, *arguments: object) -> tuple[Result, list[Any]]:
    """The result, and the configs that training was called with; nothing is trained."""
    configs: list[Any] = []

    def train(config: Any, folder: Path, **options: Any) -> Path:
        configs.append(config)
        return folder / "model.npz"

    script.train = train
    return CliRunner().invoke(script.main, [str(one) for one in arguments]), configs


@pytest.mark.parametrize("parent", ["", "data"])
def test_the_published_layout_is_found(script: Any, tmp_path: Path, parent: str) -> None:
    for split in ("train", "val"):
        write_houses(tmp_path / parent / split)
    options = ("--data", tmp_path, "-o", tmp_path / "run", "--recipe", "matterport")
    result, (config,) = run(script, *options)
    assert result.exit_code == 0, result.output
    (data,), (validation,) = config.datasets, config.validation
    assert data.path == str(tmp_path / parent / "train" / "annotation.json")
    assert validation.path == str(tmp_path / parent / "val" / "annotation.json")
    assert len(open_dataset(data)) == 3
    assert (config.optimizer, config.steps, config.batch_size) == ("sgd", 160_000, 5)
    assert [stage.layers for stage in config.stages] == ["heads", "4+", "all"]
    assert config.start == "bundled"


def test_another_network_starts_from_nothing(script: Any, tmp_path: Path) -> None:
    for split in ("train", "val"):
        write_houses(tmp_path / split)
    options = ("--start", "none", "--backbone", "resnet50", "--steps", "8", "--small")
    result, (config,) = run(script, "--data", tmp_path, "-o", tmp_path / "run", *options)
    assert result.exit_code == 0, result.output
    assert (config.start, config.model.backbone, config.steps) == (None, "resnet50", 8)
    assert config.datasets[0].path.endswith("annotation-small.json")
    assert config.optimizer == "adamw"


def test_a_file_of_matterport_starts_its_network_with_one_class(
    script: Any, tmp_path: Path
) -> None:
    for split in ("train", "val"):
        write_houses(tmp_path / split)
    start = write_hollow(tmp_path / "mask_rcnn_coco.h5", "resnet101", 81)
    options = ("--start", start, "--recipe", "matterport")
    result, (config,) = run(script, "--data", tmp_path, "-o", tmp_path / "run", *options)
    assert result.exit_code == 0, result.output
    assert config.start == str(start)
    wanted = make_matterport_config("resnet101", ("building",))
    assert replace(config.model, gsd_range_m=None) == wanted


def test_an_absent_split_is_one_line(script: Any, tmp_path: Path) -> None:
    result, configs = run(script, "--data", tmp_path, "-o", tmp_path / "run")
    assert result.exit_code == 1
    assert "must hold train/images or data/train/images; found neither" in result.output
    assert not configs
