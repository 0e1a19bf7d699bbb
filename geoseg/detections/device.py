"""Which device the network runs on, and what running out of its memory looks like."""

from __future__ import annotations

import os

from geoseg.errors import DeviceError

OUT_OF_MEMORY_TYPES = ("ResourceExhaustedError", "OutOfMemoryError", "MemoryError")


def list_gpus() -> list[str]:
    """Names of the GPUs that the Keras backend sees, as "gpu:0"; empty when there is none."""
    import keras

    if keras.backend.backend() == "torch":
        import torch

        return [f"gpu:{index}" for index in range(torch.cuda.device_count())]
    try:
        return sorted(name.lower() for name in keras.distribution.list_devices("gpu"))
    except RuntimeError:
        # JAX raises where it was installed without GPU support.
        return []


def choose_device(name: str) -> str:
    """Turn "auto", "cpu", "gpu" or "gpu:N" into the name of a device that is there.

    "cpu" hides the GPUs from the whole process, unless the backend has started already: it would
    take their memory.

    Raises:
        DeviceError: no such device.
    """
    if name == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        return "cpu:0"
    if name not in ("auto", "gpu") and not name.removeprefix("gpu:").isdigit():
        raise DeviceError(f"device must be auto, cpu, gpu or gpu:N; got {name}.")
    gpus = list_gpus()
    if name in ("auto", "gpu"):
        if gpus:
            return gpus[0]
        if name == "auto":
            return "cpu:0"
    if name not in gpus:
        seen = ", ".join(gpus) or "none"
        raise DeviceError(f"device {name} must be one that the backend sees; it sees {seen}.")
    return name


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a backend failed because memory ran out."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return any(name in OUT_OF_MEMORY_TYPES for name in names) or "RESOURCE_EXHAUSTED" in str(error)
