"""Weights files as bytes and arrays; reading one needs no Keras.

One npz, .weights.h5 or .onnx carries the arrays and the network's config, and nothing that can
run code. An .onnx file also carries the network itself, see `geoseg.maskrcnn.onnx`. An .h5 file is
matterport's, see `geoseg.maskrcnn.matterport`: it carries arrays alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig, from_dict, to_dict
from geoseg.errors import ConfigError, OutputError, WeightsError
from geoseg.maskrcnn.damage import read_undamaged

CONFIG_KEY = "geoseg_config"
# An .h5 file of another name than .weights.h5 is written as matterport's are.
SUFFIXES = (".npz", ".weights.h5", ".onnx", ".h5")

Arrays = dict[str, NDArray[np.floating]]


def read_weights(path: Path) -> tuple[Arrays, MaskRCNNConfig]:
    """The arrays of a weights file by name, `<layer>/<variable>`, and the network's config.

    Whether an HDF5 file is ours or matterport's is seen from what is in it, not from its name.

    Raises:
        WeightsError: the file is missing, damaged, or neither of this project nor matterport's.
    """
    check_suffix(path)
    if path.name.endswith(".h5"):
        from geoseg.maskrcnn.matterport.h5_file import is_matterport, read_matterport
        from geoseg.maskrcnn.matterport.whole_network import as_network

        if is_matterport(path):
            return as_network(read_matterport(path), path.name)
    content = read_undamaged(path, _choose_reader(path))
    config = content.pop(CONFIG_KEY, None)
    if config is None:
        other = " or matterport's Mask R-CNN" if path.name.endswith(".h5") else ""
        raise WeightsError(
            f"{path.name} must be written by geoseg{other}; it has no {CONFIG_KEY} inside."
        )
    try:
        return _check_floats(path, content), from_dict(MaskRCNNConfig, _parse_table(str(config)))
    except (ConfigError, ValueError) as error:
        raise WeightsError(f"{path.name}: the config inside is not understood: {error}") from error


def read_arrays(path: Path) -> Arrays:
    """The arrays of any npz by name.

    Raises:
        WeightsError: the file is missing or damaged, or holds anything but float arrays.
    """
    return _check_floats(path, read_undamaged(path, _read_npz))


def write_weights(
    path: Path,
    arrays: Mapping[str, NDArray[np.floating]],
    config: MaskRCNNConfig,
    *,
    compress: bool = True,
) -> None:
    """Write arrays and config; a file of that name is replaced in one step.

    Args:
        path: ends in .npz, .weights.h5, .onnx or .h5; the last makes a file of matterport's.
        arrays: by name, `<layer>/<variable>`.
        config: of the network.
        compress: make an npz a little smaller, and slower to read.

    Raises:
        WeightsError: the file name has another ending, an ONNX graph does not fit the arrays, or
            matterport's program does not know such a network.
        OutputError: the file cannot be written.
    """
    check_suffix(path)
    text = json.dumps(to_dict(config), sort_keys=True)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        if path.name.endswith(".npz"):
            content: dict[str, Any] = {**arrays, CONFIG_KEY: np.array(text)}
            (np.savez_compressed if compress else np.savez)(temporary, **content)
        elif path.name.endswith(".onnx"):
            from geoseg.maskrcnn.onnx.file import write_onnx

            write_onnx(temporary, arrays, config, path.name)
        elif path.name.endswith(".weights.h5"):
            _write_h5(temporary, arrays, text)
        else:
            from geoseg.maskrcnn.matterport.h5_writer import write_matterport

            write_matterport(temporary, arrays, config, path.name)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def halve(array: NDArray[np.floating]) -> NDArray[np.floating]:
    """The array as float16, or as float32 where a number is too large for that.

    The variances of a batch norm, of pixels of 0 to 255 in the first of them, may be.

    Example:
        >>> halve(np.array([65504.0])).dtype, halve(np.array([1e5])).dtype
        (dtype('float16'), dtype('float32'))
    """
    is_small = np.abs(array).max(initial=0) <= np.finfo(np.float16).max
    return array.astype(np.float16 if is_small else np.float32)


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
        # Files of other programs need not be read: they are refused.
        if CONFIG_KEY in file.attrs:
            content[CONFIG_KEY] = file.attrs[CONFIG_KEY]
            file.visititems(take)
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
