"""Choosing a device, and telling when its memory has run out."""

from __future__ import annotations

import os

import pytest

from geoseg.detections import device
from geoseg.detections.device import choose_device, is_out_of_memory
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


class ResourceExhaustedError(Exception):
    """Named like TensorFlow's."""


class OutOfMemoryError(RuntimeError):
    """Named like PyTorch's."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ResourceExhaustedError("when allocating tensor"),
        OutOfMemoryError("CUDA out of memory"),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 12 bytes"),
    ],
)
def test_lack_of_memory_is_recognised(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize("error", [RuntimeError("bad shape"), ValueError(), KeyError("memory")])
def test_other_errors_are_not_lack_of_memory(error: Exception) -> None:
    assert not is_out_of_memory(error)
