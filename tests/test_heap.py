from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoseg.heap import return_freed_memory

# Pieces of 8 MB, freed at the end and in the middle of the heap: what is resident after that.
SCRIPT = """
import sys, numpy as np
from geoseg.heap import return_freed_memory
if sys.argv[1] == "return":
    return_freed_memory()
np.ones(30_000_000, np.uint8)
pieces = [np.ones(8_000_000, np.uint8) if n % 2 else bytearray(300_000) for n in range(40)]
pieces = pieces[::2]
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmRSS")))
"""


def measure_mb(how: str) -> float:
    environment = {key: value for key, value in os.environ.items() if "MALLOC" not in key}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, how],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return int(done.stdout) / 1000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="/proc tells what is resident")
def test_freed_pieces_go_back_to_the_system() -> None:
    assert measure_mb("return") < measure_mb("keep") - 100


def test_what_the_environment_sets_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "77")
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "78")
    return_freed_memory()
    assert os.environ["MALLOC_TRIM_THRESHOLD_"] == "77"
    assert os.environ["MALLOC_MMAP_THRESHOLD_"] == "78"


def test_another_system_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    return_freed_memory()
    assert "MALLOC_TRIM_THRESHOLD_" not in os.environ
