"""Weights files: one npz or .weights.h5 that carries the network's config, and nothing that
can run code.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig, from_dict, to_dict
from geoseg.errors import ConfigError, WeightsError
from geoseg.maskrcnn.model import MaskRCNN

CONFIG_KEY = "geoseg_config"
SUFFIXES = (".npz", ".weights.h5")


def weight_names(model: keras.Model) -> dict[str, Any]:
    """The variables of a model under stable names: `<layer>/<variable>`."""
    named = {_short_name(variable): variable for variable in model.weights}
    if len(named) != len(model.weights):
        raise WeightsError(f"{model.name} must have unique weight names; some are used twice.")
    return named


def _short_name(variable: Any) -> str:
    return "/".join(variable.path.split("/")[-2:])


def save_weights(
    path: Path, model: MaskRCNN, *, half_precision: bool = False, values: Mapping[str, Any] | None = None
) -> None:
    """Write the weights and the config; a file of that name is replaced in one step.

    Args:
        path: ends in .npz or .weights.h5.
        model: whose weights and config are written.
        half_precision: store float16.
        values: arrays to write instead of the model's own, under `weight_names`.

    Raises:
        WeightsError: the file name has another ending.
    """
    _check_suffix(path)
    values = weight_names(model) if values is None else values
    dtype = np.float16 if half_precision else np.float32
    arrays = {name: _to_numpy(value).astype(dtype) for name, value in values.items()}
    config = json.dumps(to_dict(model.config), sort_keys=True)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        if path.name.endswith(".npz"):
            np.savez_compressed(temporary, **arrays, **{CONFIG_KEY: np.array(config)})
        else:
            _save_h5(temporary, arrays, config)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def load_weights(path: Path, **model_options: Any) -> MaskRCNN:
    """Build the network that a weights file was made by, and fill it.

    Args:
        path: .npz or .weights.h5 written by `save_weights`.
        **model_options: passed on to `MaskRCNN`.

    Raises:
        WeightsError: the file is missing, damaged, or not of this project.
    """
    arrays, config = read_weights(path)
    model = MaskRCNN(config, **model_options)
    fill_weights(model, arrays, path.name)
    return model


def read_weights(path: Path) -> tuple[dict[str, NDArray[np.floating]], MaskRCNNConfig]:
    """The arrays of a weights file by name, and the network's config.

    Raises:
        WeightsError: the file is missing, damaged, or not of this project.
    """
    _check_suffix(path)
    if not path.is_file():
        raise WeightsError(f"{path} must be a weights file; there is none.")
    try:
        arrays, config = _load_npz(path) if path.name.endswith(".npz") else _load_h5(path)
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, RuntimeError) as error:
        size = path.stat().st_size
        raise WeightsError(
            f"{path.name} must be a whole weights file; it is damaged or of another program "
            f"({size:,} bytes: {str(error).strip(chr(39)).splitlines()[0]})."
        ) from error
    try:
        return arrays, from_dict(MaskRCNNConfig, json.loads(config))
    except (ConfigError, ValueError) as error:
        raise WeightsError(f"{path.name}: the config inside is not understood: {error}") from error


def fill_weights(
    model: keras.Model,
    arrays: Mapping[str, NDArray[np.floating]],
    source: str,
    *,
    partial: bool = False,
) -> list[str]:
    """Put arrays into a model.

    Args:
        model: to be filled.
        arrays: by the names of `weight_names`.
        source: name of the file, for messages.
        partial: layers without an array keep what they have; otherwise that is an error.

    Returns:
        Names of the weights that had no array.

    Raises:
        WeightsError: a shape differs, or an array is missing or superfluous.
    """
    named = weight_names(model)
    missing = sorted(set(named) - set(arrays))
    extra = sorted(set(arrays) - set(named))
    if not partial and (missing or extra):
        first = f"{missing[0]} is missing" if missing else f"{extra[0]} is unknown"
        raise WeightsError(f"{source} must fit the network; {first}.")
    for name, variable in named.items():
        if name not in arrays:
            continue
        if tuple(variable.shape) != arrays[name].shape:
            raise WeightsError(
                f"{source}: {name} must have shape {tuple(variable.shape)}; "
                f"got {arrays[name].shape}."
            )
        variable.assign(arrays[name].astype("float32"))
    return missing


def load_imagenet(model: MaskRCNN, path: Path) -> int:
    """Fill a backbone from an npz of `<layer>/kernel` and `<layer>/bias`. Returns the number used.

    Raises:
        WeightsError: the file is damaged, or fits no layer or not their shapes.
    """
    try:
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: content[name] for name in content.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{path.name} must be an npz of weights; got {error}.") from error
    missing = fill_weights(model.backbone, arrays, path.name, partial=True)
    used = len(model.backbone.weights) - len(missing)
    if not used:
        raise WeightsError(f"{path.name} must name layers of {model.config.backbone}; got none.")
    return used


def file_sha256(path: Path) -> str:
    """Hex digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _check_suffix(path: Path) -> None:
    if not path.name.endswith(SUFFIXES):
        raise WeightsError(f"Weights files end in {' or '.join(SUFFIXES)}; got {path.name}.")


def _to_numpy(value: Any) -> NDArray[np.floating]:
    return np.asarray(keras.ops.convert_to_numpy(value))


def _load_npz(path: Path) -> tuple[dict[str, NDArray[np.floating]], str]:
    with np.load(path, allow_pickle=False) as content:
        arrays = {name: content[name] for name in content.files}
    return arrays, str(arrays.pop(CONFIG_KEY))


def _save_h5(path: Path, arrays: Mapping[str, NDArray[np.floating]], config: str) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs[CONFIG_KEY] = config
        for name, array in arrays.items():
            file.create_dataset(name, data=array, compression="gzip")


def _load_h5(path: Path) -> tuple[dict[str, NDArray[np.floating]], str]:
    import h5py

    arrays: dict[str, NDArray[np.floating]] = {}
    with h5py.File(path, "r") as file:
        config = str(file.attrs[CONFIG_KEY])
        for layer, group in file.items():
            for variable, dataset in group.items():
                arrays[f"{layer}/{variable}"] = dataset[()]
    return arrays, config
