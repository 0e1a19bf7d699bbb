"""How the cores of a machine are shared out among worker processes."""

from __future__ import annotations

import os

# Each library reads its own when it starts: ONNX Runtime (through `count_threads`), TensorFlow,
# GDAL and OpenCV.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "GDAL_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)

# Else the first process that touches a GPU takes all of its memory.
_SHARED_GPU = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


def count_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share_machine(num_workers: int) -> dict[str, str]:
    """Environment variables for each of several processes that share cores and GPUs.

    Args:
        num_workers: processes, at least 1.

    Returns:
        Those that are not set already: what the user has chosen goes before our choice.
    """
    num_threads = str(max(1, count_cores() // num_workers))
    wanted = dict.fromkeys(_THREAD_VARIABLES, num_threads) | _SHARED_GPU
    return {name: value for name, value in wanted.items() if name not in os.environ}
