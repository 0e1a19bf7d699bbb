"""Weights files as bytes: what is whole comes back, what is not is one clear error."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoseg.config import MaskRCNNConfig, to_dict
from geoseg.errors import WeightsError
from geoseg.maskrcnn.weights_file import (
    CONFIG_KEY,
    Arrays,
    file_sha256,
    read_arrays,
    read_weights,
    write_weights,
)

CONFIG = MaskRCNNConfig(tile_size_px=203, class_names=("building", "shed"), gsd_m=0.25)
ARRAYS: Arrays = {
    "conv/kernel": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "conv/bias": np.array([0.5, -1.0], np.float16),
}
# An .onnx file holds whole networks only: tests/maskrcnn/onnx has its tests.
each_suffix = pytest.mark.parametrize("suffix", [".npz", ".weights.h5"])


def write(folder: Path, suffix: str) -> Path:
    path = folder / f"model{suffix}"
    write_weights(path, ARRAYS, CONFIG)
    return path


def message_of(path: Path) -> str:
    """The one line that a file which is no weights file gives."""
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    return message


@each_suffix
def test_arrays_and_config_come_back(tmp_path: Path, suffix: str) -> None:
    arrays, config = read_weights(write(tmp_path, suffix))
    assert config == CONFIG
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


@each_suffix
def test_a_file_of_that_name_is_replaced(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_text("something else")
    write_weights(path, ARRAYS, CONFIG)
    assert read_weights(path)[1] == CONFIG
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@each_suffix
def test_a_missing_file_is_named(tmp_path: Path, suffix: str) -> None:
    assert "there is none" in message_of(tmp_path / f"model{suffix}")


@each_suffix
@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n" + b"\0" * 90]
)
def test_other_bytes_are_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(content)
    assert f"{len(content)} bytes" in message_of(path)


@each_suffix
@given(share=st.floats(0, 0.999))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cut_file_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    path = write(tmp_path, suffix)
    os.truncate(path, int(share * path.stat().st_size))
    assert "damaged" in message_of(path)


@each_suffix
@given(share=st.floats(0, 1, exclude_max=True), length=st.integers(1, 40), byte=st.integers(0, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_refused_or_whole(
    tmp_path: Path, suffix: str, share: float, length: int, byte: int
) -> None:
    path = write(tmp_path, suffix)
    content = bytearray(path.read_bytes())
    start = int(share * len(content))
    stop = min(start + length, len(content))
    content[start:stop] = bytes([byte]) * (stop - start)
    path.write_bytes(content)
    with contextlib.suppress(WeightsError):
        read_weights(path)


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    bare = tmp_path / "bare.npz"
    bare.write_bytes(pickle.dumps(Trap()))
    inside = tmp_path / "inside.npz"
    np.savez(inside, np.array([Trap()], object))
    for path in (bare, inside):
        message_of(path)
    assert not (tmp_path / "sprung").exists()


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "one.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    message_of(tmp_path / "one.npz")


def test_files_of_other_programs_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", **{"conv/kernel": np.zeros(3)})  # type: ignore[arg-type]
    assert f"has no {CONFIG_KEY} inside" in message_of(tmp_path / "other.npz")
    with h5py.File(tmp_path / "other.weights.h5", "w") as file:
        file.create_dataset("conv1/conv1/kernel:0", data=np.zeros(3))
        file.create_dataset("top", data=np.zeros(3))
    assert f"has no {CONFIG_KEY} inside" in message_of(tmp_path / "other.weights.h5")


@pytest.mark.parametrize(
    "text",
    ["{", "5", "[]", '{"backbone": "vgg16"}', '{"depth": 3}', '{"tile_size_px": "big"}'],
)
def test_a_config_that_is_not_understood_is_an_error(tmp_path: Path, text: str) -> None:
    np.savez(tmp_path / "model.npz", **{CONFIG_KEY: np.array(text)})  # type: ignore[arg-type]
    assert "the config inside is not understood" in message_of(tmp_path / "model.npz")


@pytest.mark.parametrize("member", ["whole numbers", "text"])
def test_what_is_no_array_of_floats_is_refused(tmp_path: Path, member: str) -> None:
    path = tmp_path / "model.npz"
    config = np.array(json.dumps(to_dict(CONFIG)))
    whole = {"conv/kernel": np.arange(3)} if member == "whole numbers" else {}
    np.savez(path, **{CONFIG_KEY: config, **whole})  # type: ignore[arg-type]
    if member == "text":
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("conv/kernel", "no array")
    assert "conv/kernel is none" in message_of(path)


def test_an_empty_archive_holds_no_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "none.npz")
    assert read_arrays(tmp_path / "none.npz") == {}


def test_hash_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    assert file_sha256(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
