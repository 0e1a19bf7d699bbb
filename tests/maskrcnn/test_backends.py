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


@pytest.fixture(params=["", "matterport_"], ids=["ours", "matterport"])
def prefix(request: pytest.FixtureRequest) -> str:
    """Of the names of what one of the networks makes."""
    name: str = request.param
    return name


@pytest.fixture
def compare(found: Results, expected: Results, prefix: str) -> Callable[..., None]:
    """Compares the results of one name."""

    def check(name: str, atol: float, rtol: float = 0.0) -> None:
        wanted = expected[prefix + name]
        np.testing.assert_allclose(found[prefix + name], wanted, atol=atol, rtol=rtol)

    return check


def test_detections_are_the_same(
    expected: Results, prefix: str, compare: Callable[..., None]
) -> None:
    # A comparison of nothing would show nothing.
    assert expected[f"{prefix}counts"].min() >= 3
    assert expected[f"{prefix}counts"].max() < SMALL.max_detections
    assert len(set(expected[f"{prefix}classes"].tolist())) == 2
    compare("counts", 0)
    compare("classes", 0)
    compare("boxes", 1e-3)
    compare("scores", 1e-4)
    # Masks are float16.
    compare("masks", 1e-3)


def test_losses_are_the_same(expected: Results, prefix: str, compare: Callable[..., None]) -> None:
    assert (expected[f"{prefix}losses"] > 0).all()
    compare("losses", 1e-4, 1e-4)
    compare("step_losses", 1e-4, 1e-4)


def test_a_step_moves_the_weights_alike(
    expected: Results, prefix: str, compare: Callable[..., None]
) -> None:
    # The batch norm that one of the networks has stays frozen.
    assert (expected[f"{prefix}moved"] > 0).mean() > (0.9 if prefix == "" else 0.7)
    assert (expected[f"{prefix}moved_backbone"] > 0).mean() > 0.9
    compare("moved", 1e-5, 1e-4)
    # On so small a tile a unit at the kink of its ReLU6 counts for some thousandths.
    compare("moved_backbone", 1e-5, 1e-4 if prefix == "" else 2e-2)
