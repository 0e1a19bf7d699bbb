"""A step of training is the same step under TensorFlow and JAX."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.training.sanity import TILE_PX
from tests.training.shapes import write_shapes

CASE = Path(__file__).with_name("step_case.py")

# Sums of float32 in another order differ by some 1e-6 of their terms; through the sixty layers of
# the network and back, that is some 1e-4 of a gradient. A wrong term would show as 1e-1. A second
# step would compare other proposals: some change places by less than that.
LOSS_TOLERANCE = 1e-4
UPDATE_TOLERANCE = 2e-3


def take_step(backend: str, dataset: Path, folder: Path, repository: Path) -> dict[str, Any]:
    """Run the case in a process of its own: Keras takes one backend for good."""
    path = folder / f"{backend}.npz"
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "CUDA_VISIBLE_DEVICES": "-1",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(repository),
    }
    done = subprocess.run(
        [sys.executable, str(CASE), str(dataset), str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(path) as content:
        return {name: content[name] for name in content.files}


def updates_of(results: dict[str, Any]) -> dict[str, NDArray[np.float32]]:
    """How far the step moves each weight."""
    names = [name[2:] for name in results if name.startswith("0/")]
    return {name: results[f"1/{name}"] - results[f"0/{name}"] for name in names}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_a_step_is_the_same_under_both_backends(tmp_path: Path, repository: Path) -> None:
    dataset = write_shapes(tmp_path / "set", 6, size_px=TILE_PX, seed=3)
    expected = take_step("tensorflow", dataset, tmp_path, repository)
    found = take_step("jax", dataset, tmp_path, repository)
    assert (expected["losses"] > 0).all()
    np.testing.assert_allclose(found["losses"], expected["losses"], rtol=LOSS_TOLERANCE)
    moves, other_moves = updates_of(expected), updates_of(found)
    num_moved = 0
    for name, move in moves.items():
        np.testing.assert_array_equal(found[f"0/{name}"], expected[f"0/{name}"])
        size = np.abs(move).max()
        num_moved += size > 0
        np.testing.assert_allclose(
            other_moves[name], move, rtol=0, atol=UPDATE_TOLERANCE * size + 1e-8, err_msg=name
        )
    assert num_moved > 0.95 * len(moves)
