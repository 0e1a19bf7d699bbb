from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner, Result

from geoseg.cli.main import cli
from geoseg.config import (
    AugmentConfig,
    DatasetConfig,
    MaskRCNNConfig,
    StageConfig,
    TrainConfig,
    from_dict,
    load_toml,
)
from geoseg.datasets.coco_writer import CocoWriter
from geoseg.maskrcnn.weights_file import read_weights
from geoseg.scenes import make_scene
from tests.cli.events import read_result_keys

SMALL = """
steps = 3
batch_size = 1
checkpoint_steps = 2
warmup_steps = 1
max_objects = 20

[[datasets]]
path = "labelled"

[model]
tile_size_px = 96
pyramid_channels = 8
box_units = 16
num_proposals = 20
pre_nms_per_level = 20
max_detections = 10
"""

SCENE = 'scene = "scene.tif"\nlabels = "labels.gpkg"'


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["train", *arguments])


def write_dataset(folder: Path, num_images: int = 2) -> None:
    """Procedural scenes with their true roofs, as COCO."""
    (folder / "images").mkdir(parents=True)
    writer = CocoWriter()
    for seed in range(num_images):
        scene = make_scene(seed, size_px=128, gsd_m=0.3, style="suburb")
        cv2.imwrite(str(folder / "images" / f"{seed}.png"), scene.image[..., ::-1])
        writer.add_image(f"{seed}.png", (128, 128), 0.3)
        for roof in scene.footprints:
            inside = shapely.intersection(roof, shapely.box(0, 0, 128, 128))
            if inside.geom_type == "Polygon" and inside.area > 1:
                writer.add_building(np.array([inside], dtype=object))
    writer.write(folder / "annotation.json")


def test_a_small_run_learns_and_writes_weights(repository: Path) -> None:
    write_dataset(Path("labelled"))
    Path("train.toml").write_text(SMALL)
    result = run("train.toml", "-o", "runs/first", "--steps", "2", "--progress", "json")
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[0] == {"v": 1, "event": "start", "stage": "train", "total": 2}
    assert set(events[-1]) == read_result_keys(repository, "train")
    assert events[-1]["weights"] == str(Path("runs/first/model.npz"))
    assert re.fullmatch(r"trained 2 steps: runs.first.model\.npz\n", result.stderr)
    assert {path.name for path in Path("runs/first").iterdir()} == {
        "checkpoint.npz", "config.toml", "curves.png", "last.npz", "log.csv", "model.npz",
        "run.json", "tensorboard", "validation.csv",
    }  # fmt: skip
    written = load_toml(TrainConfig, Path("runs/first/config.toml"))
    assert written.steps == 2
    arrays, config = read_weights(Path("runs/first/model.npz"))
    assert config == written.model
    described = load_toml(TrainConfig, Path("train.toml")).model
    assert config == dataclasses.replace(described, gsd_range_m=(0.15, 0.42))
    assert all(np.isfinite(array).all() for array in arrays.values())

    again = run("train.toml", "-o", "runs/first")
    assert again.exit_code == 1
    assert "it holds a run already, which --resume goes on with" in again.stderr
    resumed = run("-o", "runs/first", "--resume")
    assert resumed.exit_code == 1
    assert "must hold a run that is not at its end" in resumed.stderr


def test_labels_may_be_a_geopackage_with_a_spatial_index() -> None:
    made = CliRunner().invoke(cli, ["sample", "-o", "scene.tif", "--size", "300", "-q"])
    assert made.exit_code == 0, made.output
    pyogrio.write_dataframe(
        pyogrio.read_dataframe("scene_truth.geojson"), "labels.gpkg", SPATIAL_INDEX="YES"
    )
    Path("train.toml").write_text(SMALL.replace('path = "labelled"', SCENE))
    # In a process of its own: here, GDAL was loaded before TensorFlow.
    words = ["train", "train.toml", "-o", "run", "--steps", "1", "-q"]
    result = subprocess.run(
        [sys.executable, "-m", "geoseg", *words], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert Path("run/model.npz").is_file()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("stepps = 3", "TrainConfig knows"),
        ("steps = 0", "steps must be at least 1"),
        ("steps = [", "cannot be read as TOML"),
        ('[model]\nbackbone = "vgg"', "backbone must be one of"),
    ],
)
def test_a_wrong_config_is_one_line_and_makes_no_folder(text: str, reason: str) -> None:
    Path("train.toml").write_text(text)
    result = run("train.toml", "-o", "run")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert reason in result.stderr
    assert not Path("run").exists()


def test_absent_files_are_one_line_and_make_no_folder() -> None:
    result = run("gone.toml", "-o", "run")
    assert result.exit_code == 1
    assert "gone.toml: cannot be read as TOML" in result.stderr
    Path("train.toml").write_text('[[datasets]]\npath = "gone"')
    result = run("train.toml", "-o", "run")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "geoseg: error: gone must be a folder or a file of labels; there is none."
    ]
    assert not Path("run").exists()


def test_a_run_without_datasets_is_one_line() -> None:
    Path("train.toml").touch()
    result = run("train.toml", "-o", "run")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "dataset" in result.stderr
    assert not Path("run").exists()


@pytest.fixture
def guide(repository: Path) -> str:
    return (repository / "docs" / "training.md").read_text(encoding="utf-8")


def test_the_example_of_the_guide_is_a_config(guide: str) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", guide, flags=re.DOTALL)
    Path("train.toml").write_text(example)
    config = load_toml(TrainConfig, Path("train.toml"))
    assert config.steps == 12_000
    assert config.datasets[0] == DatasetConfig("tiles", weight=2.0, gsd_range_m=(0.15, 0.4))
    low, high = config.datasets[0].gsd_range_m
    assert low <= config.model.gsd_m <= high


def read_table(guide: str, heading: str) -> dict[str, str]:
    """Keys and defaults of one table of the guide."""
    section = guide.split(f"## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Keys of the run", TrainConfig),
        ("Keys of `[[datasets]]`", DatasetConfig),
        ("Keys of `[augment]`", AugmentConfig),
        ("Keys of `[model]`", MaskRCNNConfig),
        ("Keys of `[[stages]]`", StageConfig),
    ],
)
def test_the_guide_lists_every_key_with_its_default(heading: str, kind: Any, guide: str) -> None:
    table = read_table(guide, heading)
    assert list(table) == [field.name for field in dataclasses.fields(kind)]
    plain = {
        key: json.loads(text)
        for key, text in table.items()
        if text not in ("none", "must be given", "see below")
    }
    needed = {"path": "x"} if kind is DatasetConfig else {}
    assert from_dict(kind, {**plain, **needed}) == kind(**needed)
    fields = {field.name: field.default for field in dataclasses.fields(kind)}
    assert all(fields[key] in (None, ()) for key, text in table.items() if text == "none")


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What training is called with; nothing is trained."""
    calls: list[tuple[Any, ...]] = []

    def train(config: Any, folder: Path, **options: Any) -> Path:
        calls.append((config, folder, options))
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text("steps = 7")
        return folder / "model.npz"

    monkeypatch.setattr("geoseg.api.train", train)
    return calls


def test_options_alone_make_a_run(trained: list[tuple[Any, ...]]) -> None:
    result = run(
        *("--data", "a", "--data", "b", "--val", "c", "--scene", "o.tif,l.gpkg,area.geojson"),
        *("--scene", "p.tif,m.gpkg", "--steps", "7", "--batch-size", "3", "--strict"),
        *("--devices", "2", "-o", "run"),
    )
    assert result.exit_code == 0, result.output
    ((config, folder, options),) = trained
    assert config.datasets == (
        DatasetConfig("a"),
        DatasetConfig("b"),
        DatasetConfig(scene="o.tif", labels="l.gpkg", aoi="area.geojson"),
        DatasetConfig(scene="p.tif", labels="m.gpkg"),
    )
    assert config.validation == (DatasetConfig("c"),)
    assert (config.start, config.steps, config.batch_size, config.strict) == ("bundled", 7, 3, True)
    assert folder == Path("run")
    assert (options["resume"], options["num_devices"]) == (False, 2)
    assert result.stderr == "trained 7 steps: run/model.npz\n".replace("/", os.sep)


def test_a_list_goes_with_each_dataset(trained: list[tuple[Any, ...]]) -> None:
    lists = ("--only", "clean_a.txt", "--only", "clean_b.txt")
    assert run("--data", "a", "--data", "b", *lists, "-o", "run").exit_code == 0
    assert trained[0][0].datasets == (
        DatasetConfig("a", only="clean_a.txt"),
        DatasetConfig("b", only="clean_b.txt"),
    )


def test_a_list_that_names_no_image_is_one_line() -> None:
    write_dataset(Path("labelled"), 1)
    Path("clean.txt").write_text("# mine\nx.png\n")
    result = run("--data", "labelled", "--only", "clean.txt", "--steps", "1", "-o", "run")
    assert result.exit_code == 1
    assert "error: clean.txt must name images of labelled; none of its 1 names" in result.stderr


def test_options_go_before_the_file(trained: list[tuple[Any, ...]]) -> None:
    Path("train.toml").write_text(SMALL + '\n[[validation]]\npath = "v"\n')
    options = ("--steps", "9", "--start", "none", "--recipe", "matterport", "--data", "other")
    assert run("train.toml", "-o", "run", *options).exit_code == 0
    config = trained[0][0]
    assert (config.steps, config.start, config.optimizer) == (9, None, "sgd")
    assert (config.batch_size, config.model.tile_size_px) == (1, 96)
    assert config.datasets == (DatasetConfig("other"),)
    assert config.validation == (DatasetConfig("v"),)


def test_a_resume_takes_the_settings_of_the_folder(trained: list[tuple[Any, ...]]) -> None:
    assert run("-o", "run", "--resume").exit_code == 0
    config, _, options = trained[0]
    assert config is None
    assert options["resume"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Give a CONFIG, or --data or --scene"),
        (("--scene", "a.tif"), "must look like RASTER,LABELS[,AREA]; got a.tif"),
        (("--scene", "a.tif,,b"), "must look like RASTER,LABELS[,AREA]"),
        (("--data", "a", "--data", "b", "--only", "c.txt"), "Give one --only for each --data"),
        (("--recipe", "yolo"), "'yolo' is not one of 'modern', 'matterport'"),
    ],
)
def test_wrong_options_are_usage_errors(arguments: tuple[str, ...], message: str) -> None:
    result = run("-o", "run", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_file_of_another_program_is_one_line() -> None:
    write_dataset(Path("labelled"), 1)
    Path("pretrained_weights.h5").write_bytes(b"\x89HDF")
    result = run("--data", "labelled", "--start", "pretrained_weights.h5", "-o", "run")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert "pretrained_weights.h5 must be a whole weights file; it is damaged or of anoth" in line
    assert not Path("run").exists()
