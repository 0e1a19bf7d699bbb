from __future__ import annotations

import errno
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geoseg.errors import OutputError
from geoseg.jobs import ShardFiles
from geoseg.jobs.shard_arrays import pack_result, unpack_result
from geoseg.types import Detection, Footprints, PendingOutlines, ShardResult
from tests.jobs.made import (
    METRIC,
    assert_same_array,
    assert_same_result,
    make_footprints,
    make_result,
)

MASK_SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=9)


def find_file(folder: Path) -> Path:
    (file,) = folder.glob("*/*.npz")
    return file


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_result_comes_back_without_a_bit_of_difference(tmp_path: Path, count: int) -> None:
    files = ShardFiles(tmp_path / "shards", METRIC)
    result = make_result(5, count)
    files.put(result)
    assert (5 in files, 4 in files, len(files)) == (True, False, 1)
    assert_same_result(files.take(5), result)
    # A run that goes on takes it from the file of the one before.
    again = ShardFiles(tmp_path / "shards", METRIC)
    assert (5 in again, len(again)) == (True, 1)
    assert_same_result(again.take(5), result)
    with pytest.raises(KeyError):
        again.take(4)


@given(
    score=st.floats(0, 1),
    area_m2=st.floats(0, allow_infinity=False),
    box=hnp.arrays(np.float32, 4, elements=st.floats(-1e6, 1e6, width=32)),
    mask=st.one_of(
        hnp.arrays(np.float16, MASK_SHAPES, elements=st.floats(0, 1, width=16)),
        hnp.arrays(np.float32, MASK_SHAPES, elements=st.floats(0, 1, width=32)),
    ),
    xy=st.tuples(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7)),
)
def test_any_values_come_back(
    score: float, area_m2: float, box: Any, mask: Any, xy: tuple[float, float]
) -> None:
    polygons = np.array([shapely.Point(xy).buffer(3)], object)
    scores = np.array([score], np.float32)
    result = ShardResult(
        2**40,
        Footprints(polygons, scores, np.array([area_m2]), METRIC),
        PendingOutlines(polygons, scores, box[None]),
        (Detection(box, score, mask, 3, -1), Detection(box, score, mask.T)),
        1,
        2,
        3,
    )
    assert_same_result(unpack_result(pack_result(result), METRIC), result)


def test_a_mask_in_another_byte_order_keeps_its_values() -> None:
    mask = np.array([[0.25, 1.0]], ">f4")
    detection = Detection(np.zeros(4, np.float32), 0.5, mask)
    none = make_result(0, 0)
    result = ShardResult(0, none.footprints, none.outlines, (detection,), 1, 1, 1)
    (found,) = unpack_result(pack_result(result), METRIC).detections
    assert_same_array(found.mask, mask.astype(np.float32))


def test_the_same_result_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        ShardFiles(tmp_path / name, METRIC).put(make_result(12_345, 4))
    file = find_file(tmp_path / "a")
    assert file.relative_to(tmp_path / "a") == Path("00012/00012345.npz")
    assert file.read_bytes() == find_file(tmp_path / "b").read_bytes()


def list_damages(whole: bytes) -> list[bytes]:
    """The content of a file cut off and with one bit flipped, at many places."""
    damaged = [whole[:length] for length in range(0, len(whole), 97)]
    for place in range(0, len(whole), 53):
        flipped = bytearray(whole)
        flipped[place] ^= 0x10
        damaged.append(bytes(flipped))
    return damaged


@pytest.mark.filterwarnings("ignore:.* is damaged; its shard is done again")
def test_any_damage_is_noticed(tmp_path: Path) -> None:
    result = make_result(1, 2)
    ShardFiles(tmp_path, METRIC).put(result)
    file = find_file(tmp_path)
    damages = list_damages(file.read_bytes())
    num_harmless = 0
    for content in damages:
        file.write_bytes(content)
        files = ShardFiles(tmp_path, METRIC)
        if 1 in files:
            # Some bits of a zip file say nothing: then nothing is lost either.
            num_harmless += 1
            assert_same_result(files.take(1), result)
    assert num_harmless < len(damages) / 4


def test_a_damaged_file_is_removed_and_written_again(tmp_path: Path) -> None:
    ShardFiles(tmp_path, METRIC).put(make_result(1))
    file = find_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.warns(UserWarning, match="00000001.npz is damaged; its shard is done again"):
        files = ShardFiles(tmp_path, METRIC)
    assert (len(files), file.exists()) == (0, False)
    files.put(make_result(1))
    assert_same_result(files.take(1), make_result(1))


def test_a_file_under_the_name_of_another_shard_does_not_count(tmp_path: Path) -> None:
    ShardFiles(tmp_path, METRIC).put(make_result(1))
    file = find_file(tmp_path)
    file.rename(file.with_name("00000002.npz"))
    with pytest.warns(UserWarning, match=r"00000002\.npz is damaged"):
        assert len(ShardFiles(tmp_path, METRIC)) == 0


def test_damage_after_the_run_has_begun_is_one_line(tmp_path: Path) -> None:
    files = ShardFiles(tmp_path, METRIC)
    files.put(make_result(1))
    find_file(tmp_path).write_bytes(b"zeros")
    with pytest.raises(OutputError, match=r"00000001\.npz: was damaged .* --resume goes on\."):
        files.take(1)
    assert 1 not in files
    assert len(ShardFiles(tmp_path, METRIC)) == 0


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Path]]:
        return Path.mkdir, (self.path,)


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    trap = Trap(tmp_path / "sprung")
    file = tmp_path / "shards/00000/00000000.npz"
    file.parent.mkdir(parents=True)
    np.savez(file, counts=np.array([trap], object))
    with pytest.warns(UserWarning, match="is damaged"):
        ShardFiles(tmp_path / "shards", METRIC)
    assert not (tmp_path / "sprung").exists()
    # The trap does spring.
    pickle.loads(pickle.dumps(trap))
    assert (tmp_path / "sprung").exists()


def test_what_was_not_renamed_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr(Path, "replace", kill)
    files = ShardFiles(tmp_path, METRIC)
    with pytest.raises(KilledError):
        files.put(make_result(3))
    assert 3 not in files
    assert len(list(tmp_path.glob("*/.*"))) == 1
    monkeypatch.undo()
    again = ShardFiles(tmp_path, METRIC)
    assert len(again) == 0
    again.put(make_result(3))
    assert [file.name for file in tmp_path.glob("*/*")] == ["00000003.npz"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "Permission denied"),
        (errno.EROFS, "Read-only file system"),
    ],
)
def test_a_failing_disk_is_one_line_and_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    files = ShardFiles(tmp_path, METRIC)
    files.put(make_result(1))
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError) as caught:
        files.put(make_result(2))
    assert str(caught.value) == (
        f"{tmp_path / '00000/00000002.npz'}: cannot be written: {reason}; once that is mended, "
        "the same command with --resume goes on."
    )
    monkeypatch.undo()
    assert [file.name for file in tmp_path.glob("*/*")] == ["00000001.npz"]
    assert len(ShardFiles(tmp_path, METRIC)) == 1


def test_the_crs_is_the_one_that_is_handed_in(tmp_path: Path) -> None:
    files = ShardFiles(tmp_path, METRIC)
    files.put(make_result(0))
    assert files.take(0).footprints.crs is METRIC
    assert len(make_footprints(0)) == 0
