"""`geoseg predict-folder` in the containers of the challenge's second round."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from geoseg.cli.main import cli
from tests.bright import load_bright_detector, make_scene

IMAGES = "CROWDAI_TEST_IMAGES_PATH"
OUTPUT = "CROWDAI_PREDICTIONS_OUTPUT_PATH"


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    monkeypatch.chdir(tmp_path)
    for folder, number in (("mounted", 1), ("given", 2)):
        Path(folder).mkdir()
        image = np.moveaxis(make_scene((300, 300), [(10, 20, 40, 60)]), 0, 2)
        Image.fromarray(np.ascontiguousarray(image)).save(f"{folder}/{number:012d}.png")
    for variable in (IMAGES, OUTPUT):
        monkeypatch.delenv(variable, raising=False)


def run(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(cli, ["predict-folder", *arguments], env=variables)


def read_ids(path: str) -> list[int]:
    return [entry["image_id"] for entry in json.loads(Path(path).read_text())]


@pytest.mark.parametrize("name", ["output.json", "predictions", "output.tmp.3f2a"])
def test_without_arguments_the_variables_say_where(name: str) -> None:
    result = run(**{IMAGES: "mounted", OUTPUT: name})
    assert (result.exit_code, result.stderr) == (0, f"1 buildings in 1 images: {name}\n")
    assert read_ids(name) == [1]
    assert {path.name for path in Path().iterdir()} == {"mounted", "given", name}


def test_arguments_go_before_the_variables() -> None:
    result = run("given", "-o", "mine.json", **{IMAGES: "mounted", OUTPUT: "theirs.json"})
    assert result.exit_code == 0
    assert read_ids("mine.json") == [2]
    assert run("given", **{IMAGES: "mounted", OUTPUT: "theirs.json"}).exit_code == 0
    assert read_ids("theirs.json") == [2]
    assert run("-o", "third.json", **{IMAGES: "mounted"}).exit_code == 0
    assert read_ids("third.json") == [1]


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        ([], {}),
        (["given"], {}),
        (["-o", "p.json"], {}),
        ([], {IMAGES: "mounted"}),
        ([], {OUTPUT: "p.json", IMAGES: ""}),
    ],
)
def test_what_is_missing_is_a_usage_error_that_names_the_variables(
    arguments: list[str], variables: dict[str, str]
) -> None:
    result = run(*arguments, **variables)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == (
        f"Error: IMAGES and -o are needed, or {IMAGES} and {OUTPUT} in their place."
    )
    assert not Path("p.json").exists()
