"""Runs of `geoseg predict` that are interrupted, killed, and go on."""

from __future__ import annotations

import errno
import functools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import filelock
import geopandas
import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray

import geoseg.tiles
from geoseg.cli.main import cli
from geoseg.types import Detection
from tests.bright import BrightDetector, load_bright_detector, make_scene, write_raster
from tests.cli.refusal import assert_refused

LOAD = "geoseg.detections.detector.load_detector"
JOB = Path(".b.gpkg.partial")
GO_ON = "the same command with --resume goes on."


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan = functools.partial(geoseg.tiles.ShardPlan, tiles_per_side=1)
    monkeypatch.setattr(geoseg.tiles, "ShardPlan", plan)
    monkeypatch.setattr(LOAD, load_bright_detector)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    """A raster of 9 shards, one tile each."""
    roofs = [(y, x, y + 50, x + 60) for y in range(20, 620, 110) for x in range(15, 600, 130)]
    return write_raster(tmp_path / "town.tif", make_scene((700, 700), roofs))


class Interrupted(BrightDetector):
    """Is interrupted, or fails otherwise, at its sixth tile."""

    failure: BaseException = KeyboardInterrupt()

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        if sum(self.num_seen) == 5:
            raise self.failure
        return super().detect(images)


def run(raster: Path, *arguments: object, output: str = "b.gpkg") -> Result:
    return CliRunner().invoke(cli, ["predict", str(raster), "-o", output, *map(str, arguments)])


def interrupt(monkeypatch: pytest.MonkeyPatch, raster: Path, *arguments: object) -> Result:
    with monkeypatch.context() as patch:
        patch.setattr(LOAD, lambda *_, **__: Interrupted())
        return run(raster, *arguments)


def list_names() -> set[str]:
    return {path.name for path in Path().iterdir()}


def list_shards(job: Path = JOB) -> list[Path]:
    return sorted(job.glob("shards/*/*.npz"))


def test_an_interrupted_run_says_how_to_go_on_and_does(
    monkeypatch: pytest.MonkeyPatch, raster: Path, tmp_path: Path
) -> None:
    assert run(raster).exit_code == 0
    Path("b.gpkg").rename(tmp_path / "whole.gpkg")
    Path("b.gpkg.origin.json").unlink()
    result = interrupt(monkeypatch, raster)
    assert result.exit_code == 130
    num_done = len(list_shards())
    assert 3 <= num_done <= 5
    assert result.stderr.splitlines()[-1] == (
        f"geoseg: error: interrupted after {num_done} of 9 shards; {GO_ON}"
    )
    assert list_names() == {JOB.name}
    # The run keeps its time, whatever the clock says by then.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    result = run(raster, "--resume", "--progress", "json")
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert lines[0] == f"going on after {num_done} of 9 shards"
    assert re.match(r"30 buildings, .*: b\.gpkg", lines[1])
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[0] == {
        "v": 1,
        "event": "resume",
        "stage": "shards",
        "done": num_done,
        "total": 9,
    }
    assert [one["done"] for one in events if one["event"] == "finish"] == [9]
    assert Path("b.gpkg").read_bytes() == (tmp_path / "whole.gpkg").read_bytes()
    assert list_names() == {"b.gpkg", "b.gpkg.origin.json"}


def test_an_interrupted_run_without_a_finished_shard_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, raster: Path
) -> None:
    class AtOnce(BrightDetector):
        def detect(self, images: Any, windows: Any = None) -> Any:
            raise KeyboardInterrupt

    monkeypatch.setattr(LOAD, lambda *_, **__: AtOnce())
    result = run(raster)
    assert (result.exit_code, result.stderr) == (130, "geoseg: error: interrupted.\n")
    assert list_names() == set()


def test_what_an_interrupted_run_left_is_not_lost_unasked(
    monkeypatch: pytest.MonkeyPatch, raster: Path
) -> None:
    interrupt(monkeypatch, raster)
    num_done = len(list_shards())
    result = run(raster)
    assert (result.exit_code, result.stderr) == (
        1,
        f"geoseg: error: b.gpkg: a run was interrupted after {num_done} of 9 shards; --resume "
        "goes on with it, --overwrite begins anew.\n",
    )
    assert len(list_shards()) == num_done
    assert run(raster, "--overwrite", "-q").exit_code == 0
    assert list_names() == {"b.gpkg", "b.gpkg.origin.json"}


def test_resume_begins_where_nothing_was_interrupted(raster: Path) -> None:
    result = run(raster, "--resume")
    assert (result.exit_code, result.stderr.count("\n")) == (0, 1)
    before = Path("b.gpkg").read_bytes()
    assert_refused(run(raster, "--resume"), "b.gpkg exists; ask to overwrite it")
    assert Path("b.gpkg").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        (["--score", 0.5], "got detect.score 0.5 instead of None."),
        (["--overlap", 32], "got tiles.overlap_px 32 instead of 64"),
        (["--tolerance", 1], "got footprints.tolerance_m 1.0 instead of 0.5."),
        (["--bbox", "33,59.986,33.002,59.987"], " instead of everywhere"),
        (["--gsd", 0.9], "got raster.gsd_m 0.9 instead of None, grid "),
    ],
)
def test_other_settings_are_refused(
    monkeypatch: pytest.MonkeyPatch, raster: Path, options: list[object], difference: str
) -> None:
    interrupt(monkeypatch, raster)
    before = {path: path.read_bytes() for path in list_shards()}
    result = run(raster, "--resume", *options)
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if "warning" not in line]
    assert "b.gpkg: --resume goes on with what a run began with; got " in line
    assert difference in line
    assert {path: path.read_bytes() for path in list_shards()} == before
    assert run(raster, "--resume", "--batch-size", 2, "-q").exit_code == 0


def test_another_raster_and_other_weights_are_refused(
    monkeypatch: pytest.MonkeyPatch, raster: Path
) -> None:
    from geoseg.maskrcnn.bundled import BUNDLED_PATH
    from geoseg.maskrcnn.weights_file import read_weights, write_weights

    interrupt(monkeypatch, raster)
    arrays, config = read_weights(BUNDLED_PATH)
    name = next(iter(arrays))
    write_weights(Path("other.npz"), {**arrays, name: arrays[name] + 1}, config)
    result = run(raster, "--resume", "--weights", "other.npz")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "got weights " in result.stderr
    os.utime(raster, ns=(1, 1))
    result = run(raster, "--resume")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert re.search(
        r"got raster file town\.tif [\d,]+ bytes of 1970-01-01T00:00:00\.000000001Z, header "
        r"\w+ instead of [\d,]+ bytes of 20",
        result.stderr,
    )


def test_the_job_may_lie_in_another_folder(
    monkeypatch: pytest.MonkeyPatch, raster: Path, tmp_path: Path
) -> None:
    job = tmp_path / "scratch"
    interrupt(monkeypatch, raster, "--job", job)
    assert list_names() == set()
    assert len(list_shards(job)) >= 3
    assert run(raster, "--job", job, "--resume", "-q").exit_code == 0
    assert (list_names(), job.exists()) == ({"b.gpkg", "b.gpkg.origin.json"}, False)
    job.mkdir()
    (job / "notes.txt").write_text("mine")
    assert_refused(run(raster, "--job", job, output="c.gpkg"), "with notes.txt")
    assert (job / "notes.txt").read_text() == "mine"


def test_a_second_process_is_refused(monkeypatch: pytest.MonkeyPatch, raster: Path) -> None:
    interrupt(monkeypatch, raster)
    num_done = len(list_shards())
    with filelock.FileLock(JOB / "lock"):
        result = run(raster, "--resume")
    assert (result.exit_code, result.stderr) == (
        1,
        f"geoseg: error: b.gpkg: another process is at work in {JOB}; wait for it, or choose "
        "another output.\n",
    )
    assert len(list_shards()) == num_done


def test_a_damaged_shard_is_done_again(
    monkeypatch: pytest.MonkeyPatch, raster: Path, tmp_path: Path
) -> None:
    run(raster)
    Path("b.gpkg").rename(tmp_path / "whole.gpkg")
    Path("b.gpkg.origin.json").unlink()
    interrupt(monkeypatch, raster)
    first, *_, last = list_shards()
    first.write_bytes(first.read_bytes()[:-30])
    last.write_bytes(bytes(5000))
    result = run(raster, "--resume")
    assert result.exit_code == 0
    assert result.stderr.count("is damaged; its shard is done again.") == 2
    assert Path("b.gpkg").read_bytes() == (tmp_path / "whole.gpkg").read_bytes()


def test_a_full_disk_is_one_line_and_keeps_what_is_finished(
    monkeypatch: pytest.MonkeyPatch, raster: Path
) -> None:
    num_calls = 0

    def fill_up(_: int) -> None:
        nonlocal num_calls
        num_calls += 1
        # The manifest, and three shards.
        if num_calls > 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fill_up)
        result = run(raster)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        1,
        f"geoseg: error: {JOB}/shards/00000/00000003.npz: cannot be written: the disk is full; "
        f"once that is mended, {GO_ON}",
    )
    assert len(list_shards()) == 3
    assert run(raster, "--resume", "-q").exit_code == 0


def test_a_disk_that_is_full_at_the_end_keeps_all_shards(
    monkeypatch: pytest.MonkeyPatch, raster: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("geoseg.export.write_footprints", fail)
        result = run(raster)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        1,
        f"geoseg: error: b.gpkg: cannot be written: the disk is full; once that is mended, {GO_ON}",
    )
    assert (list_names(), len(list_shards())) == ({JOB.name}, 9)
    result = run(raster, "--resume")
    assert result.stderr.startswith("going on after 9 of 9 shards\n")
    assert list_names() == {"b.gpkg", "b.gpkg.origin.json"}


def test_a_run_that_met_an_unreadable_block_goes_on_without_it(raster: Path) -> None:
    # Cut off below its middle: the last shards cannot be read.
    os.truncate(raster, raster.stat().st_size * 6 // 10)
    whole = run(raster, "--on-error", "skip", output="whole.gpkg")
    assert (whole.exit_code, "could not be read" in whole.stderr) == (0, True)
    result = run(raster)
    assert result.exit_code == 1
    assert "cannot be read; the file is damaged or cut off" in result.stderr
    assert list_shards()
    result = run(raster, "--resume", "--on-error", "skip")
    assert (result.exit_code, "could not be read" in result.stderr) == (0, True)
    assert not JOB.exists()
    read = [geopandas.read_file(f"{name}.gpkg").geometry.to_wkb() for name in ("whole", "b")]
    assert len(read[0]) > 5
    assert read[0].tolist() == read[1].tolist()


def test_an_output_folder_that_vanishes_is_one_line(
    monkeypatch: pytest.MonkeyPatch, raster: Path, tmp_path: Path
) -> None:
    class Vanishing(BrightDetector):
        def detect(self, images: Any, windows: Any = None) -> Any:
            if sum(self.num_seen) == 5:
                shutil.rmtree(tmp_path / "gone")
            return super().detect(images)

    (tmp_path / "gone").mkdir()
    monkeypatch.setattr(LOAD, lambda *_, **__: Vanishing())
    result = run(raster, output=str(tmp_path / "gone/b.gpkg"))
    assert result.exit_code == 1
    assert re.fullmatch(
        r"geoseg: error: .*gone.*: cannot be written: No such file or directory; once that is "
        rf"mended, {GO_ON}\n",
        result.stderr,
    )


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are watched as Linux does it")
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bytes(
    repository: Path, tmp_path: Path
) -> None:
    random = np.random.default_rng(3)
    roofs = [
        (y, x, y + 40 + int(random.integers(30)), x + 40 + int(random.integers(40)))
        for y in range(10, 900, 90)
        for x in range(10, 900, 90)
    ]
    raster = write_raster(tmp_path / "town.tif", make_scene((1000, 1000), roofs))
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.killed", raster, "20"],
        env={**os.environ, **one_thread, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    counts = re.fullmatch(r"20 killed, (\d+) went on, (\d+) ended\n", done.stdout)
    assert counts is not None
    assert int(counts[1]) >= 5
    assert int(counts[2]) >= 1
