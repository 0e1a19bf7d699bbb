"""Choosing a device."""

from __future__ import annotations

import os
from typing import Any

import onnxruntime
import pytest

from geoseg.detections import device
from geoseg.detections.device import choose_device
from geoseg.errors import DeviceError


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that sees two."""
    monkeypatch.setattr(device, "list_gpus", lambda: ["gpu:0", "gpu:1"])


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that sees none."""
    monkeypatch.setattr(device, "list_gpus", list)


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize(
    ("name", "chosen"), [("auto", "gpu:0"), ("gpu", "gpu:0"), ("gpu:1", "gpu:1")]
)
def test_gpus_are_taken(name: str, chosen: str) -> None:
    assert choose_device(name) == chosen


@pytest.mark.usefixtures("no_gpu")
def test_auto_falls_back_to_the_cpu() -> None:
    assert choose_device("auto") == "cpu:0"


def test_the_cpu_hides_the_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert choose_device("cpu") == "cpu:0"
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "-1"


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("name", ["gpu", "gpu:0"])
def test_an_absent_gpu_is_an_error(name: str) -> None:
    with pytest.raises(DeviceError, match=rf"^device {name} must be one .*; it sees none\.$"):
        choose_device(name)


@pytest.mark.usefixtures("two_gpus")
def test_the_error_names_what_is_there() -> None:
    with pytest.raises(DeviceError, match=r"device gpu:7 .* it sees gpu:0, gpu:1\."):
        choose_device("gpu:7")


@pytest.mark.parametrize("name", ["", "tpu", "cuda:0", "gpu:", "gpu:x", "gpu:-1", "CPU"])
def test_other_names_are_errors(name: str) -> None:
    with pytest.raises(DeviceError, match=r"device must be auto, cpu, gpu or gpu:N; got"):
        choose_device(name)


class StubSession:
    """Loads onto as many GPUs as there are; beyond them it fails or takes the CPU."""

    num_gpus = 0
    falls_back = False

    def __init__(self, model: bytes, settings: object, providers: list[Any]) -> None:
        ((name, options),) = providers
        is_there = options["device_id"] < self.num_gpus
        if not is_there and not self.falls_back:
            raise RuntimeError("CUDA failure 101: invalid device ordinal")
        self.providers = [name] if is_there else ["CPUExecutionProvider"]

    def get_providers(self) -> list[str]:
        """Where the graph was loaded to."""
        return self.providers


@pytest.mark.parametrize("falls_back", [False, True])
def test_gpus_of_onnx_runtime_are_counted_by_trying(
    falls_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnxruntime, "InferenceSession", StubSession)
    monkeypatch.setattr(StubSession, "falls_back", falls_back)
    monkeypatch.setattr(StubSession, "num_gpus", 2)
    # Without the provider nothing is tried.
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    assert device.list_onnx_gpus() == []
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [device.CUDA_PROVIDER])
    assert device.list_onnx_gpus() == ["gpu:0", "gpu:1"]
    assert choose_device("auto", "onnx") == "gpu:0"
    monkeypatch.setattr(StubSession, "num_gpus", 0)
    assert choose_device("auto", "onnx") == "cpu:0"
    with pytest.raises(DeviceError, match="it sees none"):
        choose_device("gpu", "onnx")
