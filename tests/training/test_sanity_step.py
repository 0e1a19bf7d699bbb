"""A step of training is the same step under TensorFlow and JAX."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.backends import run_case

CASE = Path(__file__).with_name("step_case.py")

# Measured: losses differ by 7e-7 of themselves, all updates together by 2e-6, those of one weight
# by up to 4e-5. A rectifier whose input lies within rounding of its kink may fall to the other
# side on another processor: one that does moves all updates by 1e-3 and those of a weight by
# 2e-2. A wrong term would move them by 1e-1 and more.
LOSS_TOLERANCE = 1e-5
WHOLE_TOLERANCE = 3e-3
WEIGHT_TOLERANCE = 2e-2
# Of a weight that hardly moves: float32 has no smaller steps.
ROUNDING = 1e-7


def take_step(backend: str, folder: Path, repository: Path) -> dict[str, Any]:
    """The losses of the case, and every weight before and after it."""
    # TensorFlow's oneDNN convolutions round more coarsely.
    return run_case(CASE, backend, folder, repository, TF_ENABLE_ONEDNN_OPTS="0")


def updates_of(results: dict[str, Any]) -> dict[str, NDArray[np.float32]]:
    """How far the step moves each weight."""
    names = [name[2:] for name in results if name.startswith("0/")]
    return {name: results[f"1/{name}"] - results[f"0/{name}"] for name in names}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_a_step_is_the_same_under_both_backends(tmp_path: Path, repository: Path) -> None:
    expected = take_step("tensorflow", tmp_path, repository)
    found = take_step("jax", tmp_path, repository)
    assert (expected["losses"] > 0.01).all()
    np.testing.assert_allclose(found["losses"], expected["losses"], rtol=LOSS_TOLERANCE)
    moves, other_moves = updates_of(expected), updates_of(found)
    sizes = {name: float(np.linalg.norm(move)) for name, move in moves.items()}
    assert np.mean([size > 0 for size in sizes.values()]) > 0.95
    apart = {name: float(np.linalg.norm(other_moves[name] - moves[name])) for name in moves}
    for name, size in sizes.items():
        np.testing.assert_array_equal(found[f"0/{name}"], expected[f"0/{name}"])
        assert apart[name] <= WEIGHT_TOLERANCE * size + ROUNDING, name
    assert np.hypot.reduce([*apart.values()]) < WHOLE_TOLERANCE * np.hypot.reduce([*sizes.values()])
