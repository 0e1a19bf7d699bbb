"""Weights files as bytes and arrays; reading one needs no Keras.

One npz, .weights.h5 or .onnx carries the arrays and the network's config, and nothing that can
run code. An .onnx file also carries the network itself, see `geoseg.maskrcnn.onnx`.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig, from_dict, to_dict
from geoseg.errors import ConfigError, OutputError, WeightsError

CONFIG_KEY = "geoseg_config"
SUFFIXES = (".npz", ".weights.h5", ".onnx")

# What zipfile, NumPy and h5py raise on bytes that they did not write.
_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    EOFError,
    KeyError,
    RuntimeError,
    MemoryError,
    OverflowError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)

Arrays = dict[str, NDArray[np.floating]]


def read_weights(path: Path) -> tuple[Arrays, MaskRCNNConfig]:
    """The arrays of a weights file by name, `<layer>/<variable>`, and the network's config.

    Raises:
        WeightsError: the file is missing, damaged, or not of this project.
    """
    if path.name.endswith(".h5") and not path.name.endswith(".weights.h5"):
        raise WeightsError(
            f"{path.name} must be written by geoseg; .h5 files of other programs, such as "
            "matterport's Mask R-CNN, are not read yet."
        )
    check_suffix(path)
    content = _read(path, _choose_reader(path))
    config = content.pop(CONFIG_KEY, None)
    if config is None:
        raise WeightsError(f"{path.name} must be written by geoseg; it has no {CONFIG_KEY} inside.")
    try:
        return _check_floats(path, content), from_dict(MaskRCNNConfig, _parse_table(str(config)))
    except (ConfigError, ValueError) as error:
        raise WeightsError(f"{path.name}: the config inside is not understood: {error}") from error


def read_arrays(path: Path) -> Arrays:
    """The arrays of any npz by name.

    Raises:
        WeightsError: the file is missing or damaged, or holds anything but float arrays.
    """
    return _check_floats(path, _read(path, _read_npz))


def write_weights(
    path: Path, arrays: Mapping[str, NDArray[np.floating]], config: MaskRCNNConfig
) -> None:
    """Write arrays and config; a file of that name is replaced in one step.

    Args:
        path: ends in .npz, .weights.h5 or .onnx.
        arrays: by name, `<layer>/<variable>`.
        config: of the network.

    Raises:
        WeightsError: the file name has another ending, or an ONNX graph does not fit the arrays.
        OutputError: the file cannot be written.
    """
    check_suffix(path)
    text = json.dumps(to_dict(config), sort_keys=True)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        if path.name.endswith(".npz"):
            content: dict[str, Any] = {**arrays, CONFIG_KEY: np.array(text)}
            np.savez_compressed(temporary, **content)
        elif path.name.endswith(".onnx"):
            from geoseg.maskrcnn.onnx.file import write_onnx

            write_onnx(temporary, arrays, config, path.name)
        else:
            _write_h5(temporary, arrays, text)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """Hex digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def check_suffix(path: Path) -> None:
    """Make sure that a file name is one of a weights file.

    Raises:
        WeightsError: it has another ending.
    """
    if not path.name.endswith(SUFFIXES):
        endings = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        raise WeightsError(f"Weights files end in {endings}; got {path.name}.")


def _choose_reader(path: Path) -> Callable[[Path], dict[str, Any]]:
    if path.name.endswith(".npz"):
        return _read_npz
    if path.name.endswith(".onnx"):
        from geoseg.maskrcnn.onnx.file import read_onnx

        return read_onnx
    return _read_h5


def _read(path: Path, reader: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    if not path.is_file():
        raise WeightsError(f"{path} must be a weights file; there is none.")
    try:
        return reader(path)
    except _DAMAGE as error:
        reason = (str(error).strip("'").splitlines() or [type(error).__name__])[0]
        raise WeightsError(
            f"{path.name} must be a whole weights file; it is damaged or of another program "
            f"({path.stat().st_size:,} bytes: {reason})."
        ) from error


def _read_npz(path: Path) -> dict[str, Any]:
    # Opened here: on some damage np.load leaves the file open.
    with path.open("rb") as file:
        content = np.load(file, allow_pickle=False)
        if isinstance(content, np.ndarray):
            raise ValueError("a single array")
        return {name: content[name] for name in content.files}


def _write_h5(path: Path, arrays: Mapping[str, NDArray[np.floating]], config: str) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs[CONFIG_KEY] = config
        for name, array in arrays.items():
            file.create_dataset(name, data=array, compression="gzip")


def _read_h5(path: Path) -> dict[str, Any]:
    import h5py

    content: dict[str, Any] = {}

    def take(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            content[name] = item[()]

    with h5py.File(path, "r") as file:
        file.visititems(take)
        if CONFIG_KEY in file.attrs:
            content[CONFIG_KEY] = file.attrs[CONFIG_KEY]
    return content


def _check_floats(path: Path, content: Mapping[str, Any]) -> Arrays:
    for name, value in content.items():
        if not (isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)):
            raise WeightsError(f"{path.name} must hold arrays of floats; {name} is none.")
    return dict(content)


def _parse_table(text: str) -> dict[str, Any]:
    values = json.loads(text)
    if not isinstance(values, dict):
        raise ValueError(f"it must be a table; got {values!r}.")
    return values
