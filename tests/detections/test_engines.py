"""Choosing what runs the network."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable

import pytest

from geoseg.detections import engines
from geoseg.errors import ConfigError, MissingDependencyError

Hide = Callable[..., None]


@pytest.fixture
def hide(monkeypatch: pytest.MonkeyPatch) -> Hide:
    """Makes packages look as if they were not installed, and all others as if they were."""

    def hide(*names: str) -> None:
        monkeypatch.delenv("KERAS_BACKEND", raising=False)
        monkeypatch.setattr(shutil, "which", lambda _: None)
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: None if name in names else object()
        )

    return hide


def test_onnx_is_preferred_on_a_cpu(hide: Hide) -> None:
    hide()
    assert engines.list_engines() == ["onnx", "keras"]
    assert [engines.choose_engine(name) for name in ("auto", "keras", "onnx")] == [
        "onnx",
        "keras",
        "onnx",
    ]


def test_keras_is_preferred_with_a_gpu(hide: Hide, monkeypatch: pytest.MonkeyPatch) -> None:
    hide()
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert engines.list_engines() == ["keras", "onnx"]
    assert engines.choose_engine("auto") == "keras"


@pytest.mark.parametrize("package", ["keras", "tensorflow"])
def test_onnx_is_taken_where_keras_cannot_run(package: str, hide: Hide) -> None:
    hide(package)
    assert engines.choose_engine("auto") == "onnx"
    with pytest.raises(
        MissingDependencyError,
        match=rf'^The engine keras needs {package}, .*: pip install "geoseg\[tensorflow\]"\.$',
    ):
        engines.choose_engine("keras")


def test_the_backend_of_keras_need_not_be_tensorflow(
    hide: Hide, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide("tensorflow")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert engines.choose_engine("auto") == "keras"


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_the_onnx_engine_needs_both_of_its_packages(package: str, hide: Hide) -> None:
    hide(package)
    assert engines.list_engines() == ["keras"]
    with pytest.raises(MissingDependencyError, match=rf"needs {package}, .*geoseg\[onnx\]"):
        engines.choose_engine("onnx")


def test_without_any_engine_both_extras_are_named(hide: Hide) -> None:
    hide("tensorflow", "onnxruntime")
    with pytest.raises(MissingDependencyError, match=r"geoseg\[onnx\].*geoseg\[tensorflow\]"):
        engines.choose_engine("auto")


def test_an_unknown_engine_is_an_error() -> None:
    with pytest.raises(ConfigError, match="engine must be auto, keras or onnx; got abacus"):
        engines.choose_engine("abacus")
