from __future__ import annotations

import contextlib
import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from pycocotools import mask as mask_api
from pycocotools.coco import COCO

from geoseg.cli.main import cli
from geoseg.detections.engines import choose_engine
from geoseg.maskrcnn.bundled import BUNDLED_PATH
from geoseg.maskrcnn.weights_file import read_weights, write_weights
from tests.bright import BrightDetector, load_bright_detector, make_scene
from tests.cli.events import read_result_keys


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    monkeypatch.chdir(tmp_path)
    Path("images").mkdir()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["predict-folder", *map(str, arguments)])


def write_image(number: int, shape_hw: tuple[int, int], *roofs: tuple[int, int, int, int]) -> None:
    image = np.moveaxis(make_scene(shape_hw, roofs), 0, 2)
    Image.fromarray(np.ascontiguousarray(image)).save(f"images/{number:012d}.png")


def read_boxes(path: str = "p.json") -> dict[int, list[list[float]]]:
    """Boxes (x, y, width, height) by image."""
    boxes: dict[int, list[list[float]]] = {}
    for entry in json.loads(Path(path).read_text()):
        boxes.setdefault(entry["image_id"], []).append(entry["bbox"])
    return boxes


def test_every_image_is_in_the_submission_also_of_the_last_batch() -> None:
    for number in range(1, 8):
        write_image(number, (300, 300), (10, 20, 40, 60 + number))
    result = run("images", "-o", "p.json", "--batch-size", 3)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "7 buildings in 7 images: p.json\n"
    assert read_boxes() == {number: [[20, 10, 40 + number, 30]] for number in range(1, 8)}
    assert {path.name for path in Path().iterdir()} == {"images", "p.json"}


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning:pycocotools")
def test_an_entry_is_what_the_challenge_asks_for() -> None:
    write_image(42, (300, 300), (10, 20, 40, 60))
    assert run("images", "-o", "p.json", "-q").output == ""
    (entry,) = json.loads(Path("p.json").read_text())
    assert set(entry) == {"image_id", "category_id", "score", "bbox", "segmentation"}
    assert (entry["image_id"], entry["category_id"], entry["score"]) == (42, 100, 0.9)
    mask = mask_api.decode(entry["segmentation"])
    assert mask.shape == (300, 300)
    # All but the four corner pixels, which the detector's filter takes off.
    assert mask[10:40, 20:60].sum() == mask.sum() == 30 * 40 - 4


def test_images_of_other_sizes_are_found_in_their_own_pixels() -> None:
    write_image(1, (300, 300), (10, 20, 40, 60))
    write_image(2, (120, 90), (30, 40, 80, 70))
    write_image(3, (700, 350), (500, 100, 600, 220))
    write_image(4, (300, 300))
    assert run("images", "-o", "p.json").stderr == "3 buildings in 4 images: p.json\n"
    assert read_boxes() == {
        1: [[20, 10, 40, 30]],
        2: [[40, 30, 30, 50]],
        3: [[100, 500, 120, 100]],
    }


def test_a_gsd_resamples_the_images(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = BrightDetector()
    monkeypatch.setattr("geoseg.detections.detector.load_detector", lambda *_, **__: detector)
    write_image(1, (200, 200), (30, 40, 80, 120))
    assert run("images", "-o", "p.json", "--gsd", 0.9).exit_code == 0
    # Images of 0.9 m are enlarged to more than one tile of the model's GSD.
    assert sum(detector.num_seen) >= 4
    (box,) = read_boxes()[1]
    assert box == pytest.approx([40, 30, 80, 50], abs=1)


def test_several_views_look_several_times(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = BrightDetector()
    monkeypatch.setattr("geoseg.detections.detector.load_detector", lambda *_, **__: detector)
    write_image(1, (300, 300), (10, 20, 40, 60))
    assert run("images", "-o", "one.json").exit_code == 0
    assert run("images", "-o", "again.json", "--views", 1).exit_code == 0
    assert Path("one.json").read_bytes() == Path("again.json").read_bytes()
    assert detector.num_seen == [1, 1]
    assert run("images", "-o", "many.json", "--views", 4).exit_code == 0
    assert detector.num_seen == [1] * 6
    assert read_boxes("many.json") == read_boxes("one.json")


def test_a_gsd_that_the_weights_have_not_seen_is_warned_of() -> None:
    arrays, config = read_weights(BUNDLED_PATH)
    write_weights(Path("w.npz"), arrays, dataclasses.replace(config, gsd_range_m=(0.15, 0.3)))
    write_image(1, (300, 300), (10, 20, 40, 60))
    options = ["--weights", "w.npz", "--progress", "none"]
    near = run("images", "-o", "near.json", "--gsd", 0.3, *options)
    assert near.stderr.splitlines() == ["1 buildings in 1 images: near.json"]
    far = run("images", "-o", "far.json", "--gsd", 0.8, *options)
    assert far.stderr.splitlines()[0] == (
        "geoseg: warning: images: read at 0.4 m per pixel, where buildings are too small for the "
        "model, which works from 0.15 to 0.3 m."
    )


def test_an_image_that_cannot_be_read_is_named_and_left_out(repository: Path) -> None:
    for number in (1, 3):
        write_image(number, (300, 300), (10, 20, 40, 60))
    Path("images/000000000002.jpg").write_text("no image")
    Path("images/000000000004.png").touch()
    result = run("images", "-o", "p.json", "--progress", "json")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "geoseg: warning: left out: images/000000000002.jpg must be an image; it cannot be "
        "decoded.",
        "geoseg: warning: left out: images/000000000004.png must be an image; it cannot be "
        "decoded.",
        "2 buildings in 2 images, 2 left out: p.json",
    ]
    assert list(read_boxes()) == [1, 3]
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[0] == {"v": 1, "event": "start", "stage": "images", "total": 4}
    finish = next(event for event in events if event["event"] == "finish")
    assert (finish["done"], finish["found"]) == (4, 2)
    assert set(events[-1]) == read_result_keys(repository, "predict-folder")
    assert events[-1] == {
        "v": 1,
        "event": "result",
        "buildings": 2,
        "images": 2,
        "left_out": 2,
        "output": "p.json",
    }


def test_a_link_to_nothing_is_named_and_left_out() -> None:
    write_image(1, (300, 300), (10, 20, 40, 60))
    Path("images/000000000002.jpg").symlink_to("gone.jpg")
    result = run("images", "-o", "p.json")
    assert result.exit_code == 0
    assert "left out: images/000000000002.jpg must be readable" in result.stderr
    assert result.stderr.endswith("1 buildings in 1 images, 1 left out: p.json\n")


def test_strict_takes_no_image_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: object, **__: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr("geoseg.detections.detector.load_detector", load)
    write_image(1, (300, 300), (10, 20, 40, 60))
    Path("images/000000000002.jpg").write_text("no image")
    result = run("images", "-o", "p.json", "--strict")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "geoseg: error: images/000000000002.jpg must be an image; it cannot be decoded.\n"
    )
    assert [path.name for path in Path().iterdir()] == ["images"]


def test_a_folder_that_vanishes_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Thief(BrightDetector):
        def detect(self, images: Any, windows: Any = None) -> Any:
            for path in Path("images").iterdir():
                path.unlink()
            return super().detect(images)

    monkeypatch.setattr("geoseg.detections.detector.load_detector", lambda *_, **__: Thief())
    for number in range(1, 8):
        write_image(number, (300, 300), (10, 20, 40, 60))
    result = run("images", "-o", "p.json")
    assert result.exit_code == 1
    assert result.stderr == (
        "geoseg: error: images must stay until all images are read; it is gone or empty. Once it "
        "is back, the same command with --resume goes on.\n"
    )


def test_only_the_hundred_best_of_an_image_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    class Eager(BrightDetector):
        def detect(self, images: Any, windows: Any = None) -> Any:
            one = super().detect(images)[0][0]
            return [[dataclasses.replace(one, score=k / 200) for k in range(150)] for _ in images]

    monkeypatch.setattr("geoseg.detections.detector.load_detector", lambda *_, **__: Eager())
    write_image(1, (300, 300), (10, 20, 40, 60))
    assert run("images", "-o", "p.json").stderr == "100 buildings in 1 images: p.json\n"
    scores = [entry["score"] for entry in json.loads(Path("p.json").read_text())]
    assert scores == [k / 200 for k in range(149, 49, -1)]


def test_an_empty_folder_gives_an_empty_list_and_says_so() -> None:
    result = run("images", "-o", "p.json")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "geoseg: warning: images: no images are here; their names end in .jpg, .jpeg, .png, .tif, "
        ".tiff, .webp, .bmp.",
        "0 buildings in 0 images: p.json",
    ]
    assert json.loads(Path("p.json").read_text()) == []


def test_a_score_is_handed_on_and_low_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def load(weights: Path | None, **options: Any) -> BrightDetector:
        asked.append(options)
        return load_bright_detector(weights, **options)

    monkeypatch.setattr("geoseg.detections.detector.load_detector", load)
    run("images", "-o", "a.json")
    run("images", "-o", "b.json", "--score", 0.6, "--batch-size", 4, "--device", "cpu")
    engine = choose_engine("auto")
    assert asked == [
        {"min_score": 0.005, "batch_size": None, "engine": engine, "device": "auto"},
        {"min_score": 0.6, "batch_size": 4, "engine": engine, "device": "cpu"},
    ]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["images", "-o", "old.json"], "old.json exists"),
        (["images", "-o", "gone/p.json"], "the folder gone must exist"),
        (["images", "-o", "images"], "an output must be a file; got a folder"),
        (["gone", "-o", "p.json"], "gone must be a folder of images"),
        (["old.json", "-o", "p.json"], "old.json must be a folder of images"),
        (["images", "-o", "p.json", "--weights", "gone.npz"], "gone.npz"),
        (["images", "-o", "p.json", "--overlap", "300"], "overlap_px must be"),
    ],
)
def test_what_cannot_work_is_one_line_before_the_model_is_loaded(
    arguments: list[str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object, **__: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr("geoseg.detections.detector.load_detector", load)
    Path("old.json").write_text("old")
    write_image(1, (300, 300))
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1
    assert reason in result.stderr
    assert {path.name for path in Path().iterdir()} == {"images", "old.json"}
    assert Path("old.json").read_text() == "old"


def test_an_old_submission_is_replaced_when_asked() -> None:
    Path("p.json").write_text("old")
    write_image(1, (300, 300), (10, 20, 40, 60))
    assert run("images", "-o", "p.json", "--overwrite").exit_code == 0
    assert list(read_boxes()) == [1]


def test_pycocotools_reads_the_submission_of_the_sample_of_the_challenge(
    shared_data: Path, tmp_path: Path
) -> None:
    sample = shared_data / "crowdai_sample"
    for path in sorted((sample / "images").iterdir())[:10]:
        (tmp_path / "images" / path.name).symlink_to(path)
    result = run("images", "-o", "p.json")
    assert result.exit_code == 0, result.output
    assert "in 10 images" in result.stderr
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(sample / "annotation.json"))
        loaded = truth.loadRes("p.json")
    assert len(loaded.getAnnIds()) > 10
    assert {one["image_id"] for one in loaded.anns.values()} <= {
        int(path.stem) for path in Path("images").iterdir()
    }
