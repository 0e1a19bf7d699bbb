"""The state of a run in a file."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.errors import OutputError, TrainingError
from geoseg.training.checkpoint import Checkpoint, Facts, read_checkpoint, write_checkpoint

WEIGHTS: dict[str, NDArray[Any]] = {
    "a/kernel": np.arange(6, dtype=np.float32).reshape(2, 3),
    "a/bias": np.zeros(3),
}


def make_checkpoint(step: int = 3) -> Checkpoint:
    facts = Facts(step=step, seed=5, averaged_step=2, best_ap50=0.25, seconds=1.5, num_parts=2)
    average = {name: array + 1 for name, array in WEIGHTS.items()}
    return Checkpoint(facts, WEIGHTS, average, {"0": np.full(2, 7.0, np.float32)})


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    wanted = make_checkpoint()
    write_checkpoint(tmp_path / "checkpoint.npz", wanted)
    got = read_checkpoint(tmp_path / "checkpoint.npz")
    assert got.facts == wanted.facts
    for group in ("weights", "average", "optimizer"):
        arrays = getattr(got, group)
        assert arrays.keys() == getattr(wanted, group).keys()
        for name, array in getattr(wanted, group).items():
            np.testing.assert_array_equal(arrays[name], array)
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_nothing_inside_can_run(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    write_checkpoint(path, make_checkpoint())
    with np.load(path, allow_pickle=False) as content:
        assert all(content[name].dtype != object for name in content.files)
    with zipfile.ZipFile(path, "a") as archive:
        packed = io.BytesIO()
        np.save(packed, np.array([{}], dtype=object), allow_pickle=True)
        archive.writestr("weights/evil.npy", packed.getvalue())
    with pytest.raises(TrainingError, match="damaged or of another program"):
        read_checkpoint(path)


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps({})])
def test_other_files_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoint.npz"
    path.write_bytes(content)
    with pytest.raises(TrainingError, match=rf"checkpoint\.npz must be .*\({len(content)} bytes\)"):
        read_checkpoint(path)
    with pytest.raises(TrainingError, match=r"none\.npz must be a checkpoint; there is none"):
        read_checkpoint(tmp_path / "none.npz")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"checkpoint\.npz cannot be written"):
        write_checkpoint(tmp_path / "none" / "checkpoint.npz", make_checkpoint())


WRITER = """
import sys
from pathlib import Path
import numpy as np
from geoseg.training.checkpoint import Checkpoint, Facts, write_checkpoint
path = Path(sys.argv[1])
for step in range(1, 10**6):
    arrays = {str(k): np.full((500, 500), step, np.float32) for k in range(8)}
    write_checkpoint(path, Checkpoint(Facts(step=step, seed=0), arrays, {}, {}))
    print(step, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_kill_while_writing_leaves_a_whole_file(tmp_path: Path, repository: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    for num_written in (1, 4, 6):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            cwd=repository,
        )
        assert process.stdout is not None
        # It writes all the time, so that the kill falls into a file as a rule.
        for _ in range(num_written):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        kept = read_checkpoint(path)
        assert kept.facts.step >= num_written
        assert all((array == kept.facts.step).all() for array in kept.weights.values())
    write_checkpoint(path, make_checkpoint())
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoint.npz"]
