"""Running a case under a Keras backend of its own: Keras takes one for good."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def run_case(
    case: Path, backend: str, folder: Path, repository: Path, **environment: str
) -> dict[str, NDArray[Any]]:
    """Run `python CASE OUTPUT.npz` on the CPU in a process of its own.

    Args:
        case: the program; it writes the arrays that come back.
        backend: of Keras.
        folder: for what it writes.
        repository: is put on the path.
        **environment: further variables.
    """
    path = folder / f"{backend}.npz"
    done = subprocess.run(
        [sys.executable, str(case), str(path)],
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "CUDA_VISIBLE_DEVICES": "-1",
            "JAX_PLATFORMS": "cpu",
            "PYTHONPATH": str(repository),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(path) as content:
        return {name: content[name] for name in content.files}
