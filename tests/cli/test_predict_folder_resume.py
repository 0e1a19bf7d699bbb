"""Runs of `geoseg predict-folder` that are interrupted, killed, and go on."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray
from PIL import Image

from geoseg.cli.main import cli
from geoseg.types import Detection
from tests.bright import BrightDetector, load_bright_detector, make_scene

JOURNAL = Path(".p.json.partial/journal.jsonl")
LOAD = "geoseg.detections.detector.load_detector"


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(LOAD, load_bright_detector)
    monkeypatch.chdir(tmp_path)
    Path("images").mkdir()


class Interrupted(BrightDetector):
    """Is interrupted after two batches."""

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        if len(self.num_seen) == 2:
            raise KeyboardInterrupt
        return super().detect(images)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["predict-folder", "images", *map(str, arguments)])


def write_images(count: int) -> None:
    for number in range(1, count + 1):
        image = np.moveaxis(make_scene((300, 300), [(10, 20, 40, 60 + number)]), 0, 2)
        Image.fromarray(np.ascontiguousarray(image)).save(f"images/{number:012d}.png")


def interrupt(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Result:
    with monkeypatch.context() as patch:
        patch.setattr(LOAD, lambda *_, **__: Interrupted())
        return run("-o", "p.json", *arguments)


def list_names() -> set[str]:
    return {path.name for path in Path().iterdir()}


def test_an_interrupted_run_says_how_to_go_on_and_does(monkeypatch: pytest.MonkeyPatch) -> None:
    write_images(9)
    Path("images/000000000002.png").write_text("no image")
    run("-o", "whole.json")
    result = interrupt(monkeypatch)
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == (
        "geoseg: error: interrupted after 6 of 9 images; the same command with --resume goes on."
    )
    assert list_names() == {"images", "whole.json", ".p.json.partial"}
    result = run("-o", "p.json", "--resume", "--progress", "json")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "going on after 7 of 9 images",
        "8 buildings in 8 images, 1 left out: p.json",
    ]
    events = [json.loads(line) for line in result.stdout.splitlines()]
    begin = {"v": 1, "stage": "images"}
    assert events[:2] == [
        {**begin, "event": "resume", "done": 7, "total": 9, "found": 6},
        {**begin, "event": "start", "total": 2},
    ]
    assert events[-1]["left_out"] == 1
    assert Path("p.json").read_bytes() == Path("whole.json").read_bytes()
    assert list_names() == {"images", "whole.json", "p.json"}


def test_an_interrupted_run_without_a_finished_image_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class AtOnce(BrightDetector):
        def detect(self, images: Any, windows: Any = None) -> Any:
            raise KeyboardInterrupt

    monkeypatch.setattr(LOAD, lambda *_, **__: AtOnce())
    write_images(4)
    result = run("-o", "p.json")
    assert (result.exit_code, result.stderr) == (130, "geoseg: error: interrupted.\n")
    assert list_names() == {"images"}


def test_what_an_interrupted_run_left_is_not_lost_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    write_images(8)
    interrupt(monkeypatch)
    result = run("-o", "p.json")
    assert (result.exit_code, result.stderr) == (
        1,
        "geoseg: error: p.json: a run was interrupted after 6 images; --resume goes on with it, "
        "--overwrite begins anew.\n",
    )
    result = run("-o", "p.json", "--overwrite")
    assert result.stderr == "8 buildings in 8 images: p.json\n"
    assert list_names() == {"images", "p.json"}


def test_resume_begins_where_nothing_was_interrupted() -> None:
    write_images(2)
    assert run("-o", "p.json", "--resume").stderr == "2 buildings in 2 images: p.json\n"
    result = run("-o", "p.json", "--resume")
    assert result.exit_code == 1
    assert "p.json exists" in result.stderr


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        (["--score", 0.5], "got detect.score 0.5 instead of 0.005."),
        (["--views", 2], "got detect.views 2 instead of 1."),
        (["--overlap", 32], "got tiles.overlap_px 32 instead of 64."),
        (["--gsd", 0.9], "got zoom "),
    ],
)
def test_other_settings_are_refused(
    monkeypatch: pytest.MonkeyPatch, options: list[object], difference: str
) -> None:
    write_images(8)
    interrupt(monkeypatch)
    before = JOURNAL.read_bytes()
    result = run("-o", "p.json", "--resume", *options)
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if "warning" not in line]
    assert "p.json: --resume goes on with what a run began with" in line
    assert difference in line
    assert JOURNAL.read_bytes() == before
    assert run("-o", "p.json", "--resume", "--batch-size", 2).exit_code == 0


def test_other_weights_and_images_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from geoseg.maskrcnn.bundled import BUNDLED_PATH
    from geoseg.maskrcnn.weights_file import read_weights, write_weights

    write_images(8)
    interrupt(monkeypatch)
    arrays, config = read_weights(BUNDLED_PATH)
    name = next(iter(arrays))
    write_weights(Path("other.npz"), {**arrays, name: arrays[name] + 1}, config)
    result = run("-o", "p.json", "--resume", "--weights", "other.npz")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "got weights " in result.stderr
    os.utime("images/000000000008.png", ns=(1, 1))
    result = run("-o", "p.json", "--resume")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "got images 8 (listing " in result.stderr
    Path("images/000000000008.png").unlink()
    assert "got images 7 (listing " in run("-o", "p.json", "--resume").stderr


# A stub that takes its time, so that there is some to be killed in.
CHILD = """
import threading
import geoseg.detections.detector
from geoseg.cli.main import cli
from tests.bright import BrightDetector

class Slow(BrightDetector):
    def detect(self, images, windows=None):
        threading.Event().wait(0.02)
        return super().detect(images)

geoseg.detections.detector.load_detector = lambda *_, **__: Slow()
cli(["predict-folder", "images", "-o", "p.json", "--resume", "-q"])
"""


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bytes(repository: Path) -> None:
    write_images(30)
    run("-o", "whole.json")
    chance = random.Random(7)
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    num_killed = 0
    while not Path("p.json").exists():
        child = subprocess.Popen([sys.executable, "-c", CHILD], env=environment)
        before = JOURNAL.stat().st_size if JOURNAL.exists() else 0
        wait_for_growth(child, before + chance.randrange(4000) if num_killed < 3 else None)
        child.kill()
        num_killed += child.wait() != 0
    assert num_killed == 3
    assert Path("p.json").read_bytes() == Path("whole.json").read_bytes()
    assert list_names() == {"images", "whole.json", "p.json"}


def wait_for_growth(child: subprocess.Popen[bytes], num_bytes: int | None) -> None:
    """Wait until the journal is larger; without a number until the process ends."""
    while True:
        try:
            child.wait(timeout=120 if num_bytes is None else 0.001)
            return
        except subprocess.TimeoutExpired:
            if num_bytes is None:
                raise
            if JOURNAL.exists() and JOURNAL.stat().st_size > num_bytes:
                return
