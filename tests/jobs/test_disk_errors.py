"""What a disk does in the middle of a run."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoseg.errors import OutputError, OutputExistsError, RasterError
from geoseg.jobs import JobFolder, ShardFiles, choose_place
from geoseg.jobs.disk_errors import explain_disk_errors, explain_lost_output, write_atomically
from tests.jobs.made import (
    METRIC,
    RUN,
    assert_same_result,
    list_names,
    make_footprints,
    make_result,
)

GO_ON = "once that is mended, the same command with --resume goes on."


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can be mounted only by root, and not in every container")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill_up(shards: ShardFiles) -> None:
    """Finish shards until the disk is full."""
    for index in range(1000):
        shards.put(make_result(index, 200))


def test_a_full_disk_keeps_what_is_finished(small_disk: Path) -> None:
    output = small_disk / "b.gpkg"
    with JobFolder(choose_place(output), output, RUN) as job:
        job.check(resume=False, overwrite=False)
        shards = job.open_shards(METRIC)
        with pytest.raises(OutputError, match=rf"\d\.npz: cannot .* the disk is full; {GO_ON}"):
            fill_up(shards)
        num_done = job.num_done
        assert num_done > 1
    with JobFolder(choose_place(output), output, RUN) as job:
        job.check(resume=True, overwrite=False)
        shards = job.open_shards(METRIC)
        assert len(shards) == num_done
        assert_same_result(shards.take(num_done - 1), make_result(num_done - 1, 200))
        spool = job.open_spool(METRIC)
        with pytest.raises(OutputError, match=r"part-\d+\.parquet: .* the disk is full; once"):
            spool.append(make_footprints(9000))
        assert list_names(job.path / "spool") == []
        job.finish()
    assert list_names(small_disk) == []


def test_a_disk_too_full_for_the_result_is_one_line(small_disk: Path, tmp_path: Path) -> None:
    output = small_disk / "b.gpkg"

    def write(path: Path) -> list[Path]:
        path.write_bytes(bytes(2_000_000))
        return [path]

    place = tmp_path / "job"
    with JobFolder(place, output, RUN) as job:
        job.check(resume=False, overwrite=False)
        job.open_shards(METRIC).put(make_result(0))
        with pytest.raises(OutputError) as caught:
            job.publish(output, write, overwrite=False)
    assert str(caught.value) == f"{output}: cannot be written: the disk is full; {GO_ON}"
    assert list_names(small_disk) == []
    assert len(list(place.glob("shards/*/*"))) == 1


def test_a_folder_that_vanishes_is_one_line(tmp_path: Path) -> None:
    output = tmp_path / "out" / "b.gpkg"
    output.parent.mkdir()
    with JobFolder(choose_place(output), output, RUN) as job:
        job.check(resume=False, overwrite=False)
        shards = job.open_shards(METRIC)
        shards.put(make_result(0))
        shutil.rmtree(output.parent)
        with pytest.raises(OutputError, match=f"cannot be written: No such file .*; {GO_ON}"):
            shards.put(make_result(1))
        with pytest.raises(OutputError, match=f"b.gpkg: cannot be written: No such .*; {GO_ON}"):
            job.publish(output, lambda path: [path], overwrite=False)
    assert list_names(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "cannot be written: Permission denied",
        ),
        (OSError("no number"), "cannot be written: no number"),
        (OSError(errno.ENOSPC, "No space left on device"), "cannot be written: the disk is full"),
    ],
)
def test_what_a_disk_says_is_told_in_one_line(error: OSError, text: str) -> None:
    for explain in (explain_disk_errors, explain_lost_output):
        with pytest.raises(OutputError) as caught, explain(Path("out/b.gpkg")):
            raise error
        assert str(caught.value) == f"out/b.gpkg: {text}; {GO_ON}"
        # With the cause, the command line would say only that the disk is full.
        assert caught.value.__cause__ is None


def test_a_writer_that_fails_says_why_and_how_to_go_on() -> None:
    with pytest.raises(OutputError) as caught, explain_lost_output(Path("b.gpkg")):
        raise OutputError("b.gpkg: GDAL cannot write GPKG: disk I/O error.")
    assert str(caught.value) == f"b.gpkg: GDAL cannot write GPKG: disk I/O error; {GO_ON}"


def test_a_full_disk_behind_a_writers_error_is_named() -> None:
    def write() -> None:
        try:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise OutputError("b.gpkg: cannot be written: [Errno 28].") from error

    with pytest.raises(OutputError) as caught, explain_lost_output(Path("b.gpkg")):
        write()
    assert str(caught.value) == f"b.gpkg: cannot be written: the disk is full; {GO_ON}"


@pytest.mark.parametrize("error", [OutputExistsError("b.gpkg exists."), ValueError("no disk")])
def test_other_errors_stay_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)), explain_lost_output(Path("b.gpkg")):
        raise error


def test_a_raster_that_cannot_be_read_is_not_the_outputs_fault() -> None:
    with pytest.raises(RasterError), explain_lost_output(Path("b.gpkg")):
        raise RasterError("town.tif: window cannot be read.")


def test_an_atomic_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    path = tmp_path / "file"
    write_atomically(path, b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output error"):
        write_atomically(path, b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("file", b"old")]
