"""The command where neither Keras nor TensorFlow can be imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from geoseg.api import make_sample

LIGHT = """
import sys
for name in {blocked!r}:
    sys.modules[name] = None
from geoseg.cli.main import main
main()
"""


def run(
    folder: Path, *arguments: str, also: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own that cannot import them."""
    blocked = ("keras", "tensorflow", "jax", "torch", *also)
    return subprocess.run(
        [sys.executable, "-c", LIGHT.format(blocked=blocked), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder with a raster and plain images."""
    done = run(tmp_path, "sample", "-o", "town.tif", "--size", "480", "--seed", "2", "-q")
    assert done.returncode == 0, done.stderr
    (tmp_path / "images").mkdir()
    image = make_sample(6, size_px=300, gsd_m=0.25).image
    cv2.imwrite(str(tmp_path / "images" / "7.png"), image[..., ::-1])
    return tmp_path


def test_predict_works_without_keras(town: Path) -> None:
    done = run(town, "predict", "town.tif", "-o", "b.geojson")
    assert done.returncode == 0, done.stderr
    assert len(json.loads((town / "b.geojson").read_text())["features"]) > 3
    done = run(town, "evaluate", "b.geojson", "town_truth.geojson", "--json", "-")
    assert json.loads(done.stdout)["f1"] > 0.3
    done = run(town, "predict-folder", "images", "-o", "p.json", "--engine", "onnx")
    assert done.returncode == 0, done.stderr
    assert json.loads((town / "p.json").read_text())
    done = run(town, "doctor")
    assert done.returncode == 0, done.stdout
    assert "Keras               absent (keras and tensorflow)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "also", "extra"),
    [
        (["predict", "town.tif", "--engine", "keras"], (), "geoseg[tensorflow]"),
        (["predict", "town.tif"], ("onnxruntime",), "geoseg[onnx]"),
        (["train", "t.toml", "-o", "run"], (), "geoseg[tensorflow]"),
    ],
)
def test_a_missing_engine_is_one_line(
    arguments: list[str], also: tuple[str, ...], extra: str, tmp_path: Path
) -> None:
    (tmp_path / "t.toml").write_text('[[datasets]]\npath = "a"\n')
    done = run(tmp_path, *arguments, also=also)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert f'pip install "{extra}"' in done.stderr
