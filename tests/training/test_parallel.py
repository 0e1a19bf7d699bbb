"""A batch shared by several devices gives the step that one device takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from geoseg.errors import DeviceError
from geoseg.runners.data_parallel import share_batches

pytest.importorskip("jax")


def run_case(repository: Path, houses: Path, num_devices: int, kind: str) -> dict[str, Any]:
    """The losses of a few steps on so many virtual devices, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.training.parallel_case", str(num_devices), str(houses), kind],
        cwd=repository,
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "JAX_PLATFORMS": "cpu",
            "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    values: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return values


@pytest.mark.parametrize(
    "kind", ["tiny", pytest.param("network", marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_two_devices_take_the_step_of_one(repository: Path, tmp_path: Path, kind: str) -> None:
    houses = tmp_path / "houses"
    one = run_case(repository, houses, 1, kind)
    two = run_case(repository, houses, 2, kind)
    for wanted, got in zip(one["losses"], two["losses"], strict=True):
        assert got == pytest.approx(wanted, rel=1e-4)
    assert two["weights"] == pytest.approx(one["weights"], rel=1e-5)


def test_one_device_changes_nothing() -> None:
    share_batches(None, 3)
    share_batches(1, 3)


def test_what_cannot_be_shared_is_one_sentence() -> None:
    with pytest.raises(DeviceError, match="must be a multiple of the devices; got 3 for 2"):
        share_batches(2, 3)
    with pytest.raises(DeviceError, match=r"takes the JAX backend .*; got tensorflow"):
        share_batches(2, 4)
