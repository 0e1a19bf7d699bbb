"""Which device the network runs on."""

from __future__ import annotations

import os

from geoseg.errors import DeviceError

CUDA_PROVIDER = "CUDAExecutionProvider"


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


def list_onnx_gpus() -> list[str]:
    """Names of the GPUs that ONNX Runtime can use, as "gpu:0"; empty when there is none."""
    import onnxruntime

    if CUDA_PROVIDER not in onnxruntime.get_available_providers():
        return []
    # `onnxruntime-gpu` is installed, which says nothing of GPUs, and it cannot list them.
    found: list[str] = []
    while _starts_on_gpu(len(found)):
        found.append(f"gpu:{len(found)}")
    return found


def _starts_on_gpu(number: int) -> bool:
    """Whether ONNX Runtime can load the smallest graph onto a GPU."""
    import onnxruntime
    from onnx import TensorProto, helper

    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Abs", ["x"], ["y"])], "probe", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 4
    provider = (CUDA_PROVIDER, {"device_id": number})
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), settings, providers=[provider]
        )
    except Exception:  # Its own classes, which say only that it failed.
        return False
    # Where CUDA's libraries do not load it takes the CPU without a word.
    return CUDA_PROVIDER in session.get_providers()


def choose_device(name: str, engine: str = "keras") -> str:
    """Turn "auto", "cpu", "gpu" or "gpu:N" into the name of a device that is there.

    "cpu" hides the GPUs from the whole process, unless the backend has started already: it would
    take their memory.

    Args:
        name: what is wished for.
        engine: "keras" or "onnx", which is to use it.

    Raises:
        DeviceError: no such device.
    """
    if name == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        return "cpu:0"
    if name not in ("auto", "gpu") and not name.removeprefix("gpu:").isdigit():
        raise DeviceError(f"device must be auto, cpu, gpu or gpu:N; got {name}.")
    gpus = list_onnx_gpus() if engine == "onnx" else list_gpus()
    if name in ("auto", "gpu"):
        if gpus:
            return gpus[0]
        if name == "auto":
            return "cpu:0"
    if name not in gpus:
        seen = ", ".join(gpus) or "none"
        raise DeviceError(f"device {name} must be one that the backend sees; it sees {seen}.")
    return name
