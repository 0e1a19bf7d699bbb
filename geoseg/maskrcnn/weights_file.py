"""Weights files as bytes and arrays; reading one needs no Keras.

One npz or .weights.h5 carries the arrays and the network's config, and nothing that can run code.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig, from_dict, to_dict
from geoseg.errors import ConfigError, WeightsError

CONFIG_KEY = "geoseg_config"
SUFFIXES = (".npz", ".weights.h5")

Arrays = dict[str, NDArray[np.floating]]


def read_weights(path: Path) -> tuple[Arrays, MaskRCNNConfig]:
    """The arrays of a weights file by name, `<layer>/<variable>`, and the network's config.

    Raises:
        WeightsError: the file is missing, damaged, or not of this project.
    """
    check_suffix(path)
    if not path.is_file():
        raise WeightsError(f"{path} must be a weights file; there is none.")
    try:
        arrays, config = _read_npz(path) if path.name.endswith(".npz") else _read_h5(path)
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, RuntimeError) as error:
        size = path.stat().st_size
        reason = (str(error).strip("'").splitlines() or [type(error).__name__])[0]
        raise WeightsError(
            f"{path.name} must be a whole weights file; it is damaged or of another program "
            f"({size:,} bytes: {reason})."
        ) from error
    try:
        return arrays, from_dict(MaskRCNNConfig, json.loads(config))
    except (ConfigError, ValueError) as error:
        raise WeightsError(f"{path.name}: the config inside is not understood: {error}") from error


def write_weights(path: Path, arrays: Mapping[str, NDArray[np.floating]], config: MaskRCNNConfig) -> None:
    """Write arrays and config; a file of that name is replaced in one step.

    Args:
        path: ends in .npz or .weights.h5.
        arrays: by name, `<layer>/<variable>`.
        config: of the network.

    Raises:
        WeightsError: the file name has another ending, or the file cannot be written.
    """
    check_suffix(path)
    text = json.dumps(to_dict(config), sort_keys=True)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        if path.name.endswith(".npz"):
            np.savez_compressed(temporary, **arrays, **{CONFIG_KEY: np.array(text)})  # type: ignore[arg-type]
        else:
            _write_h5(temporary, arrays, text)
        temporary.replace(path)
    except OSError as error:
        raise WeightsError(f"{path} cannot be written: {error}.") from error
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
        raise WeightsError(f"Weights files end in {' or '.join(SUFFIXES)}; got {path.name}.")


def _read_npz(path: Path) -> tuple[Arrays, str]:
    with np.load(path, allow_pickle=False) as content:
        arrays = {name: content[name] for name in content.files}
    return arrays, str(arrays.pop(CONFIG_KEY))


def _write_h5(path: Path, arrays: Mapping[str, NDArray[np.floating]], config: str) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs[CONFIG_KEY] = config
        for name, array in arrays.items():
            file.create_dataset(name, data=array, compression="gzip")


def _read_h5(path: Path) -> tuple[Arrays, str]:
    import h5py

    arrays: Arrays = {}
    with h5py.File(path, "r") as file:
        config = str(file.attrs[CONFIG_KEY])
        for layer, group in file.items():
            for variable, dataset in group.items():
                arrays[f"{layer}/{variable}"] = dataset[()]
    return arrays, config
