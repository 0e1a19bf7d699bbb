from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray
from PIL import Image

from geoseg.cli.main import cli
from geoseg.maskrcnn.weights_file import read_weights, write_weights
from geoseg.types import Detection
from tests.bright import BrightDetector, make_scene
from tests.cli.events import read_result_keys

ROOFS_PX = [(10 + 40 * row, 10 + 50 * col, 40 + 40 * row, 40 + 50 * col)
            for row in range(6) for col in range(5)]  # fmt: skip


class OverconfidentDetector(BrightDetector):
    """Gives every roof a score that is too high by 1.5 in its log-odds."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        assert options["has_raw_scores"] is True

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """The roof's brightness is the share of such roofs that is labelled, in percent."""
        return [
            [self._score(image, one) for one in found]
            for image, found in zip(images, super().detect(images), strict=True)
        ]

    def _score(self, image: NDArray[np.uint8], one: Detection) -> Detection:
        y, x = ((one.box[:2] + one.box[2:]) / 2).astype(int).tolist()
        share = min(max((float(image[y, x, 0]) - 155) / 100, 0.02), 0.98)
        odds = share / (1 - share) * np.exp(1.5)
        return Detection(one.box, float(odds / (1 + odds)), one.mask)


def write_folder(folder: Path, seed: int, num_images: int = 8, gsd_m: float | None = None) -> Path:
    """Images of 30 roofs each; of those as bright as 155 + p, p percent are labelled."""
    random = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    images, labels = [], []
    for number in range(1, num_images + 1):
        image = np.moveaxis(make_scene((300, 300), []), 0, 2).copy()
        for y1, x1, y2, x2 in ROOFS_PX:
            share = random.uniform(0.05, 0.95)
            image[y1:y2, x1:x2] = round(155 + 100 * share)
            if random.random() < share:
                ring = [x1, y1, x2, y1, x2, y2, x1, y2]
                labels.append({"image_id": number, "category_id": 100, "segmentation": [ring]})
        Image.fromarray(image).save(folder / "images" / f"{number}.png")
        record = {"id": number, "file_name": f"{number}.png", "width": 300, "height": 300}
        images.append(record if gsd_m is None else record | {"gsd_m": gsd_m})
    content = {
        "images": images,
        "categories": [{"id": 100, "name": "building"}],
        "annotations": [{"id": number, **one} for number, one in enumerate(labels, 1)],
    }
    (folder / "annotation.json").write_text(json.dumps(content))
    return folder


@pytest.fixture(autouse=True)
def _detector(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        "geoseg.detections.detector.load_detector",
        lambda weights, **options: OverconfidentDetector(**options),
    )
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["calibrate", *map(str, arguments)])


def test_the_scores_of_the_new_weights_mean_what_they_say() -> None:
    write_folder(Path("a"), 1)
    write_folder(Path("b"), 2)
    result = run("a", "b", "-o", "new.npz", "--plot", "r.png", "--progress", "none")
    assert result.exit_code == 0, result.output
    arrays, config = read_weights(Path("new.npz"))
    assert config.calibration is not None
    # The map takes off the 1.5 that was too much.
    assert config.calibration == pytest.approx((1.0, 1.0, -1.5), abs=0.5)
    assert "reliability before" in result.stdout
    assert result.stderr.splitlines()[-1].endswith(f"default score {config.score:.2f}: new.npz")
    with Image.open("r.png") as picture:
        assert picture.format == "PNG"
    assert {path.name for path in Path().iterdir()} == {"a", "b", "new.npz", "r.png"}

    from geoseg.maskrcnn.bundled import BUNDLED_PATH

    old, old_config = read_weights(BUNDLED_PATH)
    assert f"default score {old_config.score:.2f} -> {config.score:.2f}" in result.stdout
    assert config.class_names == old_config.class_names
    assert {name: value.tobytes() for name, value in arrays.items()} == {
        name: value.tobytes() for name, value in old.items()
    }


def test_a_program_that_follows_gets_events_only(repository: Path) -> None:
    write_folder(Path("a"), 1)
    result = run("a", "-o", "new.npz", "--progress", "json")
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[0] == {"v": 1, "event": "start", "stage": "images", "total": 8}
    assert set(events[-1]) == read_result_keys(repository, "calibrate")
    assert events[-1]["error_after"] < events[-1]["error_before"]


def test_weights_are_not_replaced_unasked() -> None:
    write_folder(Path("a"), 1)
    from geoseg.maskrcnn.bundled import BUNDLED_PATH

    arrays, config = read_weights(BUNDLED_PATH)
    write_weights(Path("own.npz"), arrays, config)
    before = Path("own.npz").read_bytes()
    result = run("a", "--weights", "own.npz", "-o", "own.npz")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "own.npz exists" in result.stderr
    assert Path("own.npz").read_bytes() == before
    again = run("a", "--weights", "own.npz", "-o", "own.npz", "--overwrite", "-q")
    assert again.exit_code == 0, again.output
    assert read_weights(Path("own.npz"))[1].calibration is not None


def test_images_are_read_at_their_own_gsd(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def load(_: object, **options: Any) -> OverconfidentDetector:
        seen.append(OverconfidentDetector(**options))
        return seen[-1]

    monkeypatch.setattr("geoseg.detections.detector.load_detector", load)
    write_folder(Path("a"), 1, gsd_m=0.1)
    write_folder(Path("b"), 1, gsd_m=0.8)
    write_folder(Path("c"), 1)
    for name, options in (("a", []), ("b", []), ("c", ["--gsd", 0.8])):
        result = run(name, "-o", f"{name}.npz", *options)
        assert result.exit_code == 0, result.output
    # Shrunk images are a tile each; those of 0.8 m are enlarged beyond one.
    fine, coarse, told = (sum(one.num_seen) for one in seen)
    assert fine == 8
    assert coarse == told > 8


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["gone", "-o", "n.npz"], "gone must hold annotation.json; found none"),
        (["a", "-o", "n.zip"], "Weights files end in .npz"),
        (["a", "-o", "gone/n.npz"], "the folder gone must exist"),
        (["a", "-o", "n.npz", "--weights", "gone.npz"], "gone.npz"),
        (["a", "-o", "n.npz", "--set-weight", "0"], "weights of sets must be at least 0"),
        (["bare", "-o", "n.npz"], "must list images that are there; got bare/images/x.png"),
        (["empty", "-o", "n.npz"], "must list images that are there; got None"),
        (["other", "-o", "n.npz"], "must list images with id and file_name"),
        (["still", "-o", "n.npz"], "Calibration must see detections in two images; got 0"),
    ],
)
def test_what_cannot_work_is_one_line(arguments: list[str], reason: str) -> None:
    write_folder(Path("a"), 1, num_images=2)
    for name, images in (
        ("bare", [{"id": 1, "file_name": "x.png", "width": 9, "height": 9}]),
        ("empty", []),
        ("other", [{"id": 1}]),
    ):
        Path(name).mkdir()
        content = {"images": images, "categories": [], "annotations": []}
        Path(name, "annotation.json").write_text(json.dumps(content))
    write_folder(Path("still"), 1, num_images=1)
    Image.fromarray(np.zeros((300, 300, 3), np.uint8)).save("still/images/1.png")
    before = {path.name for path in Path().iterdir()}
    result = run(*arguments, "--progress", "none")
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert len(result.stderr.splitlines()) == 1
    assert reason in result.stderr
    assert {path.name for path in Path().iterdir()} == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["-o", "n.npz"],
        ["a", "-o", "n.npz", "--plot", "r.jpg"],
        ["a", "a", "-o", "n.npz", "--set-weight", "1"],
        ["a", "-o", "n.npz", "--set-weight", "-1"],
    ],
)
def test_wrong_options_are_usage_errors(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2
