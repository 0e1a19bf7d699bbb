"""Disks that are full and folders that go away: one line, and everything as it was before."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyproj import CRS

from geoseg.cli.main import describe_failure
from geoseg.errors import OutputError
from geoseg.export import write_footprints
from geoseg.types import FootprintBatches, Footprints
from tests.export.made import ORIGIN, batch_up, make_footprints, make_row, make_town

SUFFIXES = [".gpkg", ".fgb", ".parquet", ".shp", ".geojson", ".osm"]
TOWN = batch_up(make_town(40), range(10, 40, 10))
NOBODY = 65534

Contents = dict[str, bytes]


def read_all(folder: Path) -> Contents:
    """Every file in a folder, and in the folders in it."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def write_first(path: Path) -> Contents:
    """A former result of one house; what is in its folder then."""
    write_footprints(path, make_footprints(*make_row(1)), ORIGIN)
    return read_all(path.parent)


def is_same(folder: Path, contents: Contents) -> bool:
    """Whether a folder has these files and no other; without a listing of their bytes."""
    return read_all(folder) == contents


def fails_cleanly(path: Path, former: Contents, whole: Contents) -> OutputError | None:
    """Write the town; the error, if there was one.

    After it everything must be as before, without it everything must be written.
    """
    error = None
    try:
        write_footprints(path, TOWN, ORIGIN, overwrite=True)
    except OutputError as failure:
        error = failure
    if error is None:
        assert is_same(path.parent, whole)
        return None
    assert str(error).startswith(f"{path}: cannot be written: ")
    assert "\n" not in str(error)
    assert is_same(path.parent, former)
    assert not any(file.is_dir() for file in path.parent.iterdir())
    return error


def write_whole(folder: Path, suffix: str) -> Contents:
    folder.mkdir()
    write_footprints(folder / f"b{suffix}", TOWN, ORIGIN)
    return read_all(folder)


@contextmanager
def largest_file(num_bytes: int) -> Iterator[None]:
    """The system lets no file of this process grow beyond; writing more is an error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_cannot_grow_on_is_never_left_in_silence(tmp_path: Path, suffix: str) -> None:
    whole = write_whole(tmp_path / "whole", suffix)
    folder = tmp_path / "b"
    folder.mkdir()
    former = write_first(folder / f"b{suffix}")
    size = max(map(len, whole.values()))
    # The last kilobytes are written when a file is closed, where GDAL likes to say nothing.
    for limit in (0, size // 3, size - 70_000, size - 5_000, size - 1_000, size - 10, size - 1):
        with largest_file(max(0, limit)):
            assert fails_cleanly(folder / f"b{suffix}", former, whole) is not None
    with largest_file(size):
        assert fails_cleanly(folder / f"b{suffix}", former, whole) is None


def count_pages(contents: Contents) -> int:
    """What files take on a disk in memory."""
    return sum(-(-len(content) // 4096) for content in contents.values())


@contextmanager
def small_disk(place: Path, num_bytes: int) -> Iterator[Path]:
    """A file system of its own, in memory."""
    place.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={num_bytes}", "tmpfs", str(place)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_is_one_line_and_everything_is_as_before(tmp_path: Path, suffix: str) -> None:
    whole = write_whole(tmp_path / "whole", suffix)
    (tmp_path / "former").mkdir()
    taken = count_pages(write_first(tmp_path / "former" / f"b{suffix}"))
    for share in (0.2, 0.8, 0.95, 1.0, 1.05, 1.5, 1.9, 2.5):
        num_pages = 1 + taken + int(share * count_pages(whole))
        with small_disk(tmp_path / "disk", 4096 * num_pages) as disk:
            path = disk / f"b{suffix}"
            former = write_first(path)
            error = fails_cleanly(path, former, whole)
            assert share > 0.2 or error is not None
            assert share < 2.5 or error is None
            # FlatGeobuf has let go of what it had written when it says that it failed.
            if error is not None and share == 0.2 and suffix != ".fgb":
                assert "No space left on device" in str(error)
                assert f"the disk is full while writing b{suffix};" in describe_failure(error)


@dataclass(frozen=True)
class Disturbed:
    """Batches between which something happens."""

    batches: FootprintBatches
    happen: Callable[[], object]

    @property
    def crs(self) -> CRS:
        return self.batches.crs

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Footprints]:
        for number, batch in enumerate(self.batches):
            if number == 1:
                self.happen()
            yield batch


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_that_vanishes_is_one_line(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    path = folder / f"b{suffix}"
    with pytest.raises(OutputError) as caught:
        write_footprints(path, Disturbed(TOWN, lambda: shutil.rmtree(folder)), ORIGIN)
    assert str(caught.value).startswith(f"{path}: cannot be written: ")
    assert "\n" not in str(caught.value)
    assert not folder.exists()


@pytest.fixture
def powerless() -> Iterator[Path]:
    """A folder of a user who is not root."""
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() != 0:
            yield Path(folder)
            return
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_permission_that_is_lost_is_one_line(powerless: Path, suffix: str) -> None:
    path = powerless / f"b{suffix}"
    former = write_first(path)
    lose = Disturbed(TOWN, lambda: powerless.chmod(0o500))
    try:
        with pytest.raises(OutputError) as caught:
            write_footprints(path, lose, ORIGIN, overwrite=True)
        assert str(caught.value) == f"{path}: cannot be written: Permission denied."
        # The temporary folder stays, which nobody may remove; nothing is in it.
        assert is_same(powerless, former)
    finally:
        powerless.chmod(0o700)
