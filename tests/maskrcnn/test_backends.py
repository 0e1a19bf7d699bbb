"""The same weights and the same batch on TensorFlow, JAX and PyTorch."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.backends import run_case
from tests.maskrcnn.samples import SMALL

Results = dict[str, NDArray[Any]]

# The first test of a backend also waits for its compiler.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CASE = Path(__file__).with_name("backend_case.py")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Results:
    """What TensorFlow makes of the case."""
    return run_case(CASE, "tensorflow", tmp_path_factory.mktemp("backend"), repository)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            name,
            marks=pytest.mark.skipif(
                importlib.util.find_spec(name) is None, reason=f"{name} is not installed"
            ),
        )
        for name in ("jax", "torch")
    ],
)
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, repository: Path
) -> Results:
    """What another backend makes of the case."""
    return run_case(CASE, request.param, tmp_path_factory.mktemp("backend"), repository)


@pytest.fixture(scope="module")
def compare(found: Results, expected: Results) -> Callable[..., None]:
    """Compares the results of one name."""

    def check(name: str, atol: float, rtol: float = 0.0) -> None:
        np.testing.assert_allclose(found[name], expected[name], atol=atol, rtol=rtol)

    return check


def test_detections_are_the_same(expected: Results, compare: Callable[..., None]) -> None:
    # A comparison of nothing would show nothing.
    assert expected["counts"].min() >= 3
    assert expected["counts"].max() < SMALL.max_detections
    assert len(set(expected["classes"].tolist())) == 2
    compare("counts", 0)
    compare("classes", 0)
    compare("boxes", 1e-3)
    compare("scores", 1e-4)
    # Masks are float16.
    compare("masks", 1e-3)


def test_losses_are_the_same(expected: Results, compare: Callable[..., None]) -> None:
    assert (expected["losses"] > 0).all()
    compare("losses", 1e-4, 1e-4)
    compare("step_losses", 1e-4, 1e-4)


def test_a_step_moves_the_weights_alike(expected: Results, compare: Callable[..., None]) -> None:
    assert (expected["moved"] > 0).mean() > 0.9
    compare("moved", 1e-5, 1e-4)
